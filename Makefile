# Every task of the project. `make` alone lists them; CI calls these and nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
BOOTSTRAP = @command -v $(PYTHON) >/dev/null 2>&1 \
	|| { echo "lobbycard: Python 3.11 or 3.12 is needed, and no $(PYTHON) was found." >&2; exit 1; }; \
	exec $(PYTHON) tools/bootstrap.py
TOOL = $(BOOTSTRAP) exec
TESTS = $(TOOL) python -m tools.run_tests

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## start everything on this machine (PORT=5100 LOBBYCARD_HOME=dir for a second copy); Ctrl-C stops it
	$(BOOTSTRAP) run

.PHONY: status
status: ## tell whether a copy runs, and how its parts are
	$(BOOTSTRAP) status

.PHONY: reset
reset: ## delete the data of `make run`, after asking (YES=1 does not ask)
	$(BOOTSTRAP) reset $(if $(YES),--yes)

.PHONY: test
test: ## all checks and tests, at most 20 minutes (REQUIRE_REAL=1: whatever is left out is a failure)
	$(TESTS)

.PHONY: test-all
test-all: ## the same with the long suites
	$(TESTS) all

.PHONY: format
format: ## lay out the Python code
	$(TOOL) ruff format .

.PHONY: lint
lint: ## style, bugs and imports of the Python code
	$(TESTS) format lint imports

.PHONY: types
types: ## types of the Python code
	$(TESTS) types

.PHONY: compose
compose: ## let docker-compose read its file
	$(TESTS) compose

.PHONY: kubernetes
kubernetes: ## write deploy/kubernetes/base and trial anew from the chart (needs Go)
	$(TOOL) python -m tools.render_chart

.PHONY: bench-gateway
bench-gateway: ## what a request costs the gateway, beside a plain Flask route
	$(TOOL) python -m tools.bench_gateway

.PHONY: bench-dashboard
bench-dashboard: ## what the dashboard's queries cost with BOOKINGS=200000 on ENGINES=sqlite,mysql (EXPLAIN=word: their plans)
	$(TOOL) python -m tools.bench_dashboard --bookings $(or $(BOOKINGS),200000) --engines $(or $(ENGINES),sqlite,mysql) $(if $(EXPLAIN),--explain "$(EXPLAIN)")

.PHONY: image
image: ## build the container image
	docker build -f deploy/service.Dockerfile -t lobbycard:local .

.PHONY: unit
unit: ## tests of every room on the embedded engines
	$(TESTS) unit

.PHONY: real
real: ## tests of every room on MariaDB, Redis and RabbitMQ
	$(TESTS) real

.PHONY: system
system: ## tests of the whole system, started by the launcher
	$(TESTS) system

.PHONY: pages
pages: ## types and tests of the pages' JavaScript
	$(TESTS) pages

.PHONY: browser
browser: ## tests of the pages in Chromium
	$(TESTS) browser

.PHONY: lighthouse
lighthouse: ## home, film and seat map as a phone meets them, by Lighthouse (needs Node and Chromium; RUNS=3 PATIENCE=600 seconds)
	$(TOOL) python -m tools.lighthouse --runs $(or $(RUNS),3) --patience $(or $(PATIENCE),600)

.PHONY: pictures
pictures: ## take the README's pictures anew (needs Chromium)
	$(TOOL) env PICTURES=docs/img python -m pytest -q tests/browser/test_pictures.py

.PHONY: simulate
simulate: ## many schedules of faults over the shipped code: SCHEDULES=n from SEED=n; one alone shows its trace
	$(TOOL) python -m tools.simulate --seed $(or $(SEED),1) --schedules $(or $(SCHEDULES),100000)

.PHONY: model
model: ## every order of events of one booking, and of eight mutants (needs spin and gcc)
	$(TOOL) python -m tools.check_model

.PHONY: contracts
contracts: ## write contracts/ and docs/reference/ anew from the code
	$(TOOL) sh -c 'python -m tools.export_contracts && python -m tools.export_reference'

.PHONY: explain
explain: ## how the gateway splits a query: make explain QUERY='{ movies { nodes { title } } }', or a file's name
	$(TOOL) python -m gateway explain --supergraph contracts/supergraph.graphql "$$QUERY"

.PHONY: measure
measure: ## seconds until ready and memory of a copy started for that
	$(TOOL) python -m tools.measure

.PHONY: check-invariants
check-invariants: ## is each seat sold once, each payment matched? (of the copy in LOBBYCARD_HOME; WAIT=30 JOURNAL=file JSON=file)
	$(TOOL) python -m tools.check_invariants --wait $(or $(WAIT),30) $(if $(JOURNAL),--journal $(JOURNAL)) $(if $(JSON),--json $(JSON))

.PHONY: chaos
chaos: ## sell while everything dies, then check (SECONDS=60 SEED=1; REAL=1: on private real servers; JSON=file)
	$(TOOL) python -m tools.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) $(if $(REAL),--real) $(if $(JSON),--json $(JSON))

.PHONY: lock
lock: ## resolve and hash the packages anew (UPGRADE=1 takes newer versions)
	$(TOOL) python tools/lock.py $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## delete what the tools made, not the data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache frontend/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
