# `make run` and `make test` do everything on a bare Debian 12 with Python 3.11; nothing else is needed.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
export PORT ?= 8000
export HOST ?= 127.0.0.1

# Asked for in one go, so that who may not install them hears of all at once. Debian's Python cannot make an
# environment without python3-venv; another Python can.
VENV_PACKAGES := $(shell command -v $(PYTHON) >/dev/null || echo python3) \
  $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo python3-venv)
RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core
TEST_PACKAGES := $(RUN_PACKAGES) chromium-headless-shell libatomic1 postgresql poppler-utils

.PHONY: run dev setup test quick test-long check types rules screens bench lock translations scripts clean packages port

run: PACKAGES := $(RUN_PACKAGES)
run: port packages .venv/ready
	@$(BIN)/flask --app wsgi db upgrade
	@$(BIN)/flask --app wsgi keys create
	@$(BIN)/flask --app wsgi demo prepare
	@scripts/serve

# The same, on what is there, and begun again whenever a file changes.
dev: PACKAGES := $(RUN_PACKAGES)
dev: packages .venv/ready
	@WEB_RELOAD=1 scripts/serve

# Everything that testing needs; after it no command needs a network.
setup: PACKAGES := $(TEST_PACKAGES)
setup: packages .venv/ready-test

# Types take as long as everything else that is looked at in the source, so each has a core.
check: setup
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types rules

types:
	$(BIN)/mypy

rules:
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports \
	  && $(BIN)/djlint --lint --quiet survey_app && $(BIN)/bandit -q -r survey_app -ll

TESTERS := -n 2 --dist worksteal

test: check
	$(BIN)/pytest $(TESTERS)

# While working: format, types, the pure rooms, the house's rules and the rooms that were touched. About a minute.
quick: check
	$(BIN)/pytest $(TESTERS) --quiet survey_app tests/unit tests/house_rules $$(scripts/tests-of-changes)

# Before a release: every test on both databases, the long runs too, and what is random in full. Some hours.
test-long: setup
	ABUSE=full $(BIN)/pytest -m "" $(TESTERS) --engine both --timeout 0

# Take the pictures of docs/screens/ again, to be looked at, and from them those of the manual.
screens: setup
	SCREENS=$(CURDIR)/docs/screens $(BIN)/pytest tests/journeys -m "" -k "not postgresql"
	$(BIN)/python scripts/manual-pictures docs/screens

# Ratios are to version 402b6fe, which needs two libraries that are gone since.
bench: setup
	$(BIN)/pip install --quiet flask-compress whitenoise
	$(BIN)/python -m bench

# Rebuild the locks after a change in setup.cfg: what running needs, and what testing needs besides.
lock: .venv/ready-test
	$(BIN)/pip install --quiet pip-tools
	$(COMPILE) --output-file requirements.lock setup.cfg
	$(COMPILE) --all-extras --constraint requirements.lock --output-file requirements-test.lock setup.cfg

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Collect new texts into the catalogues; then translate translations/vi/LC_MESSAGES/messages.po and run `make run`.
translations: .venv/ready
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k _l -o translations/messages.pot --no-location --omit-header survey_app
	$(BIN)/pybabel -q update -N --ignore-obsolete -i translations/messages.pot -d translations --no-wrap

# After a change in web/: bundle the scripts of respondents' pages again. Needs node and npm; running and testing do not.
scripts:
	cd web && npm ci --silent && npm run --silent build && cat package-lock.json src/*.js | sha256sum > built.sha256

port:
	@scripts/serve --look

packages:
	@scripts/system-packages $(VENV_PACKAGES) $(PACKAGES)

.venv/python: | packages
	$(PYTHON) -m venv .venv
	@touch $@

# One line before each long silence.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

.venv/ready: .venv/python requirements.lock $(wildcard translations/*/LC_MESSAGES/*.po)
	@echo "Installing the libraries into .venv (a minute or two) ..."
	@$(INSTALL) -r requirements.lock
	@$(BIN)/pybabel -q compile -D "messages wtforms" -d translations
	@touch $@

.venv/ready-test: .venv/ready requirements-test.lock
	@echo "Installing the tools of the tests into .venv (a minute or two) ..."
	@$(INSTALL) -r requirements-test.lock
	@touch $@

clean:
	rm -rf .venv
