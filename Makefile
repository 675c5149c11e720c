# `make run` and `make test` do all the set-up on a machine that has only Python 3.11+ and make.
# HOST, PORT and DATA_DIR (and every other setting of .env.example) come from the environment or from the command
# line: make run PORT=9000

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
ARGS ?=
RESUME ?=
JOBS ?=

# Compiled modules are what makes the second start quick, whatever the surroundings say.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test test-cov schemathesis lint format demo bench dashboard clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run ## Start the server (HOST, PORT, DATA_DIR; with REDIS_URL also worker and scheduler)
	@$(BIN)/python dashboard/build.py --behind
	@exec $(BIN)/personal_automations server run $(ARGS)

test: $(VENV)/.dev dashboard ## Run the tests (DATABASE_URL and REDIS_URL put them on PostgreSQL and Redis; ARGS="-k words")
	@$(BIN)/pytest -n 2 $(ARGS)

test-cov: $(VENV)/.dev dashboard ## The same with a report of what was not reached
	@$(BIN)/pytest -n 2 --cov --cov-report=term-missing:skip-covered $(ARGS)

schemathesis: $(VENV)/.dev ## Thousands of made-up REST requests against a running server (SCHEMATHESIS_SEED repeats a run)
	@$(BIN)/pytest tests/api/test_schemathesis.py -s

lint: $(VENV)/.dev ## Style, types, import rules, house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/test_house.py

format: $(VENV)/.dev ## Rewrite the code in the project's style
	@$(BIN)/ruff check --fix-only --exit-zero .
	@$(BIN)/ruff format .

demo: $(VENV)/.run ## The main job in this terminal: make demo RESUME=cv.pdf JOBS=postings.csv (both optional)
	@$(BIN)/personal_automations demo $(if $(RESUME),--resume "$(RESUME)") $(if $(JOBS),--jobs "$(JOBS)") $(ARGS)

bench: $(VENV)/.dev ## Measure, as ratios
	@$(BIN)/python bench/graphql/executor.py $(ARGS)

dashboard: dashboard/dist/.built-from ## Build GraphiQL, unless it is up to date; the server runs without it

# A failed build stops nothing: the page then says how to build it, and the next command tries again.
dashboard/dist/.built-from: dashboard/build.py dashboard/package-lock.json dashboard/vite.config.ts dashboard/index.html \
  $(wildcard dashboard/src/*) | $(VENV)/.run
	@if $(BIN)/python dashboard/build.py; then touch $@; else \
	  echo "The server works without GraphiQL; its page says how to build it." >&2; fi

clean: ## Remove what was built; data and the virtual environment's packages are rebuilt by the next command
	rm -rf $(VENV) dashboard/dist dashboard/node_modules build htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache

# The interpreter: the first of these names that is new enough.
$(BIN)/python:
	@found=""; for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Expected Python 3.11 or newer as python3, found $$(python3 --version 2>/dev/null || echo none): install it, or say make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "Expected Python's venv module beside $$found, found none: on Debian or Ubuntu install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version)"; $$found -m venv $(VENV)

PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# uv is several times quicker where it is set up; pip is always there.
define install
	@echo "Installing $(1)"
	@uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r $(1) 2>/dev/null \
	  || $(PIP) --require-hashes -r $(1)
endef

$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	$(call install,requirements-build.lock)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(call install,requirements-dev.lock)
	@touch $@
