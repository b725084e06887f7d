"""`.ci/setup` on machines of every kind, played by programs that write down how they are called."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded.places import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = (
    "bash",
    "cat",
    "cksum",
    "dirname",
    "grep",
    "mkdir",
    "printf",
    "sh",
    "env",
    "touch",
    "chmod",
    "ln",
)


class Machine:
    """A folder with a checkout and a PATH that holds nothing but what is put there."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.calls.touch()
        (self.checkout / ".ci").mkdir(parents=True)
        shutil.copy(PROJECT_DIR / ".ci" / "setup", self.checkout / ".ci" / "setup")
        (self.checkout / "requirements-dev.txt").write_text("one==1 --hash=sha256:0\n")
        self.bin.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found
            (self.bin / name).symlink_to(found)

    def has(self, name: str, script: str = "") -> None:
        """Install a program that writes down its arguments and then does as the script says."""
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        path.chmod(0o755)

    def setup(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the script there."""
        return subprocess.run(
            [str(self.bin / "bash"), ".ci/setup", *arguments],
            cwd=self.checkout,
            env={"PATH": str(self.bin)},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A plain user's Debian with Python, without uv and with nothing else installed."""
    machine = Machine(tmp_path)
    venv = f"mkdir -p .venv/bin; ln -sf {machine.bin}/venv-python .venv/bin/python"
    machine.has("venv-python")
    machine.has("python3", f'[ "$2" = venv ] && {{ {venv}; }}; exit 0')
    machine.has("dpkg-query", "exit 1")
    machine.has("apt-get")
    machine.has("id", "echo 1000")
    return machine


class TestPackages:
    def test_a_plain_user_is_told_the_one_line(self, machine: Machine) -> None:
        done = machine.setup("--tests")

        line = (
            "sudo apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0"
            " fonts-noto-core fonts-noto-cjk chromium redis-server"
        )
        assert line in done.stderr
        assert done.returncode == 0
        assert not [call for call in machine.called() if call.startswith("apt-get")]

    def test_the_demo_needs_no_browser(self, machine: Machine) -> None:
        assert "chromium" not in machine.setup().stderr

    def test_the_browser_needs_no_window_where_there_is_one_without(self, machine: Machine) -> None:
        machine.has("apt-cache", '[ "$2" = chromium-headless-shell ]')

        assert "noto-cjk chromium-headless-shell redis-server" in machine.setup("--tests").stderr

    @pytest.mark.parametrize("name", ["chromium", "chromium-headless-shell"])
    def test_either_browser_will_do(self, machine: Machine, name: str) -> None:
        machine.has("apt-cache")
        machine.has(name)

        assert "chromium" not in machine.setup("--tests").stderr

    def test_root_installs_what_is_missing(self, machine: Machine) -> None:
        machine.has("id", "echo 0")
        machine.has("chromium")

        assert machine.setup("--tests").returncode == 0

        (call,) = [call for call in machine.called() if call.startswith("apt-get")]
        assert call.endswith(
            "--no-install-recommends libpango-1.0-0 libpangoft2-1.0-0"
            " fonts-noto-core fonts-noto-cjk redis-server"
        )

    def test_an_old_list_of_packages_is_renewed(self, machine: Machine) -> None:
        machine.has("id", "echo 0")
        machine.has(
            "apt-get",
            f'[ -e {machine.calls}.updated ] || {{ [ "$1" = update ] && touch {machine.calls}.updated; }}',
        )

        assert machine.setup().returncode == 0

        words = [call.split()[1] for call in machine.called() if call.startswith("apt-get")]
        assert words == ["install", "update", "install"]

    def test_what_is_there_is_left_alone(self, machine: Machine) -> None:
        machine.has("dpkg-query", "echo install ok installed")
        machine.has("chromium")
        machine.has("redis-server")

        assert machine.setup("--tests").stderr == ""

    def test_a_mac_is_told_what_to_brew(self, machine: Machine) -> None:
        for name in ("dpkg-query", "apt-get"):
            (machine.bin / name).unlink()

        assert "brew install" in machine.setup("--tests").stderr


class TestPython:
    def test_pip_installs_with_hashes(self, machine: Machine) -> None:
        done = machine.setup()

        assert "Installing the Python packages" in done.stdout
        (call,) = [call for call in machine.called() if call.startswith("venv-python")]
        assert call.endswith("--require-hashes -r requirements-dev.txt")

    def test_uv_is_taken_when_it_is_there(self, machine: Machine) -> None:
        machine.has(
            "uv",
            f'[ "$1" = venv ] && mkdir -p .venv/bin && ln -sf {machine.bin}/venv-python .venv/bin/python; exit 0',
        )

        machine.setup()

        (call,) = [call for call in machine.called() if call.startswith("uv pip")]
        assert call.endswith("--require-hashes -r requirements-dev.txt")
        assert not [call for call in machine.called() if call.startswith("venv-python")]

    def test_the_second_time_does_nothing(self, machine: Machine) -> None:
        machine.setup()
        before = len(machine.called())

        assert machine.setup().stdout == ""
        assert [call for call in machine.called()[before:] if "pip" in call or "venv" in call] == []

    def test_a_new_lock_is_installed(self, machine: Machine) -> None:
        machine.setup()
        (machine.checkout / "requirements-dev.txt").write_text("two==2 --hash=sha256:0\n")

        assert "Installing" in machine.setup().stdout

    def test_a_failed_installation_is_tried_again(self, machine: Machine) -> None:
        machine.has("venv-python", "exit 1")
        assert machine.setup().returncode != 0

        machine.has("venv-python")
        assert "Installing" in machine.setup().stdout

    def test_an_old_python_is_a_sentence(self, machine: Machine) -> None:
        machine.has("python3", "exit 1")

        done = machine.setup()

        assert done.returncode != 0
        assert "Python 3.11 or newer is needed" in done.stderr
