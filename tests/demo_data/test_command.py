"""The command leaves nothing unsent: a demo without a worker shows no fault."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from billing_platform.demo_data.seeding import DemoReport
from billing_platform.kernel.mail import Mail, Sender, send_mail
from billing_platform.kernel.outbox_watch import backlog
from billing_platform.kernel.scope import provider_scope
from billing_platform.management.commands import seed_demo
from tests.cast import NOW, build_cast
from tests.roles import as_role


@pytest.mark.usefixtures("committed_db")
class TestSeedDemo:
    def test_what_the_story_tells_is_sent_when_it_is_told(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nimbus = build_cast().nimbus
        made: dict[str, str] = {}

        def tell(**_: object) -> DemoReport:
            sender = Sender(name="Nimbus", address="billing@nimbus.example")
            told = Mail(sender=sender, to="a@b.example", subject="s", text="t", html="h")
            with provider_scope(nimbus):
                send_mail(provider_id=nimbus, mail=told, key="k", now=NOW - timedelta(days=20))
            return DemoReport(logins=(), api_keys=made)

        monkeypatch.setattr(seed_demo, "seed_demo", tell)
        with as_role("worker"):
            # What was made before is the worker's business.
            call_command("seed_demo", "--days", "1")
            assert mail.outbox == []
            made["nimbus"] = "bk_x"
            call_command("seed_demo", "--days", "1")

        assert len(mail.outbox) == 1
        assert backlog(provider_id=nimbus, now=NOW).oldest is None

    def test_keys_are_told_when_what_follows_the_story_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(**_: object) -> None:
            raise ConnectionError

        told = DemoReport(logins=(), api_keys={"nimbus": "bk_x"})
        monkeypatch.setattr(seed_demo, "seed_demo", lambda **_: told)
        monkeypatch.setattr(seed_demo, "connect_gateways", fail)
        said = StringIO()

        with as_role("worker"), pytest.raises(ConnectionError):
            call_command("seed_demo", "--days", "1", "--json", stderr=said)
        assert "The API key of nimbus is bk_x" in said.getvalue()
