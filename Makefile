# Two commands for newcomers: make demo, make test. Both install what they need with apt and say so.
SWIFT ?= swift
PREFIX ?= /usr/local
# Tests that attack the daemon and measure how soon it answers have the machine for themselves.
HOSTILE = ImportWatchDaemonTests.Hostile/
CHECKED = --explicit-target-dependency-import-check error

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: set-up-build ## Build everything for debugging
	$(SWIFT) build $(CHECKED)

demo: set-up-build ## Build, and watch a job of every outcome at a simulated SES (about a minute)
	$(SWIFT) build $(CHECKED) --product importwatchd
	$(SWIFT) build $(CHECKED) --product importwatchctl
	$(SWIFT) build $(CHECKED) --product ses-simulator
	Tests/Scripts/demo.sh .build/debug

test: set-up-test ## Build and run every test
	Tests/Scripts/python.sh
	$(SWIFT) build --build-tests $(CHECKED)
	$(SWIFT) test --skip-build --skip '$(HOSTILE)'
	$(SWIFT) test --skip-build --filter '$(HOSTILE)'
	Tests/Scripts/units.sh
	$(MAKE) --no-print-directory test-package

test-package: deb set-up-test ## Check the package, and run it in a container that boots systemd (as root)
	lintian --allow-root --fail-on error .build-release/importwatchd_*.deb
	$(SWIFT) build $(CHECKED) --product ses-simulator
	Tests/Container/run.sh .build-release/importwatchd_*.deb .build/debug/ses-simulator

golden: set-up-test ## Record anew what users and programs see, Tests/GoldenTests/Golden; read its diff before a commit
	$(SWIFT) build --build-tests $(CHECKED)
	IMPORTWATCH_RECORD=1 $(SWIFT) test --skip-build --filter GoldenTests

kill-test: set-up-test ## Kill the daemon 200 times at random, and look for lost or needless notifications (2 minutes)
	$(SWIFT) build --build-tests $(CHECKED)
	IMPORTWATCH_KILLS=200 $(SWIFT) test --skip-build --filter KillTests

tsan: set-up-test ## Run the tests of the transport and the daemon's loop under ThreadSanitizer
	TSAN_OPTIONS='halt_on_error=1 suppressions=$(CURDIR)/Tests/Scripts/tsan.supp' $(SWIFT) test --sanitize=thread \
	    --scratch-path .build-tsan --filter 'CurlTransportTests|ImportWatchDaemonTests' --skip '$(HOSTILE)|ProgramArguments'

bench: release ## Measure the cost of a poll beside clients in C, Go and Python (10 minutes)
	@Tests/Scripts/set-up.sh bench
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-release --product ses-simulator
	Tests/Benchmarks/peers.sh .build-release/peers
	Tests/Benchmarks/bench.py

instructions: ## Count the instructions of a poll and its parts, and compare them with those on file (2 minutes)
	@Tests/Scripts/set-up.sh instructions
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-release --product InstructionCounts
	Tests/Benchmarks/instructions.py

release: set-up-build ## Build the daemon and its tool as they are installed, with the Swift runtime inside
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-release --product importwatchd
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build-release --product importwatchctl

install: release ## Install the release build under $DESTDIR, in $PREFIX (/usr/local) and /etc
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' systemd/install.sh

deb: release ## Make the Debian package .build-release/importwatchd_*.deb (MAINTAINER=, HOMEPAGE=)
	@Tests/Scripts/set-up.sh package
	MAINTAINER='$(MAINTAINER)' HOMEPAGE='$(HOMEPAGE)' systemd/debian/build.sh

lint: ## Check the formatting and the rules of the house
	Tests/Scripts/lint.sh

format: ## Format the sources
	$(SWIFT) format -i -r Sources Tests Package.swift

clean: ## Remove everything that was built
	rm -rf .build .build-*

set-up-build:
	@Tests/Scripts/set-up.sh build

set-up-test:
	@Tests/Scripts/set-up.sh test

.PHONY: help build demo test golden kill-test bench instructions test-package tsan release install deb lint format clean set-up-build set-up-test
.DEFAULT_GOAL := help
