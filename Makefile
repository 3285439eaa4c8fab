# Duban (督办). `make help` lists what one can do.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard config/locales/*/*.po)
MO := config/locales/zh_CN/duban.mo config/locales/en/duban.mo

.PHONY: help run-deps dev-deps mo install demo test check browser pictures lock fmt clean bench bench-full

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Duban needs Python 3.11 or later: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(MO) &: $(PO) config/catalogues.py $(VENV)/.run
	$(BIN)/python -m config.catalogues
	@touch $(MO)

run-deps: $(VENV)/.run $(MO)
dev-deps: $(VENV)/.dev $(MO)
mo: $(MO) ## compile the catalogues

install: run-deps ## .venv/bin/duban and what it needs to run

demo: run-deps ## the bot on SQLite and the local Telegram, with sample institutions; prints the address of a chat page
	$(BIN)/duban demo

test: dev-deps ## all tests, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n 3 --dist worksteal -m 'not browser'

check: dev-deps ## ruff, mypy --strict, import contracts, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m 'not browser' tests/unit/test_catalogues.py

browser: dev-deps ## the chat page in Debian's Chromium; screenshots land in screenshots/
	@command -v chromium >/dev/null || { echo 'make browser needs Debian'"'"'s Chromium: apt-get install -y chromium fonts-noto-cjk fonts-noto-color-emoji'; exit 1; }
	$(BIN)/python -m pytest -m browser tests/browser

pictures: dev-deps ## take the pictures of the README anew, in Debian's Chromium
	$(BIN)/python -m tours.pictures docs/pictures

fmt: dev-deps ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only -q . || true

# What is measured against needs other versions than the product does, so it has an environment of its own.
.venv-bench/.ready: requirements/bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

bench: dev-deps .venv-bench/.ready ## what is claimed of speed, measured: JSON lines on stdout, a table at the end; within 10 minutes
	@$(BIN)/python -m benchmarks

bench-full: dev-deps .venv-bench/.ready ## the same with the large sizes
	@$(BIN)/python -m benchmarks --full

lock: ## make the lock files anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra postgres --extra speed pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra postgres --extra speed --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --group bench -o requirements/bench.txt

clean: ## remove what make made
	rm -rf $(VENV) .venv-bench .bench-* .demo build dist screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f config/locales/*/duban.mo
