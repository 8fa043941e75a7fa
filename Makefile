# Sets up and runs CoderAI; every target works on a bare machine with Python 3.11+ and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCKED := $(VENV)/.locked
DEV := $(VENV)/.dev
STUBS := coderai/.stubs
GENERATED := coderai/.generated
PROTOS := $(shell find protos -name '*.proto')
NODE := $(VENV)/.node
CONSOLE := gateway/assets/index.html
CONSOLE_SOURCES := console/index.html console/vite.config.ts console/package-lock.json \
  $(shell find console/src console/bundle examples/public-events -type f -not -name schema.d.ts)
EXTRACTORS ?= 1
# Tests start hundreds of processes; without bytecode each compiles what it loads.
unexport PYTHONDONTWRITEBYTECODE

# Installs what a lock file names, in a quarter of pip's time. pip does it where pip is told of an index of its own, which
# uv does not know of, or where uv reaches none.
define install
	@echo "installing $(1) into $(VENV) ..."
	@{ ! $(BIN)/python -m pip config list | grep -q '\.index-url=' \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1); } \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1)
endef

define npm
	@timeout 600 console/npm.sh $(1)
endef

.PHONY: help setup generate console test-console demo demo-review demo-setup template-accuracy run test test-faults fuzz bench ingest-report lint format lock dist clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: $(READY) $(GENERATED) ## install the locked packages that run into .venv, and generate the gRPC code

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "CoderAI needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(VENV)/bin/python
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock

$(LOCKED): requirements.lock | $(BIN)/uv
	$(call install,requirements.lock)
	@touch $@

$(DEV): requirements-dev.lock $(LOCKED)
	$(call install,requirements-dev.lock)
	@touch $@

# What reads files is confined and cannot write its bytecode, which is made here.
$(READY): pyproject.toml $(LOCKED) | $(GENERATED)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'from coderai.services.ingest.adapters import page_answers, reading_answers'
	@touch $@

# coderai/ holds a folder for each package of the contracts; all else in it is a link to a room.
$(GENERATED): $(PROTOS) gateway/client_messages.py $(LOCKED)
	@find coderai -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -Iprotos \
	  --python_out=. --grpc_python_out=. --include_source_info --descriptor_set_out=coderai/descriptors.binpb $(PROTOS)
	@find coderai -mindepth 1 -type d -exec touch {}/__init__.py \;
	@$(BIN)/python -m coderai.gateway.client_messages coderai/messages
	@touch $@

$(STUBS): $(GENERATED) $(DEV)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -Iprotos \
	  --mypy_out=quiet:. --mypy_grpc_out=quiet:. $(PROTOS)
	@touch $@

generate: $(GENERATED)

# Node.js of the machine if it is recent enough, else out of a Python package.
$(NODE): requirements-console.lock $(LOCKED)
	@console/npm.sh --is-recent || { $(MAKE) --no-print-directory $(VENV)/.node-wheel; }
	@touch $@

$(VENV)/.node-wheel: requirements-console.lock $(LOCKED)
	$(call install,requirements-console.lock)
	@touch $@

# What the console is built with; with .dev, what checks and tests it, too.
console/node_modules/.run: console/package-lock.json $(NODE)
	@echo "installing the console's packages ..."
	$(call npm,ci --silent $(if $(wildcard console/node_modules/.dev),,--omit=dev))
	@touch $@

console/node_modules/.dev: console/package-lock.json $(NODE)
	@echo "installing the console's packages and tools ..."
	$(call npm,ci --silent)
	@touch console/node_modules/.run $@

$(CONSOLE): $(CONSOLE_SOURCES) | console/node_modules/.run
	$(call npm,run --silent build -- --logLevel warn)
	@touch $@

console: setup $(CONSOLE) ## build the web console, which the gateway serves

console/src/api/schema.d.ts: $(GENERATED) $(shell find gateway -name '*.py') console/node_modules/.dev
	@$(BIN)/python -m coderai.gateway openapi > console/openapi.json
	$(call npm,run --silent types)

demo: setup ## do the main job on examples/: upload, define, sample, run, export to out/demo
	@$(BIN)/coderai demo

demo-review: setup ## review and refine on examples/: accuracy before and after, and what was asked again
	@$(BIN)/python -m coderai.client.demo_review

demo-setup: setup ## take every default for examples' bare documents: the variables proposed beside those that a person chose
	@$(BIN)/python -m coderai.client.demo_setup

template-accuracy: setup ## measure what the offline engine reaches with the templates that ship, and write it down beside them
	@$(BIN)/python -m coderai.client.template_accuracy

run: setup ## start everything and stay; HTTP on 127.0.0.1:8080, gRPC on 127.0.0.1:9090 (EXTRACTORS=3: more workers; METRICS=1: serve metrics)
	@$(MAKE) --no-print-directory console || echo "the console was not built: its pages say so, and all else runs"
	@$(BIN)/python -m coderai.deploy.local --extractors $(EXTRACTORS) $(if $(METRICS),--metrics)

test: setup $(DEV) $(CONSOLE) console/node_modules/.dev ## run the test suite against real Postgres and NATS, with a short form of test-faults
	@$(BIN)/python -m pytest -n auto -m "not long"
	$(call npm,run --silent test)

test-console: setup $(DEV) $(CONSOLE) console/node_modules/.dev ## use the console in a real Chromium, against everything that it talks to
	@$(BIN)/python -m pytest tests/console

test-faults: setup $(DEV) ## end processes, NATS and Postgres in the middle of jobs, and see that nothing is lost; interrupt the demo
	@$(BIN)/python -m pytest tests/faults
	@$(BIN)/python -m pytest tests/e2e tests/integration/export -m long

fuzz: setup $(DEV) ## send generated requests to every route of a fresh installation, and see that none ends in a 5xx
	@test -x $(VENV)/fuzz/bin/schemathesis || { $(PYTHON) -m venv $(VENV)/fuzz && $(VENV)/fuzz/bin/pip install --quiet schemathesis; }
	@$(BIN)/python -m tests.fuzz $(abspath $(VENV))/fuzz/bin/schemathesis

bench: setup $(DEV) ## measure; one JSON object a line: name, value, unit, goal, ok, how (make bench console: the console alone)
	@$(if $(filter console,$(MAKECMDGOALS)),$(MAKE) --no-print-directory $(CONSOLE) console/node_modules/.dev)
	@$(BIN)/python -m benchmarks $(filter console,$(MAKECMDGOALS))

ingest-report: setup ## read the files of DIR as ingest would, and tell what became of each; EXPECTED=1: hold them against NAME.md
	@$(BIN)/python -m coderai.services.ingest report $(DIR) $(if $(EXPECTED),--expected)

lint: setup $(STUBS) console/src/api/schema.d.ts ## ruff, mypy, import-linter, buf; tsc and biome of the console
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd protos && ../$(BIN)/buf lint
	$(call npm,run --silent check)

format: $(DEV) ## let ruff format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

LOCK := uv pip compile --quiet --universal --upgrade --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: ## renew the lock files with the newest versions that pyproject.toml allows: what runs, and what tests and lints it
	$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	$(VENV)/lock/bin/$(LOCK) pyproject.toml --group build -o requirements.lock
	$(VENV)/lock/bin/$(LOCK) --group dev --constraint requirements.lock -o requirements-dev.lock
	$(VENV)/lock/bin/$(LOCK) --group console -o requirements-console.lock

dist: setup $(CONSOLE) ## build the wheel into dist/; it needs nothing of this checkout
	@rm -rf build dist
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build && ls dist/*.whl

clean: ## remove what was installed and generated (not .coderai/, which holds your data)
	rm -rf $(VENV) $(GENERATED) $(STUBS) gateway/assets console/node_modules console/src/api/schema.d.ts console/openapi.json coderai/descriptors.binpb out build dist *.egg-info
	find coderai -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
