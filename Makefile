# Two commands are all that a fresh machine needs: `make demo` and `make test`. What stands behind each line lies in .ci/.
.PHONY: setup demo demo-reset test check screenshots lock fmt messages

test: SETUP = --tests
check: SETUP = --tests
screenshots: SETUP = --tests

setup:
	@.ci/setup $(SETUP)

demo: setup
	@PORT="$(PORT)" exec .venv/bin/python -m billing_platform.demo

demo-reset:
	@.venv/bin/python -m billing_platform.embedded reset

check: setup
	@.ci/check

# Each of many processes would compile every module anew where Python is told to keep no bytecode.
test: export PYTHONDONTWRITEBYTECODE =
test: setup
	@.ci/test

screenshots: setup
	@BROWSER_DEMO_DAYS=60 .venv/bin/pytest -q tests/browser/screenshots.py

lock:
	@.ci/lock

fmt:
	@.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

messages:
	@.ci/messages
