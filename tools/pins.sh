#!/bin/sh
# Renews the exact versions: a fresh environment, the newest of everything that the project allows, frozen.
# Take the oldest supported Python, so that the versions suit the newer ones as well: PYTHON=python3.11 make pins
set -eu
target="$1"
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
"${PYTHON:-python3.11}" -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev,jax,dask,games,documents,web,postgres]'
{
    echo "# Exact versions of everything a development install brings in, for Python 3.11, 3.12 and 3.13."
    echo "# Where a version needs a newer Python, a second line pins the last one for the older."
    echo "# Taken from a fresh environment; to renew: make pins"
    "$room/venv/bin/python" -m pip list --format=freeze --exclude pip --exclude setuptools --exclude detente |
        LC_ALL=C tr 'A-Z_' 'a-z-' | LC_ALL=C sort
} >"$room/pins"
mv "$room/pins" "$target"
