# The few words of this repository; what they do is in .ci, so that nothing but Go, Node and Debian is needed.

TOOL := go tool -modfile=.ci/tools.mod

.DEFAULT_GOAL := help
.PHONY: help fmt lint test soak fuzz bench gobench build tools

help: ## say what there is
	@awk -F ': ## ' '/^[a-z]+:.* ## / {sub(/:.*/, "", $$1); printf "  make %-6s %s\n", $$1, $$NF}' $(MAKEFILE_LIST)

fmt: ## put the code into the one format
	$(TOOL) golangci-lint fmt
	go mod tidy

lint: ## modules, format, vet, go fix, linters, dead code
	.ci/check

test: ## everything that must hold: lint, then all tests with the race detector, none skipped
	.ci/install
	.ci/check
	.ci/test
	.ci/test-web

soak: ## faults in an order of chance on a cluster of three hubs, for 20 minutes or SOAK
	.ci/install
	PARLEY_NO_SKIP=1 PARLEY_SOAK=$(or $(SOAK),20m) go test -count=1 -timeout 24h -run '^TestSoak$$' -v ./cmd/parley/clustertest

fuzz: ## every fuzz target for 10 seconds, or FUZZTIME
	.ci/fuzz

bench: ## the server beside the floor, in one sitting of at most 20 minutes: the table of docs/performance.md
	go run ./cmd/parley/bench/sitting $(ARGS)

gobench: ## all Go benchmarks, with allocations; BENCH picks some, COUNT repeats them
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -count $(or $(COUNT),1) ./...

build: ## the server, into bin/parley
	CGO_ENABLED=0 go build -trimpath -o bin/parley ./cmd/parley

tools: ## install what the tests need and build the pinned tools
	.ci/install
	$(TOOL) golangci-lint version
	$(TOOL) gotestsum --version
