"""A start of the demo: its database is asked before it is migrated, and keys that nobody could see again are shown."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

import pytest

from billing_platform.demo import supervisor
from billing_platform.demo.supervisor import Demo, DemoFailed

SEEDED = {"logins": [], "api_keys": {"nimbus": "bk_once"}, "live_keys": {}}


class Manage:
    """Management commands that answer at once, and what was asked of them."""

    def __init__(self, **statuses: int) -> None:
        self.asked: list[str] = []
        self._statuses = statuses

    def __call__(self, *arguments: str, **_environ: str) -> subprocess.CompletedProcess[str]:
        self.asked.append(" ".join(arguments))
        status = self._statuses.get("check" if "--check" in arguments else arguments[0], 0)
        said = json.dumps(SEEDED) if arguments[0] == "seed_demo" else ""
        return subprocess.CompletedProcess([], status, stdout=said)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Demo:
    monkeypatch.setattr(supervisor, "var_dir", lambda: tmp_path)
    monkeypatch.setattr(supervisor, "_has_tables", lambda: True)
    monkeypatch.setattr(Demo, "_check_ports", lambda _: None)
    monkeypatch.setattr(Demo, "_start_gateways", lambda *_: {})
    monkeypatch.setattr(Demo, "_start", lambda *_: [])
    monkeypatch.setattr(Demo, "_wait_ready", lambda *_: None)
    monkeypatch.setattr(Demo, "_watch", lambda *_: None)
    monkeypatch.setattr(Demo, "_run", Manage())
    return Demo(1, {}, threading.Event())


def migrations(monkeypatch: pytest.MonkeyPatch, demo: Demo, manage: Manage) -> list[str]:
    monkeypatch.setattr(Demo, "_run", manage)
    demo.run(None)
    return [words for words in manage.asked if words.startswith("migrate")]


class TestMigrating:
    def test_a_database_that_is_up_to_date_is_only_asked(
        self, demo: Demo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (asked,) = migrations(monkeypatch, demo, Manage())
        assert "--check" in asked

    def test_another_version_is_migrated(self, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = migrations(monkeypatch, demo, Manage(check=1))
        assert ("--check" in first, "--check" in second) == (True, False)

    def test_a_new_database_is_migrated_at_once(
        self, demo: Demo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(supervisor, "_has_tables", lambda: False)
        (asked,) = migrations(monkeypatch, demo, Manage())
        assert "--check" not in asked

    def test_one_that_cannot_be_ends_the_start(
        self, demo: Demo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(DemoFailed, match="migrate"):
            migrations(monkeypatch, demo, Manage(check=1, migrate=1))


class TestKeys:
    def test_are_shown_once(
        self, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        migrations(monkeypatch, demo, Manage())
        assert capsys.readouterr().out.count("bk_once") == 1

    @pytest.mark.parametrize("broken", ["_wait_ready", "_start"])
    def test_are_shown_when_the_start_breaks_after_they_were_made(
        self,
        demo: Demo,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        broken: str,
    ) -> None:
        def fail(_demo: Demo, _what: Any) -> list[Any]:
            if broken == "_start" and [program.name for program in _what] == ["web", "ops"]:
                return []
            raise DemoFailed("broken")

        monkeypatch.setattr(Demo, broken, fail)
        with pytest.raises(DemoFailed, match="broken"):
            migrations(monkeypatch, demo, Manage())
        assert capsys.readouterr().out.count("bk_once") == 1

    def test_are_shown_when_the_demo_is_told_to_stop_meanwhile(
        self, demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        demo.stop.set()
        monkeypatch.setattr(Demo, "_manage", lambda *_, **__: json.dumps(SEEDED))
        demo.run(None)

        out = capsys.readouterr().out
        assert out.count("bk_once") == 1
        assert "The demo is open" not in out
