# Lianzheng: every target does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
NODE_READY := node_modules/.ready

.PHONY: help
help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: demo
demo: setup ## The main job on real input: seal, anchor, export, verify, tamper (KEEP=1 leaves the data)
	@$(PY) scripts/build_verifier.py
	@$(PY) scripts/demo/run.py

.PHONY: demo-consortium
demo-consortium: setup ## Several banks found a consortium, watch each other, convict a cheat (CHAIN=anvil|clique|qbft CLIENT=PATH)
	@$(PY) scripts/build_verifier.py
	@$(PY) scripts/consortium.py up $(if $(CHAIN),--chain $(CHAIN)) $(if $(CLIENT),--client $(CLIENT))

.PHONY: test
test: setup ## Every test that this machine can run; names what it skipped and why
	@$(PY) scripts/build_verifier.py
	@$(BIN)/pytest -n 2 --dist worksteal

.PHONY: check
check: setup ## Style, types, floors, generators, sizes, docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PY) scripts/compile_contracts.py --check
	@$(PY) scripts/build_verifier.py --check
	@$(PY) scripts/make_recordings.py --check
	@$(PY) scripts/make_vectors.py --check
	@$(PY) scripts/write_docs.py --check
	@$(PY) scripts/copy_assets.py --check
	@$(PY) scripts/slither_check.py
	@$(BIN)/pytest -q hardhat-free-tests/architecture

.PHONY: audit
audit: setup ## Known weaknesses of the product's dependencies; asks over the network, so not part of check
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off -r requirements.lock

.PHONY: bench
bench: setup ## Speed and memory, each as a ratio to a limit measured in the same run
	@$(PY) scripts/build_verifier.py
	@$(PY) scripts/bench/run.py

.PHONY: soak
soak: setup ## Long runs: kills at random points, each followed by an audit
	@$(BIN)/pytest hardhat-free-tests --run-soak -m soak -p no:xdist

.PHONY: fuzz
fuzz: setup ## Property tests with many more examples
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest hardhat-free-tests/property hardhat-free-tests/contract

.PHONY: clean
clean: ## Remove everything that the other targets made
	rm -rf $(VENV) node_modules build .demo .bench .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.PHONY: setup
setup: $(READY) $(NODE_READY)

$(READY): requirements-dev.lock pyproject.toml
	@echo "Python packages…"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(NODE_READY): package-lock.json
	@echo "npm packages…"
	@npm ci --silent --no-audit --no-fund
	@touch $@
