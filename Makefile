# Sets up a virtual environment beside the sources and runs the app, the tests, the checks and the benchmarks.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: demo test check check-static bench screenshots lock clean help

help:
	@echo "make demo    the app on the built-in lab, with a running example"
	@echo "make test    all tests (peers that are not installed are skipped and named)"
	@echo "make check   formatting, types, import contracts, then all tests"
	@echo "make bench   speed as ratios inside one run"
	@echo "make screenshots   the pictures of the app, taken on the lab; PNG where Chromium is installed"

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.ready
	$(BIN)/mtls-triage lab --scenario large-body-renegotiation

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n $(WORKERS) -rs

check-static: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: check-static test

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench

screenshots: $(VENV)/.ready
	$(BIN)/python -m tests.tui.screenshots

lock: $(VENV)/.ready
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --extra test --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info
