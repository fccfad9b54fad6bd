# What a user types. `make` alone lists it.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# Hard links, uv's default, make nltk refuse a file of llama-index-core.
export UV_LINK_MODE := copy
# Python may keep what it has compiled, whatever the shell says: without, each start compiles 3,000 modules anew.
export PYTHONDONTWRITEBYTECODE :=
# The reports of pip and uv stay short; the program itself says what it fetches.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup chat check test bench bench-search bench-store bench-trust eval floors report report-plain

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: $(INSTALLED)  ## make this machine able to answer (Python packages, Ollama, language model, embedder)
	@$(BIN)/assistant setup

chat: $(INSTALLED)  ## set up what is missing, index the articles, open the page
	@$(BIN)/assistant setup || echo "Going on with what is there: answers are verbatim evidence."
	@$(BIN)/assistant index --skip-bad
	@$(BIN)/assistant chat

check: $(INSTALLED)  ## lint and type-check the program, its tests and benchmarks
	$(BIN)/ruff check .
	$(BIN)/mypy

PROCESSES ?= 2
test: setup chromium  ## run every test, with the real server, model and browser (10 minutes on 2 cores; in one process: PROCESSES=0)
	$(BIN)/python -m pytest -n $(PROCESSES)

bench: setup  ## time the program against its parts
	$(BIN)/python benchmarks/bench_speed.py

bench-search: $(INSTALLED) data  ## measure search on public sets: make bench-search DATA=folder
	$(BIN)/python benchmarks/bench_search.py "$(DATA)"

bench-store: $(INSTALLED) data  ## time the store at 10,000 articles: make bench-store DATA=folder
	$(BIN)/python benchmarks/bench_store.py "$(DATA)" --embedder "$$(ls -d .runtime/embedders/*/ | head -n 1)"

bench-trust: $(INSTALLED) data  ## measure the proofs on public sets: make bench-trust DATA=folder
	$(BIN)/python benchmarks/bench_trust.py "$(DATA)"

.PHONY: data
data:
	@[ -d "$(DATA)" ] || { echo "Name the folder of the public sets: make bench-search DATA=folder (the scripts in benchmarks/ say where each comes from)." >&2; exit 2; }

# A recipe that begins so has a language-model server: the one that runs, else one of its own until it ends.
WITH_SERVER = $(BIN)/assistant ollama 2>/dev/null & server=$$!; trap 'kill $$server 2>/dev/null || true; wait' EXIT; set -e; \
	$(BIN)/assistant index --quiet;
QUESTIONS := corpus/questions.jsonl
FLOORS := --floors tests/evaluation/floors.json
SUBSET := --limit 14

eval: setup  ## hold the floors: search of 80 questions (half a minute), 14 answers of the model (3 minutes on 2 cores)
	@echo "Search of 80 questions: about half a minute. Then 14 answers of the language model: about 3 minutes on 2 cores."
	@$(WITH_SERVER) $(BIN)/assistant evaluate $(QUESTIONS) --retrieval-only $(FLOORS); \
	$(BIN)/assistant evaluate $(QUESTIONS) $(SUBSET) $(FLOORS)

floors: setup  ## set the floors anew; floors get lower only with: make floors LOWER=--lower-floors
	@$(WITH_SERVER) $(BIN)/assistant evaluate $(QUESTIONS) --retrieval-only $(FLOORS) --set-floors $(LOWER); \
	$(BIN)/assistant evaluate $(QUESTIONS) $(SUBSET) $(FLOORS) --set-floors $(LOWER)

report: setup  ## measure all 80 sample questions into docs/sample-report.html (15 minutes on 2 cores; goes on where it was stopped)
	@mkdir -p docs reports
	@$(WITH_SERVER) $(BIN)/assistant evaluate $(QUESTIONS) --report docs/sample-report.html --json >reports/ours.json

report-plain: setup  ## the same questions to the plain model without articles, compared with `make report`
	@mkdir -p reports
	@$(WITH_SERVER) host=$${OLLAMA_HOST:-127.0.0.1:11434}; \
	$(BIN)/assistant evaluate $(QUESTIONS) --endpoint "http://$${host#http://}/v1" --json >reports/plain.json; \
	$(BIN)/assistant compare reports/plain.json reports/ours.json

# A virtual environment is used once everything is in it. While it changes, `.unfinished` holds the process
# number of the make that changes it: where that one is gone, the environment is made anew.
UNFINISHED := $(VENV)/.unfinished
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is missing or older than 3.11. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 setup" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	    echo "$(PYTHON) cannot make virtual environments. Install its venv module (Debian: apt install python3-venv)." >&2; exit 1; }
	@if [ -e $(UNFINISHED) ] && kill -0 "$$(cat $(UNFINISHED))" 2>/dev/null; then \
	    echo "Another make installs into $(VENV): wait for it (or delete $(UNFINISHED) where there is none)." >&2; exit 1; fi
	@if [ -e $(UNFINISHED) ] || [ ! -x $(BIN)/python ]; then rm -rf $(VENV); fi
	@if [ -e $(INSTALLED) ]; then echo "Python packages: bringing $(VENV) up to date."; \
	    else echo "Python packages: about 3 GB to fetch once (on Linux, PyTorch brings CUDA's libraries), 6.5 GB in $(VENV), 1 to 5 minutes."; fi
	@mkdir -p $(VENV) && echo $$PPID >$(UNFINISHED) && rm -f $(INSTALLED)
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV)
	@[ -x $(BIN)/uv ] || $(BIN)/pip install --quiet --constraint constraints.txt uv
	@$(BIN)/uv pip install --python $(BIN)/python --constraint constraints.txt --editable '.[test]' || { \
	    rm $(UNFINISHED); exit 1; }  # uv fetches everything before it changes anything
	@rm $(UNFINISHED) && touch $(INSTALLED)

# The browser tests are skipped, with the reason, where there is no Chromium.
.PHONY: chromium
chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif ! command -v apt-get >/dev/null; then \
	    echo "No Chromium on this machine: install it to run the browser tests, which are skipped now."; \
	elif [ "$$(id -u)" = 0 ]; then \
	    echo "Chromium for the browser tests: about 100 MB to fetch, 400 MB installed."; \
	    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null \
	        || echo "Chromium could not be installed: the browser tests are skipped."; \
	elif sudo -n true 2>/dev/null; then \
	    echo "Chromium for the browser tests: about 100 MB to fetch, 400 MB installed."; \
	    sudo -n apt-get -qq update && sudo -n DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null \
	        || echo "Chromium could not be installed: the browser tests are skipped."; \
	else \
	    echo "No Chromium on this machine: sudo apt-get install chromium. The browser tests are skipped now."; \
	fi
