# `make run` and `make test` do everything on a bare Debian 12 with Python 3.11; nothing else is needed.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
export PORT ?= 8000
export HOST ?= 127.0.0.1

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core
TEST_PACKAGES := $(RUN_PACKAGES) chromium postgresql poppler-utils

.PHONY: run test screens bench lock translations clean

run: .venv/ready
	@scripts/system-packages $(RUN_PACKAGES)
	@$(BIN)/flask --app wsgi db upgrade
	@$(BIN)/flask --app wsgi demo prepare
	@scripts/serve

test: .venv/ready-test
	@scripts/system-packages $(TEST_PACKAGES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet survey_app
	$(BIN)/bandit -q -r survey_app -ll
	$(BIN)/pytest -n 2 --dist worksteal

# Take the pictures of docs/screens/ anew, to be looked at.
screens: .venv/ready-test
	@scripts/system-packages $(TEST_PACKAGES)
	SCREENS=$(CURDIR)/docs/screens $(BIN)/pytest tests/journeys -k "not postgresql"

bench: .venv/ready-test
	@scripts/system-packages $(TEST_PACKAGES)
	$(BIN)/python -m bench

# Rebuild the lock after a change in setup.cfg.
lock: .venv/ready-test
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --strip-extras --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock setup.cfg

# Collect new texts into the catalogues; then translate translations/vi/LC_MESSAGES/messages.po and run `make run`.
translations: .venv/ready
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k _l -o translations/messages.pot --no-location --omit-header survey_app
	$(BIN)/pybabel -q update -N -i translations/messages.pot -d translations --no-wrap

.venv/python:
	$(PYTHON) -m venv .venv || { scripts/system-packages python3-venv && $(PYTHON) -m venv .venv; }
	@touch $@

.venv/ready: .venv/python requirements.lock setup.cfg $(wildcard translations/*/LC_MESSAGES/*.po)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/pybabel -q compile -D "messages wtforms" -d translations
	@touch $@

.venv/ready-test: .venv/ready
	@touch $@

clean:
	rm -rf .venv
