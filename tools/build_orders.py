"""Build orders.csv: anti-dumping and countervailing orders of the United States, one row for the goods of an order.

Facts of the Federal Register (public domain): case, product, country, the tariff numbers that its scope names for
convenience, the day of the order, its standing. Orders on the same goods with the same numbers are one row; rates are
left out.
"""

from __future__ import annotations

import csv
from collections import defaultdict

from _shared import DATA, arguments, placed

#: Standings of orders that take, or took, a deposit; an agreement suspends those of others.
STANDINGS = ("in_force", "in_force_not_in_lists", "order_after_lists", "revoked")
HEADS = ("goods", "codes", "cases", "read")


def main() -> None:
    """Write the table."""
    options = arguments(__doc__ or "")
    with (options.data / "adcvd" / "orders.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] in STANDINGS]
    goods = defaultdict[tuple[str, ...], list[str]](list)
    for row in rows:
        codes = sorted({*row["hts"].split(), *row["hts_successor"].split()})
        if not codes:
            continue
        # Case, kind, country, first day and the day on which it ended, with what is not known left blank.
        country = row["country"].replace("XKX", "KOS")
        case = ":".join((row["case"], row["kind"], country, row["order_day"], row["end_day"]))
        goods[row["product"], " ".join(codes), row["confidence"]].append(case)
    with placed(DATA / "orders.csv") as path, path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADS)
        known = sorted(goods.items())
        writer.writerows((name, codes, " ".join(sorted(cases)), read) for (name, codes, read), cases in known)


if __name__ == "__main__":
    main()
