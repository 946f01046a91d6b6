# Détente: `make demo` and `make test` need nothing but Python 3.11 or newer and make.

SHELL := /bin/sh
VENV ?= .venv
# Processes of the tests: auto is one a core, 0 is this process alone.
PYTEST_WORKERS ?= auto
# What is installed besides the package: everything that some test needs, so that none is left out.
EXTRAS ?= dev,web,mcp,documents,docs,jax,dask,games,postgres
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/installed.stamp

# Small matrices: one thread a process is faster than many, and two runs give the same bytes.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

# Programs that are started often are read from byte code, as installed ones are.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint quick quick-types quick-tests format pytest long fuzz kernels bench charts docs docs-check notebooks pins clean distclean
.DEFAULT_GOAL := help

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## run the Geneva deal of May 2025 and write its report into out/geneva.html
	mkdir -p out
	$(BIN)/detente run geneva --out out/geneva.html

test: lint pytest kernels ## style, types, layers and the tests; documentation and odd requests are sampled

# Seconds of tests that a sample may take.
SAMPLE ?= 55

check: $(STAMP) ## a sample in 90 seconds and 1 GB: style, layers, and tests drawn by the commit
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(PY) -m pytest -q --sample $(SAMPLE) $(PYTEST_ARGS)

lint: $(STAMP) ## style, types and the contract between the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PY) -m pyright --project . --pythonpath $(PY)
	$(BIN)/lint-imports

# Modules of tests that take seconds: the house, and what must hold whatever the numbers.
QUICK := $(addprefix tests/house/test_,mutants.py structure.py surface.py) \
    $(addprefix tests/invariants/test_,axis.py duty_texts.py family.py law.py onto.py)

quick: $(STAMP) ## style, types, layers, house and quick invariants, on two cores: before each commit
	@$(MAKE) --no-print-directory --jobs=2 quick-types quick-tests

quick-types:
	$(PY) -m pyright --project . --pythonpath $(PY)

quick-tests:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(PY) -m pytest -q -x $(QUICK)

format: $(STAMP) ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pytest: $(STAMP) ## every test (PYTEST_ARGS="-k geneva" for some)
	$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadscope $(PYTEST_ARGS)

long: $(STAMP) ## every test with what `make test` samples in full: documentation, notebooks, site, odd requests
	$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadscope --every --fuzz $(PYTEST_ARGS)

fuzz: $(STAMP) ## thousands of odd requests, command lines and calls of assistants, in place of 50 each
	$(PY) -m pytest -q --fuzz tests/contracts/test_fuzz.py $(PYTEST_ARGS)

# Tests of numbers whose last bits depend on the processor: searches, solves near a fold, stored results.
NUMERICAL := $(addprefix tests/,$(addprefix oracles/test_,family_a.py family_b.py sufficient.py \
    talks.py) invariants/test_policy.py)

kernels: $(STAMP) ## the numerical tests as on an old processor: another kernel of linear algebra, NumPy without AVX-512
	NPY_DISABLE_CPU_FEATURES="$$($(PY) tools/avx512.py)" OPENBLAS_CORETYPE=Prescott \
	    $(PY) -m pytest -q -n $(PYTEST_WORKERS) --dist loadscope $(NUMERICAL)

bench: $(STAMP) ## times of commands, law, world economy, talks and sweeps (GEGRAVITY_PYTHON=... for a ratio to gegravity)
	$(PY) benchmarks/run.py
	$(PY) benchmarks/economy.py
	$(PY) benchmarks/talks.py
	$(PY) benchmarks/sweeps.py

docs: $(STAMP) ## build the documentation as a site into build/site: nothing is fetched, nothing on it asks another site
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet
	@echo "build/site/index.html"

docs-check: $(STAMP) ## run every command, file and code block of README and docs
	$(PY) -m pytest --every tests/house/test_docs.py $(PYTEST_ARGS)

charts: $(STAMP) ## draw every chart of the shipped scenarios onto contact sheets in out/charts, and name what touches
	$(PY) tools/chart_sheet.py out/charts

notebooks: $(STAMP) ## execute the tutorial notebooks and store what they print
	$(PY) tools/notebooks.py

pins: $(STAMP) ## renew constraints.txt, for every Python the project names
	$(PY) tools/pins.py constraints.txt

clean: ## remove what commands, builds and tools have left
	rm -rf out build dist .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## clean, and remove the environment
	rm -rf $(VENV)

# The first of these that runs, is new enough and can make an environment.
$(STAMP): pyproject.toml constraints.txt src/detente/version.py
	@set -e; chosen=; \
	for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	    then chosen="$$candidate"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	    echo "Python 3.11 or newer with venv is needed; name one with 'make PYTHON=/path/to/python3'." >&2; exit 1; \
	fi; \
	if [ ! -x $(PY) ]; then echo "making $(VENV) with $$chosen"; "$$chosen" -m venv $(VENV); fi
	$(PY) -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[$(EXTRAS)]'
	@# On every core, without the tests of others. An editable package is not compiled by its installation at all, and
	@# each start would pay for it where Python may not write.
	$(PY) -m compileall -q -j 0 src
	@$(PY) -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || true
	@touch $@
