# Sets up and runs CoderAI; every target works on a bare machine with Python 3.11+ and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCKED := $(VENV)/.locked
GENERATED := coderai/.generated
PROTOS := $(shell find protos -name '*.proto')
EXTRACTORS ?= 1

.PHONY: help setup generate demo demo-review demo-setup template-accuracy run test test-faults fuzz bench ingest-report lint format lock dist clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: $(READY) $(GENERATED) ## install the locked packages into .venv and generate the gRPC code

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CoderAI needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(LOCKED): requirements.lock | $(VENV)/bin/python
	@echo "installing the locked packages into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): pyproject.toml $(LOCKED) | $(GENERATED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# coderai/ holds a folder for each package of the contracts; all else in it is a link to a room.
$(GENERATED): $(PROTOS) gateway/client_messages.py $(LOCKED)
	@find coderai -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -Iprotos \
	  --python_out=. --grpc_python_out=. --mypy_out=quiet:. --mypy_grpc_out=quiet:. \
	  --include_source_info --descriptor_set_out=coderai/descriptors.binpb $(PROTOS)
	@find coderai -mindepth 1 -type d -exec touch {}/__init__.py \;
	@$(BIN)/python -m coderai.gateway.client_messages coderai/messages
	@touch $@

generate: $(GENERATED)

demo: setup ## do the main job on examples/: upload, define, sample, run, export to out/demo
	@$(BIN)/coderai demo

demo-review: setup ## review and refine on examples/: accuracy before and after, and what was asked again
	@$(BIN)/python -m coderai.client.demo_review

demo-setup: setup ## take every default for examples' bare documents: the variables proposed beside those that a person chose
	@$(BIN)/python -m coderai.client.demo_setup

template-accuracy: setup ## measure what the offline engine reaches with the templates that ship, and write it down beside them
	@$(BIN)/python -m coderai.client.template_accuracy

run: setup ## start everything and stay; HTTP on 127.0.0.1:8080, gRPC on 127.0.0.1:9090 (EXTRACTORS=3: more workers; METRICS=1: serve metrics)
	@$(BIN)/python -m coderai.deploy.local --extractors $(EXTRACTORS) $(if $(METRICS),--metrics)

test: setup ## run the test suite against real Postgres and NATS, with a short form of test-faults
	@$(BIN)/python -m pytest -n auto -m "not long"

test-faults: setup ## end processes, NATS and Postgres in the middle of jobs, and see that nothing is lost; interrupt the demo
	@$(BIN)/python -m pytest tests/faults
	@$(BIN)/python -m pytest tests/e2e -m long

fuzz: setup ## send generated requests to every route of a fresh installation, and see that none ends in a 5xx
	@test -x $(VENV)/fuzz/bin/schemathesis || { $(PYTHON) -m venv $(VENV)/fuzz && $(VENV)/fuzz/bin/pip install --quiet schemathesis; }
	@$(BIN)/python -m tests.fuzz $(abspath $(VENV))/fuzz/bin/schemathesis

bench: setup ## measure; one JSON object a line: name, value, unit, goal, ok, how
	@$(BIN)/python -m benchmarks

ingest-report: setup ## read the files of DIR as ingest would, and tell what became of each; EXPECTED=1: hold them against NAME.md
	@$(BIN)/python -m coderai.services.ingest report $(DIR) $(if $(EXPECTED),--expected)

lint: setup ## ruff, mypy, import-linter, buf
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd protos && ../$(BIN)/buf lint

format: setup ## let ruff format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: ## renew requirements.lock with the newest versions that pyproject.toml allows
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	$(VENV)/lock/bin/uv pip compile --quiet pyproject.toml --group dev --universal --upgrade --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock

dist: setup ## build the wheel into dist/; it needs nothing of this checkout
	@rm -rf build dist
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build && ls dist/*.whl

clean: ## remove what was installed and generated (not .coderai/, which holds your data)
	rm -rf $(VENV) $(GENERATED) coderai/descriptors.binpb out build dist *.egg-info
	find coderai -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
