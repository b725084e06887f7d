"""The example package, really installed: built and unpacked beside the platform, found by its entry points alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billing_platform.portal import panel_registry
from payments.gateways import registry
from tests.portal.views.conftest import as_person, cast, shared_world, world

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["as_person", "cast", "shared_world", "world"]

SOURCE = Path(__file__).parent / "acme_extras"


def forget() -> None:
    """Let the registries look again, as a process that starts does."""
    invalidate_caches()
    panel_registry.installed.cache_clear()
    registry.gateway_kinds.cache_clear()


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the example from its sources with nothing fetched; return the folder that holds it."""
    folder = tmp_path_factory.mktemp("installed")
    # Built from a copy: building leaves files beside the sources.
    source = Path(shutil.copytree(SOURCE, folder / "source"))
    target = folder / "packages"
    flags = ["--quiet", "--no-index", "--no-build-isolation", "--no-deps"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, "--target", str(target), str(source)],
        check=True,
    )
    return target


@pytest.fixture
def installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put the installed package on the path for one test."""
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(package))
        forget()
        yield package
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_extras"]:
        del sys.modules[name]
    forget()
