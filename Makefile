# `make help` lists the targets.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
EXIT ?=
OUT ?=
JOBS ?=
QUICK ?=
EXAMPLES ?=
ROUNDS ?=
SEEDS ?=
JSON ?=
CYCLES ?=
KILLS ?= 1000
OCCURRENCES ?= 5000
SEED ?=
SECONDS ?=
FAULTS ?=
KEYLESS ?=
RESTARTS ?= 200
WORKERS ?= 1,2,3,4
SCHEDULES ?=
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.installed: pyproject.toml constraints.txt
	@[ -n "$(PYTHON)" ] || { echo "Duerun needs Python 3.11 or newer, and none was found on the PATH."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The virtual environment could not be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing what constraints.txt pins into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "Installing the tools for tests and checks ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: .venv/.installed ## make .venv with duerun in it

demo: .venv/.installed ## 5,000 members: file, job, report, one year, then go on serving (EXIT=1 stops at the end)
	@$(BIN)/duerun demo $(if $(EXIT),--exit)

dev: .venv/.installed ## serve at http://127.0.0.1:8080 with an embedded database and test keys
	@$(BIN)/duerun dev

test: .venv/.installed-dev chromium pgbouncer ## all tests, in a process for each core (PROCESSES=1), each with a real PostgreSQL of its own
	@$(BIN)/python -m pytest -n $(or $(PROCESSES),auto) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

fire: .venv/.installed-dev ## kill workers, servers and databases around a hostile processor (KILLS=1000 OCCURRENCES=5000 SEED=1)
	@PYTHONPATH=tests $(BIN)/python -m simulation.fire --kills $(KILLS) --occurrences $(OCCURRENCES) --seed $(or $(SEED),1) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(KEYLESS),--keyless)

chromium: # the browser of the console's tests, where it is missing and may be installed; without it they are skipped
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium for the tests of the console ..." \
	  && { timeout 300 apt-get install -y -q --no-install-recommends chromium >/dev/null 2>&1 \
	  || { timeout 100 apt-get update -q >/dev/null 2>&1 && timeout 300 apt-get install -y -q --no-install-recommends chromium >/dev/null 2>&1; }; }; } \
	  || echo "Chromium is not there: the console's tests in a browser are skipped."

pgbouncer: # the pooler of the tests, where it is missing and may be installed; without it they are skipped
	@PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing PgBouncer for its tests ..." \
	  && { timeout 300 apt-get install -y -q --no-install-recommends pgbouncer >/dev/null 2>&1 \
	  || { timeout 100 apt-get update -q >/dev/null 2>&1 && timeout 300 apt-get install -y -q --no-install-recommends pgbouncer >/dev/null 2>&1; }; }; } \
	  || echo "PgBouncer is not there: its tests are skipped."

hosts: .venv/.installed-dev ## throughput by workers on hosts of their own (WORKERS=1,2,3,4), prints JSON
	@PYTHONPATH=tests:. $(BIN)/python -m hosts throughput --workers $(WORKERS)

sizes: .venv/.installed-dev ## bytes, log and processor time of a schedule and of a payment (SCHEDULES=100000), prints JSON
	@$(BIN)/python -m benchmarks.sizes --schedules $(or $(SCHEDULES),100000)

partition: .venv/.installed-dev ## cut hosts off, freeze them and add some, under load (SEED=1), prints JSON
	@PYTHONPATH=tests:. $(BIN)/python -m hosts faults --seed $(or $(SEED),1)

failover: .venv/.installed-dev ## kill a primary under load and promote its replica, ROUNDS times (SEED=1), prints JSON
	@PYTHONPATH=tests:. $(BIN)/python -m hosts failover --rounds $(or $(ROUNDS),3) --seed $(or $(SEED),1)

forecast: .venv/.installed-dev ## forecast against the clock, with more draws of schedules (SEEDS=5)
	@FORECAST_SEEDS=$(or $(SEEDS),5) $(BIN)/python -m pytest -q tests/services/test_forecast.py

model: .venv/.installed-dev ## schedules against a model of them, on random walks (EXAMPLES=1000, SEED=7)
	@DUERUN_MODEL_EXAMPLES=$(or $(EXAMPLES),300) $(BIN)/python -m pytest -q tests/simulation/model -o timeout=0 \
	  $(if $(SEED),--hypothesis-seed=$(SEED))

races: .venv/.installed-dev ## what is done to schedules while they run, against the ledger (ROUNDS=10000)
	@DUERUN_RACE_ROUNDS=$(or $(ROUNDS),10000) $(BIN)/python -m pytest -q tests/services/test_races.py -o timeout=0

check: .venv/.installed-dev ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.installed-dev ## put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.installed-dev ## benchmarks (OUT=file.json writes the figures, QUICK=1 takes small sizes)
	@$(BIN)/python -m benchmarks $(if $(OUT),--out $(OUT)) $(if $(JOBS),--jobs $(JOBS)) $(if $(QUICK),--quick)

drill: .venv/.installed-dev ## backup under load, destroy, restore, recover, CYCLES times (SEED=1)
	@PYTHONPATH=tests $(BIN)/python tests/drill.py --cycles $(or $(CYCLES),100) --seed $(or $(SEED),1)

upgrade: .venv/.installed-dev ## this version beside an older one, restarted in turn under load (RESTARTS=200), a year, old tests
	@DUERUN_UPGRADE_RESTARTS=$(RESTARTS) $(BIN)/python -m pytest tests/upgrade

simulate: .venv/.installed-dev ## play 20,000 seeds of the simulation (SEEDS=n, SEED=n replays one), prints JSON
	@PYTHONPATH=tests $(BIN)/python -m simulation.seeds $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),20000))

mutants: .venv/.installed-dev ## look for each fault that is put in on purpose under 20 seeds (SEEDS=n), prints JSON
	@PYTHONPATH=tests $(BIN)/python -m simulation.seeds --mutants $(or $(SEEDS),20)

score: .venv/.installed ## score the matching of payees' names, beside other matchers (JSON=1 prints data)
	@$(BIN)/python tools/score.py $(if $(JSON),--json)

docs: .venv/.installed-dev ## write the generated pages of docs/reference anew
	@$(BIN)/python tools/reference.py --write

clean: ## remove .venv and caches (not the data in .duerun)
	@rm -rf .venv .score-venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help install demo dev test forecast check format bench drill score docs clean model races fire upgrade chromium pgbouncer failover hosts partition sizes simulate mutants
