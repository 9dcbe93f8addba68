# `make` lists what can be done. What is installed lives in .venv, what the demo writes in instance/.
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
RUN := $(VENV)/bin/python
PORT ?= 8000
# More arguments for pytest, e.g. make test PYTEST_ARGS="-x -n 2" or PYTEST_ARGS=tests/sales
PYTEST_ARGS ?=
# What runs here never touches the database or takes on the strictness that a .env may name for a real installation.
DEMO := ENVIRONMENT=development DATABASE_URL='sqlite:///$(CURDIR)/instance/inventory.db'
ON_SQLITE := ENVIRONMENT=development DATABASE_URL=sqlite:///:memory:
ON_POSTGRES := ENVIRONMENT=development $(RUN) tests/run_postgres.py --
PROOF_SEED ?= $(shell date +%Y%m%d)
FIGURES := instance/proof.jsonl
PROVE := PROOF=full PROOF_SEED=$(PROOF_SEED) PROOF_FIGURES='$(CURDIR)/$(FIGURES)'
DAMAGES := tests/backups/test_damaged_backups.py
AXE := tests/browser/node_modules/.package-lock.json
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check

.PHONY: help demo reset test test-sqlite test-postgres proof lint audit schema format clean

help:  ## List the targets (this)
	@grep -E '^[a-z-]+:.*  ## ' Makefile | while IFS=: read -r name rest; do printf '  make %-14s %s\n' "$$name" "$${rest##*## }"; done

demo: $(VENV)/.runtime  ## Try it: sample data, a login, and a server on http://127.0.0.1:8000 (PORT=8001 for another port)
	@echo "Preparing the database instance/inventory.db"
	@$(DEMO) $(RUN) manage.py migrate --verbosity 0
	@$(DEMO) $(RUN) manage.py seed_demo --if-empty --size small
	@echo "Serving http://127.0.0.1:$(PORT)/admin/ (Ctrl-C stops it)"
	@$(DEMO) $(RUN) manage.py runserver 127.0.0.1:$(PORT)

reset: $(VENV)/.runtime  ## Throw the database of the demo away and make an empty one
	@rm -f instance/inventory.db instance/inventory.db-wal instance/inventory.db-shm
	@$(DEMO) $(RUN) manage.py migrate --verbosity 0
	@echo "instance/inventory.db is new and empty."

test: test-sqlite test-postgres  ## Run every test twice: on SQLite, then on PostgreSQL

test-sqlite: $(VENV)/.development $(AXE)  ## Run the tests on SQLite only
	@echo "== Tests, first half: SQLite"
	@$(ON_SQLITE) $(RUN) -m pytest $(PYTEST_ARGS)

test-postgres: $(VENV)/.development  ## Run the tests on PostgreSQL only (a temporary server, or TEST_DATABASE_URL)
	@echo "== Tests, second half: PostgreSQL"
	@$(ON_POSTGRES) $(RUN) -m pytest $(PYTEST_ARGS)

# The rules of accessibility for the browser tests, from npm. Without npm those tests are skipped, and say so.
$(AXE): tests/browser/package-lock.json
	@if command -v npm >/dev/null; then echo "Installing tests/browser/package-lock.json" && npm ci --silent --no-audit --no-fund --prefix tests/browser && touch $@; fi

proof: $(VENV)/.development  ## Prove under full load and many deaths that stock and money cannot drift; writes docs/proof.md (hours, most of them for 1,000 cases of each call of the API)
	@rm -f $(FIGURES) && mkdir -p $(dir $(FIGURES))
	@$(PROVE) $(ON_SQLITE) $(RUN) -m pytest tests/concurrency tests/faults tests/fuzz tests/test_money_baskets.py $(DAMAGES) $(PYTEST_ARGS)
	@$(PROVE) $(ON_POSTGRES) $(RUN) -m pytest tests/concurrency tests/faults tests/fuzz $(DAMAGES) $(PYTEST_ARGS)
	@$(RUN) -m tests.proof.report $(FIGURES)

lint: $(VENV)/.development  ## Check style, import directions, Django's own checks and missing migrations
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(VENV)/bin/lint-imports
	$(ON_SQLITE) $(RUN) manage.py check
	$(ON_SQLITE) $(RUN) manage.py makemigrations --check --dry-run
	$(ON_POSTGRES) $(RUN) tests/lint_migrations.py

# Not part of the check on each change: what is known about packages changes while the code doesn't. Strict: a package
# that PyPI doesn't tell about is a failure, not a pass.
audit: $(VENV)/.development  ## Ask the database of PyPI whether a package of the product has a known vulnerability
	@$(RUN) -c 'import socket; socket.create_connection(("pypi.org", 443), 10).close()' 2>/dev/null \
		|| { echo "Nothing was audited: pypi.org can't be reached from here. Run it where there is a connection."; exit 2; }
	$(RUN) -m pip_audit --strict --requirement requirements-buckets.txt --disable-pip --no-deps --progress-spinner off

schema: $(VENV)/.runtime  ## Write the description of the API, which programs rely on, to docs/openapi.json
	@$(ON_SQLITE) $(RUN) manage.py spectacular --format openapi-json --fail-on-warn | $(RUN) -c 'import json, sys; \
		json.dump(json.load(sys.stdin), sys.stdout, sort_keys=True, indent=0, ensure_ascii=False); print()' > docs/openapi.json.new
	@mv docs/openapi.json.new docs/openapi.json

format: $(VENV)/.development  ## Format the code and repair what can be repaired by machine
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

clean:  ## Remove the virtualenv and the caches; the database stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# .venv/bin/python is a link to the interpreter: if that goes away or is upgraded, make sees it here.
$(RUN):
	@python=$$(.ci/find-python) && echo "Making $(VENV) with $$python" && rm -rf $(VENV) && "$$python" -m venv $(VENV) \
		|| { rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt $(RUN)
	@echo "Installing requirements.txt (the first time takes about half a minute)"
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip  # an interrupted first run may have left none
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing requirements-dev.txt"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
