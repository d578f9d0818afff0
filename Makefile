# Cardea keeps doors in step with bookings. `make help` lists what can be made.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN      := bin
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
# The race detector goes over every room, and end to end over what has much going on at once; the rest of what runs from end to
# end plays in one thread. What is long is played short under it, and whole without.
RACED    := Serve|Hook|Node|Matrix|Stop|Readiness|Killed|Beside|SafetyContract|AtOnce|Sweep|Clock
WHOLE    := ^TestNineOClock$$
RACE     := -race -gcflags='modernc.org/...=-race=false'
CHROMIUM ?= /usr/bin/chromium
# Properties draw the same input in every run; RAPID_SEED=0 draws anew, as `make fuzz` does.
RAPID_SEED ?= 1
export CHROMIUM RAPID_SEED

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build everything and start the demo: sandbox vendors, a seeded world, console on 127.0.0.1:8080
	$(BIN)/cardea demo

.PHONY: build
build: assets ## build bin/cardea with its console
	go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/cardea ./cmd/cardea

.PHONY: assets
assets: console/dist/.built ## build the console's style sheet and scripts from npm packages

console/dist/.built: console/package-lock.json console/package.json console/build.mjs $(wildcard console/*.templ console/assets/*)
	npm ci --prefix console --no-audit --no-fund --loglevel=error
	npm run build --prefix console --silent
	@touch $@

.PHONY: tools
tools: $(BIN)/golangci-lint $(BIN)/templ $(BIN)/sqlc ## build the tools that lint and verify use

$(BIN)/golangci-lint $(BIN)/templ &: tools/go.mod tools/go.sum
	cd tools && go build -o ../$(BIN)/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint github.com/a-h/templ/cmd/templ

$(BIN)/sqlc: tools/sqlc/go.mod tools/sqlc/go.sum
	cd tools/sqlc && go build -o ../../$(BIN)/ github.com/sqlc-dev/sqlc/cmd/sqlc

.PHONY: generate
generate: tools ## make the generated code anew: pages and queries
	cd console && ../$(BIN)/templ generate
	$(BIN)/sqlc generate

.PHONY: deps
deps: testdata/scimserver/node_modules/.package-lock.json ## install what tests need: PostgreSQL, Chromium, a SCIM server from npm
	@deploy/test-deps

testdata/scimserver/node_modules/.package-lock.json: testdata/scimserver/package-lock.json testdata/scimserver/package.json
	npm ci --prefix testdata/scimserver --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: test
test: deps assets ## pass every test, on SQLite and PostgreSQL, rooms with the race detector, and the console in a browser
	go run ./store/storetest/pgcluster -- go test $(RACE) -timeout 30m $$(go list ./... | grep -v '/cmd/cardea$$')
	go run ./store/storetest/pgcluster -- go test -timeout 30m ./cmd/cardea
	go run ./store/storetest/pgcluster -- go test $(RACE) -timeout 30m -run '$(RACED)' ./cmd/cardea
	go run ./store/storetest/pgcluster -- go test -timeout 30m -run '$(WHOLE)' ./loop/keep
	npm run e2e --prefix console --silent

.PHONY: lint
lint: tools assets ## vet, lint, formatting
	$(BIN)/golangci-lint run ./...

.PHONY: verify
verify: tools assets ## generated code is current, modules are tidy, planted bugs are found
	go mod tidy -diff
	cd console && ../$(BIN)/templ generate >/dev/null && git diff --exit-code -- '*_templ.go'
	$(BIN)/sqlc diff
	go mod verify >/dev/null
	go run ./store/storetest/pgcluster -- sh -c 'cd tools && go run ./mutants -root .. -rooms'

.PHONY: mutants
mutants: ## plant every bug of testdata/mutants.json, also those that only a run from end to end finds
	go run ./store/storetest/pgcluster -- sh -c 'cd tools && go run ./mutants -root ..'

.PHONY: bench
bench: ## measure against the budgets of docs/speed.md (a quarter of an hour)
	go run ./store/storetest/pgcluster -- go test -run '^$$' -bench . -benchmem ./core/... ./loop/... ./store/... ./wire/...

.PHONY: fuzz
fuzz: ## run every fuzz target for 20 seconds, and every property on 10,000 inputs that were never drawn before
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz); do \
	  echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 20s $$p || exit 1; done; done
	go run ./store/storetest/pgcluster -- go test -count=1 -timeout 60m \
	  $$(grep -rl --include='*_test.go' pgregory.net/rapid core door sandbox space loop store wire | xargs -n1 dirname | sort -u | sed 's,^,./,') \
	  -args -rapid.seed=0 -rapid.checks=10000

SOAK ?= London
.PHONY: soak
soak: ## let london live for two months of virtual time (a week on PostgreSQL), with faults and crashes, and say who passed wrongly; SOAK=. plays every long test
	GOGC=400 go run ./store/storetest/pgcluster -- go test -count=1 -timeout 60m -run 'Soak$(SOAK)' -tags soak -v ./cmd/cardea

SEED ?= 1
.PHONY: contract
contract: ## play the safety contract's town for 45,000 steps (half an hour); SEED=2 draws other sequences, SEED=0 new ones
	go run ./store/storetest/pgcluster -- go test -count=1 -timeout 90m -run TestSafetyContract ./cmd/cardea \
	  -args -rapid.checks=1500 -rapid.seed=$(SEED)

.PHONY: docs
docs: ## list the documents
	@find docs -name '*.md' | sort

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BIN) console/dist/* console/node_modules testdata/scimserver/node_modules
