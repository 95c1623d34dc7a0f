# Thin names for the lines that docs/developing.md explains; each also works without make.

BIN := .venv/bin
# What decides about a dose, or records it: every branch is tested, by the tests of its own room.
DECIDING := bcma/model/*,bcma/barcode/*,bcma/rules/*,bcma/schedule/*,bcma/bedside/*,bcma/store/record.py
DECIDED := $(addprefix tests/,model barcode rules schedule bedside store)
# The CSV files of a real hospital (docs/replay.md); not part of the project.
HOSPITAL ?= ../shared/data/mimic-demo-dev

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-run setup-emr demo emr emr-stop test-emr test check lint format types contracts scenarios pytest \
	coverage mutants kill chaos replay bench first-sync lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: ## system packages and .venv, with what the tests need
	@installer/setup.sh dev

setup-run:
	@installer/setup.sh run

setup-emr:
	@installer/setup.sh emr

demo: setup-run ## open the window on the sample ward; without a screen, play a scripted pass
	$(BIN)/python -m ui --demo

test: check pytest ## everything that must hold before a change is done

check: lint types contracts

lint: setup ## form and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: setup ## put files into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: setup ## mypy, strict
	$(BIN)/mypy

contracts: setup ## who may import whom
	$(BIN)/lint-imports --no-logo

scenarios: setup ## play the scenarios and compare; the tests do that too
	$(BIN)/bcma simulate --check tests/scenarios

pytest: setup ## the tests alone
	$(BIN)/pytest --quiet --numprocesses auto --dist loadfile

coverage: setup ## every branch of what decides about a dose
	$(BIN)/pytest --quiet --numprocesses auto --dist loadfile --cov --cov-report= $(DECIDED)
	$(BIN)/coverage report --include '$(DECIDING)' --fail-under 100

mutants: setup ## change the rules at N places (all) and see whether a test notices LEAST percent
	$(BIN)/python -m tests.mutation $(if $(N),--number $(N)) $(if $(SEED),--seed $(SEED)) \
		$(if $(LEAST),--least $(LEAST)) $(RULES)

kill: setup ## kill the program N times (20) without warning, and see that no dose is lost or doubled
	$(BIN)/python -m tests.kill $(if $(N),--number $(N)) $(if $(SEED),--seed $(SEED))

chaos: setup ## let everything go wrong between stations and N servers (21), and see that each event arrives once
	$(BIN)/python -m tests.chaos $(if $(N),--number $(N)) $(if $(SEED),--seed $(SEED))

replay: setup-run ## re-enact the doses of N patients (all) of a real hospital, the folder HOSPITAL
	@if [ -d "$(HOSPITAL)" ]; \
	then $(BIN)/bcma replay "$(HOSPITAL)" $(if $(N),--patients $(N)); \
	else echo "replay skipped: no folder $(HOSPITAL), name one with HOSPITAL="; fi

emr: setup-emr ## start the reference EMR (HAPI FHIR on PostgreSQL) in the background
	$(BIN)/python -m tests.peers start

emr-stop: ## stop it, and throw its database away
	$(BIN)/python -m tests.peers stop

test-emr: setup-emr ## the one contract suite on every FHIR server, then the scenarios on HAPI
	$(BIN)/pytest --quiet -m "emr or not emr" tests/contract

bench: setup ## measure speed, in a hospital of N records (200000); on an idle machine
	$(if $(N),BENCH_RECORDS=$(N)) $(BIN)/pytest --quiet -m bench tests

first-sync: setup-emr ## read N records (200000) from the reference EMR into an empty station; fills it first (10 min)
	$(BIN)/python -m tests.bench.first_sync $(if $(N),--number $(N))

lock: ## write both locks anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --group build pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --constraint requirements.txt --group dev pyproject.toml \
		--output-file requirements-dev.txt

clean: ## take away what was made, .venv excepted
	rm -rf build dist *.egg-info .coverage* htmlcov \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
