# Huiyin: two commands to know are `make run` and `make test`.
SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export GOFLAGS := -mod=readonly -buildvcs=false

BIN      := bin/huiyin
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
# Program, checks, tests and release are built alike, so that everything is compiled once for all of them (and once more for the
# race detector, and for fuzzing). The tags leave out what a static program cannot have from the C library.
STATIC   := $(shell [ "$$(uname)" != Linux ] || echo netgo,osusergo)
ALIKE    := -trimpath -tags=$(STATIC)
FUZZTIME ?= 5s
DATA     ?= huiyin-data

.PHONY: help run demo build release test test-parts test-whole check fuzz bench docs train deps clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: build ## build, then start with the sample shop at http://127.0.0.1:8080
	@$(BIN) --data $(DATA) serve

demo: build ## play three weeks of customers through the whole program; prints where the digest is
	@$(BIN) demo

build: deps ## build bin/huiyin
	@mkdir -p bin
	@go build $(ALIKE) -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/huiyin

release: deps ## build dist/huiyin, fully static, for copying to another machine
	@mkdir -p dist
	@go build $(ALIKE) -ldflags '$(LDFLAGS) -linkmode external -extldflags "-static"' -o dist/huiyin ./cmd/huiyin
	@ls -l dist/huiyin | awk '{printf "dist/huiyin: %.1f MB\n", $$5/1e6}'

# The race detector checks pointers, too, and ends the process where bbolt follows one of a page that a test has damaged on
# purpose; without the check, that is a fault which the store turns into an error.
test: deps ## run every test, the browser's among them (make check vets)
	@scripts/testtools.sh
	@$(MAKE) --no-print-directory -j2 test-parts test-whole # the second one mostly waits for browsers

test-parts: deps
	@go test -race -vet=off -gcflags='go.etcd.io/bbolt/...=-d=checkptr=0' -shuffle=on -count=1 -timeout 30m $$(go list ./... | grep -v /cmd/huiyin)

test-whole: deps # too slow with the race detector: the whole program under load, and training
	@go test $(ALIKE) -vet=off -shuffle=on -count=1 -timeout 30m ./cmd/huiyin ./feedback/topics

check: deps ## gofmt, vet, import rules, documents that are generated
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt -w these: $$bad"; exit 1; }
	@go vet $(ALIKE) ./...
	@go test $(ALIKE) -vet=off -count=1 ./internal/deptest
	@$(MAKE) --no-print-directory docs
	@git diff --exit-code -- docs || { echo "docs/ is behind the code: commit what 'make docs' wrote"; exit 1; }

fuzz: deps ## run every fuzz test for FUZZTIME (5s; 100x is a hundred inputs)
	@scripts/fuzz.sh $(FUZZTIME)

bench: build ## measure this machine; writes docs/benchmarks.md
	@scripts/bench.sh $(BIN)

docs: build ## write the generated references in docs/
	@$(BIN) config reference > docs/config.md
	@$(BIN) config commands > docs/commands.md
	@$(BIN) digest --schema > docs/digest.schema.json

train: build ## remake the shipped models: make train [DATASETS=folder]
	@$(BIN) train --datasets "$(DATASETS)"

deps:
	@scripts/deps.sh

clean: ## remove what was built
	@rm -rf bin dist
