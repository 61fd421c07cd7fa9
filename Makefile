# Everything starts here. Each target does its own set-up from nothing but Python (3.11 or later) and make,
# in the folder .venv, without asking for root; the second run is quick.
#
#   make demo    track real models on real data, then leave the server up      (http://127.0.0.1:7117)
#   make test    every check there is: style, types, contracts, tests
#   make check   the quick ones: style, types, contracts
#   make chaos   the failures at full count (kill, power cut, full disk, lost database)
#   make bench   the load figures, against the peers that install here
#   make ui      the web UI with live reload, against a running server         (MODELWRIGHT_URL, default port 7117)
#   make docs    write the generated reference pages again
#   make clean   forget the environments and caches (never your data)

.DEFAULT_GOAL := help
.PHONY: help demo test check chaos bench ui docs clean
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
JOBS ?= 2

help:
	@awk '/^#/ { sub(/^# ?/, ""); print; next } { exit }' Makefile

demo:
	@tools/setup server,system,demo
	@$(BIN)/mw demo $(ARGS)

check:
	@tools/setup dev
	@echo "» style" && $(BIN)/ruff check .
	@echo "» types" && $(BIN)/basedpyright
	@echo "» contracts" && $(BIN)/lint-imports
	@echo "» web" && $(BIN)/python tools/ui_types.py --check && $(BIN)/python tools/web.py check

test: check
	@echo "» tests" && $(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

chaos:
	@tools/setup dev
	@MODELWRIGHT_CHAOS=full $(BIN)/python -m pytest -s tests/survive tests/engine $(ARGS)

bench:
	@tools/setup dev
	@$(BIN)/python -m bench $(ARGS)

ui:
	@tools/setup dev
	@$(BIN)/python tools/web.py dev $(ARGS)

docs:
	@tools/setup dev
	@$(BIN)/python tools/reference.py

clean:
	rm -rf .venv .envs .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist build
