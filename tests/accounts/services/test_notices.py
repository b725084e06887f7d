"""Admins are told once, in the provider's name; ordinary users and other tenants are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.services import notices
from billing_platform.kernel.outbox import Message
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.tenants import tenant_by_id
from tenants.services.profiles import save_profile
from tenants.types import TenantProfileView
from tests.accounts.books import NOW
from tests.roles import as_role

if TYPE_CHECKING:
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
        assert "-0.05 USD was available on 2026-11-20 12:00 (UTC)" in mail["text"]

    def test_and_of_the_return(self, cast: Cast) -> None:
        facts = {**STATE, "suspended": False, "version": 2}

        notices.tell_state(message(cast, notices.STATE_TOPIC, **facts, available_minor=995))

        assert mails(cast)[0]["subject"] == "Nimbus: your service is back"


class TestTellWarning:
    @pytest.mark.parametrize(("basis", "words"), [("amount", False), ("hours", True)])
    def test_it_names_what_is_left(self, cast: Cast, basis: str, words: bool) -> None:
        facts = {"basis": basis, "level": 24, "currency": "USD", "at": NOW.isoformat()}

        notices.tell_warning(message(cast, notices.WARNING_TOPIC, **facts, available_minor=480))

        (mail,) = mails(cast)
        assert "4.80 USD" in mail["text"]
        assert ("less than 24 hours" in mail["text"]) == words
