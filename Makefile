# SPDX-License-Identifier: GPL-3.0-or-later
# `make demo` shows what WEFT does, `make test` checks that it does it right.
# Both first install what they need into .venv, which is made anew only when the lock changes.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo test lint lock

help:
	@echo "make demo   run the main job on a sample scene; the results are left in demo/"
	@echo "make test   check style and types, and run all tests"

demo: $(READY)
	$(BIN)/python tools/demo.py demo

test: lint
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Keeps the versions that are locked already; remove the file first to raise them all.
lock: $(READY)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

# pip installs uv alone, by the hashes of the lock, and uv all the rest, which it does much faster.
$(READY): requirements.lock pyproject.toml
	sh tools/need-venv.sh $(PYTHON)
	@echo "Installing the locked packages into .venv; this takes about 6 GB of disk space."
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@
