# The doors of the project. `make demo` shows the portal, `make test` proves it.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The demonstration's port: PORT=8001 make demo
PORT ?= 8000
export PORT
# What a machine says of compiled files would have every process compile the portal anew.
export PYTHONDONTWRITEBYTECODE =

BIN := .venv/bin
PYTHON := $(BIN)/python
MANAGE := $(PYTHON) manage.py
SOURCES := psp_portal partners committees network expenses tests manage.py

# What is installed is known by the lock file's content, so that a second run does nothing.
key = $(shell cat $(1) | cksum | cut -d' ' -f1)
DEMO_DONE := .venv/.done-demo-$(call key,requirements/demo.txt)
DEV_DONE := .venv/.done-dev-$(call key,requirements/dev.txt)
NODE_DONE := node_modules/.done-$(call key,package-lock.json)

# What must be tested to the last branch.
RULES := */policies.py,*/policies/*,*/permissions.py,*/permissions/*,*/services.py,*/services/*

# Servers that are never asked: the checks that only read the code must not start any.
NO_SERVERS := DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0

.PHONY: help setup demo demo-reset test check mutants format lock bench web worker

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(DEV_DONE) $(NODE_DONE)  ## Install everything, prepare the database and the static files
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@echo "Ready: make demo, make test."

demo: $(DEMO_DONE) $(NODE_DONE)  ## Run the portal with a demonstration trust (another port: PORT=8001 make demo)
	@$(MANAGE) serve_demo

demo-reset: $(DEMO_DONE) $(NODE_DONE)  ## Throw the demonstration's data away and run it again
	@$(MANAGE) serve_demo --fresh

# --- proof ---------------------------------------------------------------------------------
test: check  ## Run the checks and the tests, with coverage
	@echo; echo "== tests"
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadgroup --cov --cov-report=
	@echo; echo "== coverage: 95 % of everything, 100 % of rules, permissions and services"
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=100 --include="$(RULES)"

check: $(DEV_DONE) $(NODE_DONE)  ## Run every check that is not a test
	@echo "== format"
	@$(BIN)/ruff format --check $(SOURCES)
	@echo; echo "== style"
	@$(BIN)/ruff check $(SOURCES)
	@echo; echo "== templates"
	@find templates -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	@echo; echo "== who imports whom"
	@$(BIN)/lint-imports
	@echo; echo "== types"
	@$(NO_SERVERS) $(BIN)/mypy
	@echo; echo "== safe to run in production"
	@$(NO_SERVERS) DJANGO_SETTINGS_MODULE=psp_portal.settings.production \
	  SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  FIELD_ENCRYPTION_KEYS="$$($(PYTHON) -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())')" \
	  ALLOWED_HOSTS=psp.example.nhs.uk PUBLIC_URL=https://psp.example.nhs.uk \
	  EMAIL_HOST=smtp.example.nhs.uk DEFAULT_FROM_EMAIL=psp@example.nhs.uk \
	  $(MANAGE) check --deploy --fail-level WARNING
	@echo; echo "== migrations"
	@$(MANAGE) makemigrations --check --dry-run
	@echo; echo "== the diagram of claim states"
	@$(NO_SERVERS) $(MANAGE) claim_states | diff -u docs/claim-states.md - && echo "docs/claim-states.md is up to date"

bench: $(DEV_DONE) $(NODE_DONE)  ## Measure pages, reports and passes; BENCH="--lines 50000 --claims 50000" for fewer rows
	@$(PYTHON) -m tests.bench $(BENCH)

mutants: $(DEV_DONE)  ## Put faults into the rules of expenses and list those no test notices; MUTANTS="*.pricing.*" for some
	@rm -rf mutants  # What an earlier run has found stands, whatever the tests say now.
	@$(NO_SERVERS) $(BIN)/mutmut run $(foreach name,$(MUTANTS),'$(name)')
	@echo; echo "== not noticed (docs/mutants.md says why; mutmut show NAME prints one)"
	@$(BIN)/mutmut results | grep -v ': not checked$$' || true

# --- work ----------------------------------------------------------------------------------
format: $(DEV_DONE)  ## Put code and templates into the one format
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)
	@find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} + || true

web: $(DEV_DONE) $(NODE_DONE)  ## Run only the web server, starting anew when code changes
	@DEBUG=yes $(MANAGE) runserver $(PORT)

worker: $(DEV_DONE)  ## Run only the worker, with the clock in it
	@$(BIN)/celery -A psp_portal worker --beat --schedule var/beat --loglevel INFO

lock: $(DEV_DONE)  ## Choose the newest packages that fit, and write names, versions and hashes down
	@for set in base demo dev node; do \
	  $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-emit-index-url --no-header requirements/$$set.in --output-file requirements/$$set.txt || exit 1; \
	done
	@npm install --package-lock-only --ignore-scripts

# --- what the doors need ---------------------------------------------------------------------
.venv/bin/pip:
	@for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "The portal needs Python 3.11 or newer; none was found."; exit 1; fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$found cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; \
	fi; \
	echo "Making .venv with $$($$found --version)"; \
	$$found -m venv .venv

$(DEV_DONE): | .venv/bin/pip
	@echo "Installing the packages of requirements/dev.txt"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ $(DEMO_DONE)

$(DEMO_DONE): | .venv/bin/pip
	@echo "Installing the packages of requirements/demo.txt"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	@touch $@

$(NODE_DONE): | .venv/bin/pip
	@if ! command -v npm >/dev/null; then \
	  echo "npm is missing: installing it into .venv"; \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt || exit 1; \
	fi; \
	echo "Installing the packages of package-lock.json"; \
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --silent
	@touch $@
