# Bare `make` lists the targets. `make run` and `make test` do all the set-up they need.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
# The first Python that the pinned libraries are made for, unless PYTHON names one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; done)
PINS := requirements.txt constraints.txt pyproject.toml
# Quiet: setuptools warns of every editable installation.
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help run setup models dev browser check lint types layers unit test bench screenshots translations clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup models ## set up what is missing, fetch the built-in models, open the app (PORT=8501)
	@exec $(BIN)/python -m streamlit run app/server.py --server.port $(PORT)

setup: $(VENV)/.ready
dev: $(VENV)/.ready-dev

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Headlight needs Python 3.11, 3.12, 3.13 or 3.14; none was found. Install it, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the environment in $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.ready: $(VENV)/.made $(PINS)
	@echo "Installing what Headlight needs (some minutes the first time)"
	@$(PIP) install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(PIP) install --quiet --requirement requirements-dev.txt
	@touch $@

models: setup ## fetch the built-in models
	@$(BIN)/python -m core.catalogue fetch --built-in

browser: ## install Chromium for the browser tests, where the system allows it
	@sh tests/e2e/install_browser.sh

lint: dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: dev
	@$(BIN)/mypy

layers: dev
	@$(BIN)/lint-imports --no-logo

unit: dev models
	@$(BIN)/python -m pytest -m "not e2e and not slow" -n 2 -q

check: lint types layers unit ## format, lint, types, layers and the quick tests

test: check browser ## everything: check, then the slow tests and those in a browser
	@$(BIN)/python -m pytest -m "slow and not e2e" -n 2 -q
	@$(BIN)/python -m pytest -m e2e -n 2 -q

bench: dev models browser ## measure, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks

screenshots: dev models browser ## take the pictures that the README and the guide show
	@$(BIN)/python -m tests.e2e.screenshots

translations: dev ## collect the texts of the interface into core/locales
	@mkdir -p build
	@$(BIN)/pybabel -q extract --no-location --sort-output --keywords=mark --project=Headlight --output=build/headlight.pot app pages components core
	@$(BIN)/pybabel -q update --no-fuzzy-matching --width=100 --domain=headlight --input-file=build/headlight.pot --output-dir=core/locales --locale=zh

clean: ## remove the environment and what the tools left
	@rm -rf $(VENV) build test-results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
