# `make serve` and `make test` do all the set-up; the rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A library of grafana-client's, urllib3-future, puts itself in the place of urllib3 unless it is told
# not to: https://github.com/jawah/urllib3.future
export URLLIB3_NO_OVERRIDE := 1

.PHONY: serve test lint format clean

serve: $(VENV)/.installed
	mkdir -p var
	$(BIN)/contactpoints sink --bind 127.0.0.1:9096 & trap "kill $$! 2>/dev/null" EXIT; \
	$(BIN)/contactpoints serve --config alertmanager_configs/examples/quickstart.yml --bind 127.0.0.1:9095

# Not in the order of how many tests a file has: a process would be left with the few that take long.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-binary urllib3-future \
		--editable '.[test,clients,lint]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
