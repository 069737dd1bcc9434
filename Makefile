# Every target calls one script, which says what it does and, when it stops, what to do.
.PHONY: help setup demo test check bench docs

help:
	@echo "make demo    set up and serve a sample alliance on http://127.0.0.1:8000/"
	@echo "make test    set up and run everything: lint, types, contracts, all tests"
	@echo "make check   the quick part of it, under a minute"
	@echo "make bench   compare speed with named peers"
	@echo "make docs    build the documentation into build/docs"
	@echo "make setup   make .venv for development"

setup:
	@scripts/setup dev

demo:
	@scripts/demo

test:
	@scripts/test

check:
	@scripts/check

bench:
	@scripts/bench

docs:
	@scripts/docs
