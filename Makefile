# SPDX-License-Identifier: GPL-3.0-or-later
# `make demo` shows what WEFT does, `make test` checks that it does it right.
# Both first install what they need into .venv, which is made anew only when the lock changes.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
  --no-annotate --python-version 3.11
QGIS := .venv-qgis/bin
QGIS_READY := .venv-qgis/ready

.PHONY: help demo test lint lock i18n package

help:
	@echo "make demo   run the main job on a sample scene, by commands and in QGIS, into demo/"
	@echo "make test   check style and types, and run all tests"
	@echo "make package   build dist/qgis_weft.zip, which QGIS installs"

demo: $(READY) i18n
	$(BIN)/python tools/demo.py demo
	$(BIN)/python tools/in_qgis.py demo/qgis

test: lint i18n $(QGIS_READY)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile \
	  tests/backend tests/benchmarks tests/contract tests/packaging
	QT_QPA_PLATFORM=offscreen $(QGIS)/python -m pytest -c tests/qgis.ini tests/plugin tests/e2e

i18n: $(QGIS_READY)
	lrelease -silent i18n/*.ts

package: i18n
	$(BIN)/python tools/package.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Keeps the versions that are locked already; remove the file first to raise them all.
lock: $(READY)
	$(COMPILE) --extra setup pyproject.toml -o requirements.lock
	$(COMPILE) --extra setup --extra dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) tests/requirements-qgis.in -o requirements-qgis.lock

# pip installs uv alone, by the hashes of the lock, and uv all the rest, which it does much faster.
# Bytecode is made here, as a process without it starts seconds later, and some systems never keep it.
$(READY): requirements-dev.lock pyproject.toml
	sh tools/need-venv.sh $(PYTHON)
	@echo "Installing the locked packages into .venv; this takes about 6 GB of disk space."
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > .venv/uv.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip sync --compile-bytecode --python $(BIN)/python --require-hashes requirements-dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# QGIS brings its own Python; the tests of the plugin run in that, with pytest beside it.
$(QGIS_READY): requirements-qgis.lock $(READY)
	sh tools/need-qgis.sh
	$(BIN)/uv venv -q --allow-existing --python /usr/bin/python3 --system-site-packages .venv-qgis
	$(BIN)/uv pip install --python $(QGIS)/python --require-hashes -r requirements-qgis.lock
	touch $@
