# Two commands do everything from nothing: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PORT ?= 6100

.DEFAULT_GOAL := help
.PHONY: help install run test lint types contracts bench soak lock clean

help: ## Say what each target does
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(STAMP) ## Make .venv and install what requirements.lock names, checked by hash

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: install ## Make the demo hub if there is none, serve it on loopback, print how to reach it
	$(BIN)/hub --data var/demo demo --port $(PORT)

test: install ## Lint, types, import contracts and every test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

bench: install ## Time poll, pull and push in one run (BENCH=full for 1M objects)
	$(BIN)/python -m tests.bench

soak: install ## Push, pull, grant and back up for SOAK_SECONDS (180), then hold every reader to the rules
	$(BIN)/python -m tests.soak

lock: ## Renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

clean: ## Remove .venv and caches (never a hub's data)
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis build *.egg-info
