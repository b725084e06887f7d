"""Admins are told once, in the provider's name; ordinary users and other tenants are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import gettext, override

from accounts.services import notices
from billing_platform.kernel.outbox import Message
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.models import User
from tenants.selectors.tenants import tenant_by_id
from tenants.services.members import change_role
from tenants.services.profiles import save_profile
from tenants.services.providers import set_brand
from tenants.types import TenantProfileView
from tests.accounts.books import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cast import Cast

pytestmark = pytest.mark.django_db
STATE = {"wallet_id": 7, "version": 1, "suspended": True, "currency": "USD", "at": NOW.isoformat()}


def message(cast: Cast, topic: str, **payload: Any) -> Message:
    return Message(
        id=11,
        provider_id=cast.nimbus,
        tenant_id=cast.acme,
        topic=topic,
        payload=payload,
        created_at=NOW,
        attempt=1,
    )


def mails(cast: Cast) -> list[dict[str, Any]]:
    with as_role("worker"), provider_scope(cast.nimbus):
        found = fetch_all("SELECT payload FROM kernel_outbox WHERE topic = 'mail' ORDER BY id")
    return [json.loads(payload) for (payload,) in found]


class TestBillingAddresses:
    def test_they_hear_of_it_too_each_once(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            tenant = tenant_by_id(cast.nimbus, cast.acme)
            save_profile(
                provider_id=cast.nimbus,
                tenant_id=cast.acme,
                profile=TenantProfileView(
                    billing_emails=("books@example.com", "alice@example.com")
                ),
                name=tenant.name,
                language=tenant.language,
                time_zone=tenant.time_zone,
                now=NOW,
            )
        told = message(cast, notices.STATE_TOPIC, **STATE, available_minor=-5)

        notices.tell_state(told)
        notices.tell_state(told)

        assert [mail["to"] for mail in mails(cast)] == ["alice@example.com", "books@example.com"]


class TestTellState:
    def test_admins_hear_of_it_once(self, cast: Cast) -> None:
        told = message(cast, notices.STATE_TOPIC, **STATE, available_minor=-5)

        notices.tell_state(told)
        notices.tell_state(told)

        (mail,) = mails(cast)
        assert mail["to"].startswith("alice")
        assert mail["subject"] == "Nimbus: your service is suspended"
        assert "-0.05 USD was available on 20 Nov 2026, 12:00 (UTC)" in mail["text"]
        assert "within seconds" not in mail["text"], "a bank transfer takes longer"
        assert "Top up: http://nimbus.localhost:8000/billing/" in mail["text"]
        assert "/billing/pay" not in mail["text"], "not every provider is paid online"

    def test_and_of_the_return(self, cast: Cast) -> None:
        facts = {**STATE, "suspended": False, "version": 2}

        notices.tell_state(message(cast, notices.STATE_TOPIC, **facts, available_minor=995))

        (mail,) = mails(cast)
        assert mail["subject"] == "Nimbus: your service is back"
        assert "/billing/pay/" not in mail["text"]


class TestTellWarning:
    @pytest.mark.parametrize(("basis", "words"), [("amount", False), ("hours", True)])
    def test_it_names_what_is_left(self, cast: Cast, basis: str, words: bool) -> None:
        facts = {"basis": basis, "level": 24, "currency": "USD", "at": NOW.isoformat()}

        notices.tell_warning(message(cast, notices.WARNING_TOPIC, **facts, available_minor=480))

        (mail,) = mails(cast)
        assert "4.80 USD" in mail["text"]
        assert "Top up: http://nimbus.localhost:8000/billing/" in mail["text"]
        assert "/billing/pay" not in mail["text"], "not every provider is paid online"
        assert ("less than 24 hours" in mail["text"]) == words


class TestLanguage:
    """Alice reads English, Bob, made admin, German; both get the same figures, each as the own language writes them."""

    @pytest.fixture(autouse=True)
    def readers(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.users["bob"]).update(language="de")
        with provider_scope(cast.nimbus):
            tell_imprint = "https://nimbus.example/impressum"
            set_brand(provider_id=cast.nimbus, imprint_url=tell_imprint)
            change_role(
                provider_id=cast.nimbus,
                tenant_id=cast.acme,
                user_id=cast.users["bob"],
                role="admin",
            )

    @pytest.mark.parametrize(
        ("tell", "facts", "subject"),
        [
            (notices.tell_state, STATE, "%(provider)s: your service is suspended"),
            (
                notices.tell_state,
                {**STATE, "suspended": False},
                "%(provider)s: your service is back",
            ),
            (
                notices.tell_warning,
                {"basis": "amount", "level": 9, "currency": "USD", "at": NOW.isoformat()},
                "%(provider)s: your balance is running low",
            ),
        ],
    )
    def test_each_reads_the_own(
        self, cast: Cast, tell: Callable[[Message], None], facts: dict[str, Any], subject: str
    ) -> None:
        tell(message(cast, "wallet", **facts, available_minor=-123_450))

        english, german = mails(cast)
        with override("de"):
            told = gettext(subject) % {"provider": "Nimbus"}
            imprint = gettext("Imprint")
        assert english["subject"] == subject % {"provider": "Nimbus"} != told
        assert german["subject"] == told
        assert "-1,234.50 USD" in english["text"]
        assert "-1.234,50 USD" in german["text"]
        assert ("20. Nov. 2026, 12:00 (UTC)" in german["text"]) == ("level" not in facts)
        assert f"{imprint}: https://nimbus.example/impressum" in german["text"]
        assert '<html lang="de">' in german["html"]
