"""The demo's simulators: there for a command as long as it runs, with the state and on the port of before."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from billing_platform.demo import simulators
from billing_platform.demo.children import Child, stop_all
from billing_platform.settings.parts.gateways import kept_gateway_keys

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose environment says nothing of simulators; what a test sets is taken back."""
    for name in ("GATEWAY_SIMULATORS", "GATEWAY_ENDPOINTS"):
        monkeypatch.setenv(name, "")
        del os.environ[name]
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "billing_platform.settings.dev")
    return tmp_path


class TestBeside:
    def test_a_command_reaches_the_accounts_of_the_demo(self, var: Path) -> None:
        with simulators.beside("poll_payments"):
            assert "GATEWAY_SIMULATORS" not in os.environ, "the demo never ran"
        child = Child(simulators.program(0), var / "simulators.log", {})
        first = simulators.wait_ready(child)
        accounts = first.ask("credentials")
        stop_all([child])
        assert simulators.find() is None

        with simulators.beside("migrate"):
            assert simulators.find() is None, "it asks no gateway"
        with simulators.beside("poll_payments"):
            second = simulators.find()
            assert second is not None
            assert (second.url, second.ask("credentials")) == (first.url, accounts)
            assert os.environ["GATEWAY_SIMULATORS"] == "true"
            endpoints = json.loads(os.environ["GATEWAY_ENDPOINTS"])
            assert endpoints["stripe"]["url"] == f"{first.url}/stripe"

        assert simulators.find() is None

    def test_what_the_environment_says_of_simulators_holds(
        self, var: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = var / "simulators"
        folder.mkdir()
        about = {"url": "http://127.0.0.1:9", "control_url": "http://127.0.0.1:9/_sim/x", "pid": 1}
        (folder / "server.json").write_text(json.dumps(about))
        monkeypatch.setenv("GATEWAY_SIMULATORS", "false")

        with simulators.beside("poll_payments"):
            assert os.environ["GATEWAY_SIMULATORS"] == "false"
            assert not (var / "log").exists()


class TestKeptGatewayKeys:
    def test_are_made_once_and_for_nobody_else(self, tmp_path: Path) -> None:
        here, there = tmp_path / "here", tmp_path / "there"

        made = kept_gateway_keys(here)

        assert kept_gateway_keys(here) == made != kept_gateway_keys(there)
        (kept,) = here.iterdir()
        assert kept.stat().st_mode & 0o777 == 0o600
