# Janua's commands. `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export DJANGO_SETTINGS_MODULE := janua.settings

.PHONY: help run worker test check format lock docs messages bench bench-scale clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("janua: Python >= 3.11 is needed, this is %s" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing requirements (first time only) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@echo "Installing what checks and tests need (first time only) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/.installed ## Start Janua on PORT (4100); everything it needs is prepared first
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python -m gunicorn -c janua/gunicorn.py janua.wsgi:application

worker: .venv/.installed ## Run a Celery worker with its clock (needs REDIS_URL)
	@exec $(BIN)/python -m celery -A janua worker --beat --loglevel warning --schedule "$${JANUA_DATA_DIR:-data}/celerybeat-schedule"

test: .venv/.installed-dev ## Run every test on a PostgreSQL and a Redis of its own (ARGS=… goes to pytest)
	@bash scripts/install_test_packages.sh
	@$(BIN)/python -m tests.support.run -- -n 2 --dist loadfile $(ARGS)

check: .venv/.installed-dev ## Format, lint, types, floors, migrations, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py write_docs --check
	$(BIN)/python -m scripts.messages check
	$(BIN)/python -m pip check

format: .venv/.installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/.installed-dev ## Write openapi.json, .env.example and docs/configuration.md anew
	$(BIN)/python manage.py write_docs

messages: .venv/.installed-dev ## Bring the catalogues of languages in line with the sentences of the source
	$(BIN)/python -m scripts.messages update

lock: .venv/.installed-dev ## Pin requirements.in and requirements-dev.in, with hashes
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; done

bench: .venv/.installed-dev ## Measure CPU per request beside its physical limits
	@$(BIN)/python -m bench

bench-scale: .venv/.installed-dev ## Compare requests on ten thousand and on a million people (long; 25 GB of disk)
	@$(BIN)/python -m bench.scale $(ARGS)

clean: ## Remove the virtual environment and caches; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
