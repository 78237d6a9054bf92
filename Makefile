# `make` alone prints what there is.
.DEFAULT_GOAL := help
.PHONY: help demo test lint check bench soak clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

help: ## print what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "zoom-import needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing zoom-import with the sandbox ..."
	@$(PIP) --editable '.[sandbox]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing zoom-import with the test tools ..."
	@$(PIP) --editable '.[sandbox,test]'
	@touch $@ $(VENV)/.demo

$(VENV)/.lint: $(VENV)/.test
	@echo "Installing the lint tools ..."
	@$(PIP) --editable '.[sandbox,test,lint]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	@echo "Installing what a check is compared with ..."
	@$(PIP) --editable '.[sandbox,test,bench]'
	@touch $@

demo: $(VENV)/.demo ## import sample_data/legacy_crm.csv into the sandbox and show what a person sees
	@mkdir -p demo-output
	@# Exit code 1 is what the sample is made for: it holds rows that are truly wrong.
	$(BIN)/zoom-import run sample_data/legacy_crm.csv --mapping mappings/legacy_crm.yaml --sandbox \
		--account-plan business --report "demo-output/report-$$(date +%Y%m%d-%H%M%S).csv" || test $$? -eq 1

test: $(VENV)/.test ## run all tests
	@$(BIN)/python -m pytest -n 4 --dist worksteal

lint: $(VENV)/.lint ## lint, types and layer contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32
	$(BIN)/lint-imports

check: test lint ## everything that CI runs on the source tree

bench: $(VENV)/.bench ## measure the check beside others, then pace and cost against the sandbox (about 35 minutes)
	@mkdir -p demo-output
	$(BIN)/python tests/benchmarks/check_bench.py
	$(BIN)/python tests/benchmarks/pacing_bench.py --out demo-output
	$(BIN)/python tests/benchmarks/engine_cost.py
	$(BIN)/python tests/benchmarks/three_nights.py
	$(BIN)/python tests/benchmarks/nightly_bench.py

soak: $(VENV)/.test ## kill an import of 20,000 rows 100 times and audit the book (about 20 minutes)
	$(BIN)/python tests/benchmarks/soak.py

clean: ## remove the virtual environment and everything that was made
	rm -rf $(VENV) build dist *.egg-info demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
