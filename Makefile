# Two commands do everything: `make up` runs Sallyport on this machine, `make test` passes its tests.
# `make help` lists the rest.

SHELL       := /bin/sh
JDK         := $(shell tools/jdk)
ifeq ($(JDK),)
$(error no JDK 25)
endif
export JAVA_HOME := $(JDK)

MVN         := ./mvnw -q -T 1C
STAMP       := .build/built
SOURCES     := $(shell find pom.xml .mvn */pom.xml */src/main -type f 2>/dev/null)
EDGES       := 1
TEST_TOOLS  := ssh:openssh-client sshd:openssh-server sftp:openssh-client rsync:rsync git:git plink:putty-tools \
               asciinema:asciinema tmux:tmux python3:python3 setpriv:util-linux ssh-audit:ssh-audit ip:iproute2 \
               openssl:openssl psql:postgresql-client pg_createcluster:postgresql mysql:mariadb-client \
               faketime:faketime systemd-analyze:systemd groff:groff-base zsh:zsh
BENCH_TOOLS := pgbench:postgresql pgbouncer:pgbouncer mysqlslap:mariadb-client

.DEFAULT_GOAL := help
.PHONY: help up build test try bench soak package image fmt fuzz check clean

help: ## lists these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

up: build ## builds what is stale and runs Sallyport here: ssh on 12222, API on 8009, agents on 8010; EDGES=2 for a second edge
	@exec tools/standalone up --folder .sallyport --edges $(EDGES) --databases $(UP)

build: $(STAMP)

# Maven runs only when a source is newer than the last build.
$(STAMP): $(SOURCES)
	@echo "building (the first time downloads what it needs)"
	@$(MVN) package -DskipTests -Dspotless.check.skip -pl standalone -am
	@mkdir -p .build && tools/aot-cache && touch $(STAMP)

test: packages ## passes all tests, stage by stage
	@tools/test $(STAGES)

packages:
	@tools/packages $(TEST_TOOLS)

try: build ## a tour without questions, with the real ssh, against a fresh instance of its own
	@exec tools/try

bench: build packages ## measures against OpenSSH's sshd and pgbouncer, interleaved; ROWS="idle revoke": only those; ROWS=slap QUERIES=400: shorter
	@tools/packages $(BENCH_TOOLS)
	@exec tools/bench

soak: build packages ## an hour of mixed load, and whether anything grows; MINUTES=10: shorter
	@exec tools/soak

package: build ## packages sally: a tar.gz and a .deb below .build/package, with a Java runtime inside; unpacks and tries both
	@exec tools/package

image: ## makes the agent's container image, agent/target/sallyport-agent-image.tar; tools/image --try looks whether it runs
	@exec tools/image

fmt: ## formats all sources
	@$(MVN) spotless:apply

check: ## static checks: format, and the API's document
	@$(MVN) spotless:check
	@tools/lint

fuzz: build ## open-ended fuzzing; Ctrl-C ends it
	@exec tools/fuzz

clean: ## removes what was built; instances stay
	@rm -rf .build */target
