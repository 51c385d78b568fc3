# Needs Python 3.11 or newer and make. Another interpreter: make setup PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The built web parts (see hatch_build.py), and when they were made.
WEB := src/frontdesk/web/built/.made
# More arguments for the program behind a target: make test ARGS="-k closing"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench demo api-coverage lock

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
		| awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: $(VENV)/.installed $(WEB)  ## make .venv with Frontdesk in it

$(VENV)/.installed: pyproject.toml requirements.lock hatch_build.py
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Frontdesk needs Python 3.11 or newer; name one: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python hatch_build.py requirements \
		| xargs -r $(BIN)/python -m pip install --quiet --disable-pip-version-check
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

# The web parts: hatch_build.py looks itself whether there is anything to do.
$(WEB): $(VENV)/.installed $(shell find web -name node_modules -prune -o -type f -print)
	@$(BIN)/python hatch_build.py build
	@touch $@

# The environment of the references in bench/: see the group `bench` in pyproject.toml.
$(VENV)/bench/.installed: bench/requirements.lock | setup
	@test -x $(VENV)/bench/bin/python || $(BIN)/python -m venv --without-pip $(VENV)/bench
	@echo "Installing into $(VENV)/bench ..."
	@$(BIN)/python -m pip --python $(VENV)/bench/bin/python install --quiet \
		--disable-pip-version-check --requirement bench/requirements.lock
	@touch $@

run: setup  ## serve on http://127.0.0.1:3000, keeping everything in ./data
	$(BIN)/frontdesk serve --host 127.0.0.1 --port 3000 --data-dir ./data $(ARGS)

test: setup  ## run every test this machine can run, and name what was skipped
	$(BIN)/python -m pytest --numprocesses=auto -rfEs $(ARGS)

check: setup $(VENV)/bench/.installed  ## format, lint, types, floors: changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --python-executable $(VENV)/bench/bin/python bench/usual.py
	$(BIN)/lint-imports
	$(BIN)/python hatch_build.py check

format: setup  ## format the code and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup $(VENV)/bench/.installed  ## measure, beside what people usually write (see bench/)
	$(BIN)/python -m bench $(ARGS)

demo: setup  ## hold one conversation on the server that `make run` has started
	$(BIN)/frontdesk demo --data-dir ./data $(ARGS)

api-coverage: setup  ## what of the documented API is offered, by tags
	$(BIN)/python -m tests.api_coverage $(ARGS)

lock: setup  ## choose newest versions within pyproject.toml's ranges and write requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
		--quiet --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile --group bench --constraint requirements.lock --universal \
		--python-version 3.11 --upgrade --quiet --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file bench/requirements.lock
