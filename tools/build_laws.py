"""Build `src/detente/data/laws`: laws of the lawbooks that most runs read, ready to use.

    python tools/build_laws.py

To be run after a change of a lawbook, of the names of countries or of how lawbooks are read; until then the lawbook
itself is read, which is slower.
"""

from _shared import placed
from detente.data.importers import importer
from detente.data.lawbook import check_law, read_layer
from detente.data.lawstore import STORED, stored_law, stored_path, to_store


def main() -> None:
    """Write the laws that are not stored as their lawbooks are."""
    for name in STORED:
        where = importer(name.upper())
        root = where.lawbook
        law = read_layer(root, where.iso3, where.countries)
        check_law(law)
        path = stored_path(root)
        if stored_law(root) == law:
            print(f"{path.name}: stands")
            continue
        path.parent.mkdir(exist_ok=True)
        with placed(path) as beside:
            beside.write_bytes(to_store(law, root))
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
