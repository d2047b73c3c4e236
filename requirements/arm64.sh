#!/usr/bin/env bash
# Whether a 64 bit Raspberry Pi can install the gateway without a compiler: every pinned requirement of
# requirements/edge.txt has to be there as a wheel for Linux on arm64, with a hash that is listed.
# Downloads them to a folder that is thrown away. Run from the project's root after `make`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: \
  --python-version 3.11 --platform manylinux2014_aarch64 --platform manylinux_2_28_aarch64 --dest "$folder" -r requirements/edge.txt
wanted=$(grep -c '^[a-z]' requirements/edge.txt)
found=$(find "$folder" -name '*.whl' | wc -l)
echo "arm64: $found of $wanted requirements are wheels"
[ "$found" -eq "$wanted" ]
