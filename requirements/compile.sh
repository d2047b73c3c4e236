#!/usr/bin/env bash
# Renews the pinned requirements. Needs uv on the PATH; run from the project's root, then `make test`.
set -euo pipefail
compile() { uv pip compile -q --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header "$@"; }
compile pyproject.toml requirements/build.in --extra edge -o requirements/edge.txt
compile pyproject.toml requirements/build.in --extra edge --extra server --extra ids --extra postgres -o requirements/runtime.txt
compile pyproject.toml requirements/build.in --all-extras -o requirements/demo.txt
compile pyproject.toml requirements/build.in requirements/dev.in --all-extras -o requirements/dev.txt
compile requirements/peers.in -o requirements/peers.txt
compile requirements/oracle.in -o requirements/oracle.txt
compile requirements/nicegui.in -o requirements/nicegui.txt
