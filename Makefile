# cdc: change data capture from MySQL, MariaDB and PostgreSQL to Kafka.
# "make help" lists the targets from the comments behind them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# How long each fuzz target runs in "make fuzz".
FUZZTIME ?= 10s
# Packages whose integration tests run at the same time. They share servers, so one
# that counts or measures is disturbed by another that writes.
PARALLEL ?= 1

BED  := .testbed
WITH := $(BED)/bin/withservers
LINT := $(BED)/bin/golangci-lint
TESTFLAGS ?= -count=1 -timeout 20m
# Where the golden runner says what it compared.
GOLDEN_REPORT := $(abspath $(BED))/golden-report.txt

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## bin/cdc, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/cdc ./cmd/cdc

.PHONY: demo
demo: build ## see changes of a small shop arrive in Kafka, all in one process
	bin/cdc demo

.PHONY: test
test: testbed $(WITH) ## all tests with the race detector, the integration tests against real servers
	@rm -f $(GOLDEN_REPORT)
	CDC_GOLDEN_REPORT=$(GOLDEN_REPORT) $(WITH) $(GO) test -race -tags integration -p $(PARALLEL) $(TESTFLAGS) ./...
	@cat $(GOLDEN_REPORT)

.PHONY: unit
unit: ## unit tests alone; needs nothing but Go
	$(GO) test -race -count=1 ./...

.PHONY: integration
integration: testbed $(WITH) ## the packages that have integration tests; PKG=./binlog RUN=TestX narrows it
	$(WITH) $(GO) test -race -tags integration -p $(PARALLEL) $(TESTFLAGS) -run '$(or $(RUN),.)' $(or $(PKG),$(INTEGRATION_PACKAGES))

.PHONY: golden
golden: testbed $(WITH) ## replay the recordings of Debezium and compare every record; RUN=mysql/json narrows it, GOLDEN=folder takes others
	@rm -f $(GOLDEN_REPORT)
	@code=0; CDC_GOLDEN='$(and $(GOLDEN),$(abspath $(GOLDEN)))' CDC_GOLDEN_REPORT=$(GOLDEN_REPORT) \
		$(WITH) $(GO) test -tags integration -count=1 -timeout 1h -run 'TestGolden/$(RUN)' ./internal/e2e || code=$$?; \
		cat $(GOLDEN_REPORT) 2>/dev/null || true; exit $$code

INTEGRATION_PACKAGES = $$(git ls-files --cached --others --exclude-standard '*_integration_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')

.PHONY: race
race: unit ## the same as unit, which always has the race detector

.PHONY: testbed
testbed: ## fetch real MySQL, MariaDB, PostgreSQL and Kafka into .testbed
	scripts/testbed.sh

# Built rather than "go run", which passes no signal on.
.PHONY: $(WITH)
$(WITH):
	$(GO) build -o $@ ./internal/testbed/withservers

.PHONY: lint
lint: ## golangci-lint, with the integration tests too
	scripts/testbed.sh lint
	$(LINT) run ./...

.PHONY: fmt
fmt: ## format the code as lint wants it
	scripts/testbed.sh lint
	$(LINT) fmt ./...

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME; PKG=./binlog narrows it
	@dirs="$(or $(PKG),$(FUZZ_PACKAGES))"; for dir in $$dirs; do \
		targets=$$($(GO) test -list '^Fuzz' "$$dir") || { echo "$$targets" >&2; exit 1; }; \
		for target in $$(sed -n '/^Fuzz/p' <<<"$$targets"); do \
			echo "$$dir $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$dir"; \
		done; \
	done

FUZZ_PACKAGES = $$(git grep -lE --untracked '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')

.PHONY: bench
bench: build ## measure cdc, and Debezium beside it, on one backlog (long)
	bench/run.sh

.PHONY: bench-values
bench-values: ## ns per value by type and format, into bench/VALUES.md
	bench/run.sh values

.PHONY: bench-rules
bench-rules: build ## measure drains with rules and without, and what rules cost a row, into bench/RULES.md
	bench/run.sh rules

.PHONY: bench-check
bench-check: ## fail when a row in Avro or json_schema, or a rule, costs more than it may; wants a quiet machine
	bench/run.sh check

.PHONY: vuln
vuln: ## known vulnerabilities in what we call (asks the vulnerability database)
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

.PHONY: tidy-check
tidy-check: ## fail when go.mod isn't tidy
	$(GO) mod tidy -diff

.PHONY: clean
clean: ## remove what build made
	rm -rf bin

.PHONY: clean-testbed
clean-testbed: ## remove the fetched servers
	rm -rf $(BED)
