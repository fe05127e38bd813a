# make figures   prepare .venv, run what changed, write figures/
# make test      prepare .venv, run every test but those in a browser
# make verify    prepare .venv, work out every figure again from its evidence and the documents
# make e2e       prepare .venv, try the pages and every notebook in JupyterLab, in Chromium (LAB=one: one notebook)
# make fuzz      read thousands of random and damaged files (an hour)
# make setup     prepare .venv only
# make calibration  simulate how often tests reject and intervals hold (minutes)
# make lab       open JupyterLab at the project's root: notebooks, documents, codebooks
# make clean     remove what was built: .venv, figures, build records

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench

# The same bytes on every run.
export PYTHONHASHSEED := 0
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
# Relative, so that a space in the folder's name does no harm.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A .venv whose Python is gone, or that was never finished, is made again.
$(shell $(BIN)/python -c 'import pip' 2>/dev/null || rm -f $(VENV)/.created)

.PHONY: figures test verify e2e setup lab clean bench lint calibration fuzz
.DEFAULT_GOAL := figures

figures: $(VENV)/.ready
	@echo "Running the notebooks whose inputs changed"
	@$(BIN)/python -P notebooks/task_notebooks.py

test: $(VENV)/.ready-test
	@$(BIN)/python -m pytest --ignore=tests/e2e --numprocesses=auto --durations=5
	@echo "Not tried here: the pages in a browser (make e2e)."

verify: $(VENV)/.ready
	@$(BIN)/python -m analysis verify

# Chromium comes from the system (apt install chromium), or is named in CHROMIUM.
e2e: export LAB ?= all
e2e: $(VENV)/.ready-e2e
	@$(BIN)/python -m pytest tests/e2e --numprocesses=auto -rs --durations=8

lint: $(VENV)/.ready-test
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

bench: $(VENV)/.ready-test $(BENCH)/.ready
	@$(BENCH)/bin/python -m tests.benchmarks.scale
	@$(BIN)/python -m tests.benchmarks.intervals
	@$(BIN)/python -m tests.benchmarks.agreement
	@$(BIN)/python -m tests.benchmarks.prevalence
	@$(BIN)/python -m tests.benchmarks.themes
	@$(BIN)/python -m tests.benchmarks.topics
	@$(BIN)/python -m tests.benchmarks.lineage
	@$(BIN)/python -m tests.benchmarks.report

calibration: $(VENV)/.ready-test
	@$(BIN)/python -m tests.calibration

fuzz: $(VENV)/.ready-test
	@$(BIN)/python -m tests.fuzz

setup: $(VENV)/.ready
	@echo "$(VENV) is ready: make figures, make test, make lab"

lab: $(VENV)/.ready
	@$(BIN)/python -m jupyterlab --notebook-dir=. $(if $(filter 0,$(shell id -u)),--allow-root)

clean:
	rm -rf $(VENV) $(BENCH) .pytest_cache .hypothesis *.egg-info build
	rm -rf figures/* figures/.build
	find analysis notebooks tests -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | tail -n 1). Install one and name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.ready: pyproject.toml constraints.txt $(VENV)/.created
	@echo "Installing the pinned packages (one to three minutes the first time)"
	@$(BIN)/python -m pip install --quiet --editable '.[scale,explore]'
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready
	@echo "Installing the packages for tests"
	@$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

# The peers that `make bench` measures against, apart from all else.
$(BENCH)/.ready: pyproject.toml constraints.txt
	@echo "Installing the packages that are compared with into $(BENCH)"
	@$(PYTHON) -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --editable '.[scale,test,bench]'
	@touch $@

$(VENV)/.ready-e2e: $(VENV)/.ready-test
	@echo "Installing the packages for tests in the browser"
	@$(BIN)/python -m pip install --quiet --editable '.[test,e2e]'
	@touch $@
