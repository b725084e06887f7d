"""What `make test` runs once all is installed: the checks, then the tests with the types beside them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = ("mypy", "ruff", "lint-imports", "python", "djlint", "pytest")


def run(folder: Path, *failing: str) -> tuple[int, str, set[str]]:
    """Run the script among tools that only note that they were called; return its end, its words and the notes."""
    scripts, tools = folder / ".ci", folder / ".venv" / "bin"
    scripts.mkdir()
    tools.mkdir(parents=True)
    for name in ("check", "test"):
        shutil.copy(settings.BASE_DIR / ".ci" / name, scripts)
    for name in TOOLS:
        end = 1 if name in failing else 0
        tool = tools / name
        tool.write_text(f"#!/bin/sh\ntouch {folder}/{name}.ran\necho {name} says\nexit {end}\n")
        tool.chmod(0o755)
    done = subprocess.run([scripts / "test"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, {path.stem for path in folder.glob("*.ran")}


class TestRun:
    def test_everything_is_asked(self, tmp_path: Path) -> None:
        end, _, ran = run(tmp_path)

        assert end == 0
        assert ran == set(TOOLS)

    @pytest.mark.parametrize("tool", ["mypy", "pytest"])
    def test_types_and_tests_are_both_told(self, tmp_path: Path, tool: str) -> None:
        end, said, _ = run(tmp_path, tool)

        assert end == 1
        assert {"mypy says", "pytest says"} <= set(said.splitlines())

    def test_no_test_runs_before_the_other_checks_are_clean(self, tmp_path: Path) -> None:
        end, _, ran = run(tmp_path, "ruff")

        assert end == 1
        assert not {"pytest", "mypy"} & ran
