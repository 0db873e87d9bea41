# The only entry points a person needs. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help run build test check e2e fuzz bench fmt sqlx openapi clean-data

help: ## This list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Installs what is missing, builds, starts with demo data (PORT=… UK_DATA_DIR=…)
	@scripts/run.sh

build: ## Builds the binary and the browser half
	@scripts/setup.sh && scripts/build.sh

test: ## Every test: unit, integration, end to end in a real browser
	@scripts/test.sh

check: ## Format, lints of both halves, layers, query data, translations, licences
	@scripts/check.sh

e2e: ## The journeys in a real browser only (ARGS="requests" picks)
	@scripts/e2e.sh $(ARGS)

fuzz: ## What no provider would send, at both payment webhooks (UK_FUZZ_SECONDS=600 UK_FUZZ_SEED=…)
	@scripts/fuzz.sh

bench: ## Measures us beside the peer and pgbench (ONLY=sockets,jobs picks; ARGS="--apartments 1000")
	@scripts/bench.sh $(if $(ONLY),--only "$(ONLY)") $(ARGS)

fmt: ## Formats the code
	@. scripts/env.sh && cargo fmt --all

sqlx: ## Refreshes the committed query data after a change of SQL
	@scripts/sqlx.sh prepare

openapi: ## Prints the OpenAPI document
	@. scripts/env.sh && cargo run -q -p server -- openapi

clean-data: ## Forgets the demo data and the embedded database
	@scripts/clean-data.sh
