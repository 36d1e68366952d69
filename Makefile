# Two commands on a fresh machine: `make demo` and `make test`. Both set up what they need.
# Another Python: `make PYTHON=python3.12 demo`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-$(notdir $(PYTHON))
DEMO := malligyong-1-2023-08-24

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format campaign benchmark verification docs constraints clean

help:
	@echo "make demo           plan the launch of 24 August 2023 and write out/$(DEMO)"
	@echo "make test           check the source, then run every test"
	@echo
	@echo "make setup          create $(VENV) with the pinned packages"
	@echo "make check          lint, format, types, import contracts, sizes"
	@echo "make format         rewrite the source in house style"
	@echo "make campaign       long statistical and fault runs"
	@echo "make benchmark      side by side with peers and floors, as ratios"
	@echo "make verification   write docs/verification.md from the reference tests"
	@echo "make docs           build the documentation into docs/_build/html"
	@echo "make constraints    pin again what pyproject.toml asks for"

setup: $(READY)

$(READY): pyproject.toml constraints.txt tools/setup_environment.py
	@command -v $(PYTHON) >/dev/null || { \
	  echo "make setup failed: $(PYTHON) not found. Install Python 3.11 or newer, or name one:"; \
	  echo "  make PYTHON=python3.12 demo"; exit 1; } >&2
	@$(PYTHON) tools/setup_environment.py $(VENV)
	@touch $@

demo: setup
	@$(BIN)/overflight warmup
	@$(BIN)/overflight plan examples/$(DEMO)/launch.toml -o out/$(DEMO) --force

test: setup check
	@$(BIN)/overflight warmup
	$(BIN)/python -m pytest -n auto --dist worksteal

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/sizes.py --check
	$(BIN)/python tools/freeze_constraints.py --check

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

campaign: setup
	HYPOTHESIS_PROFILE=campaign $(BIN)/python -m pytest --campaign --timeout 0

benchmark: setup
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

verification: setup
	$(BIN)/python tools/write_verification.py

docs: setup
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

constraints: setup
	$(BIN)/python tools/freeze_constraints.py

clean:
	rm -rf out build dist docs/_build .pytest_cache .ruff_cache .import_linter_cache .hypothesis
