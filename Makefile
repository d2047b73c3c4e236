# make          set up .venv with everything
# make demo     the whole product with a simulated store, until Ctrl-C (DEMO_SECONDS=60 ends by itself)
# make test     all tests          make check   style, types, layers, docs
# make pictures  every page of the console, wide and phone, light and dark, in three languages, under build/pictures
# make bench    the figures, as ratios to a reference measured in the same run

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
DEMO_SECONDS ?=
DEMO_SPEED ?= 10
PYTEST_ARGS ?=
PACKAGES := proximity_wire edge_agent store_server firmware_sim

.DEFAULT_GOAL := setup
.PHONY: setup demo test check bench pictures catalogues format system-packages clean

setup: .venv/.ready

.venv/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Beaconry needs Python 3.11 or newer: set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || PYTHON=$(PYTHON) bash requirements/system_packages.sh venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.peers: requirements/peers.txt .venv/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@

.venv/.oracle: requirements/oracle.txt .venv/.ready
	$(PYTHON) -m venv .venv/oracle
	.venv/oracle/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/oracle.txt
	@touch $@

.venv/.nicegui: requirements/nicegui.txt .venv/.ready
	$(PYTHON) -m venv .venv/nicegui
	.venv/nicegui/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/nicegui.txt
	@touch $@

system-packages:
	@bash requirements/system_packages.sh git mosquitto chromium libatomic libgomp dbus-daemon systemd-analyze node php

demo: setup
	$(BIN)/firmware-sim demo --speed $(DEMO_SPEED) $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

test: setup system-packages
	$(BIN)/pytest -n auto --dist loadgroup $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(PACKAGES) tests benchmarks
	$(BIN)/lint-imports
	$(BIN)/pytest -q -p no:cacheprovider tests/architecture tests/docs

bench: setup .venv/.peers .venv/.oracle .venv/.nicegui
	@bash requirements/system_packages.sh wrk
	@for file in $$(grep -l __main__ benchmarks/*.py); do name=$$(basename $$file .py); echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

pictures: setup
	$(BIN)/python -m tests.browser.pictures build/pictures

# What the console says, found in templates and code, into the catalogues of its languages.
catalogues: setup
	@mkdir -p build
	$(BIN)/pybabel -q extract -F pyproject.toml -k N_ -k say --no-location --omit-header -o build/console.pot .
	@for one in es ru; do $(BIN)/pybabel -q update -i build/console.pot -o store_server/entrypoints/console/catalogues/$$one.po -l $$one --no-fuzzy-matching --ignore-obsolete; done

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .demo build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
