"""Clients are warned before bonus credit expires: once per wallet and day, in time, and not when nothing is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.services.grant_warnings import EXPIRY_TOPIC, warn_of_expiry
from accounts.services.grants import grant_credit
from accounts.services.notices import tell_expiry
from billing_platform.kernel.money import Money
from billing_platform.kernel.outbox import Message
from billing_platform.kernel.scope import provider_scope
from tenants.registry_promotions import PROMOTIONS_WARNING_DAYS
from tenants.services.settings import set_setting
from tests.accounts.books import NOW, Books, open_books
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def grant(books: Books, amount: int, key: str, expires_at: datetime | None, no: int = 0) -> None:
    grant_credit(
        provider_id=books.provider_id,
        tenant_id=books.tenants[no],
        amount=Money(amount, "USD"),
        key=key,
        now=NOW,
        expires_at=expires_at,
    )


class TestWarnOfExpiry:
    def test_it_tells_of_what_goes_soon_once(self) -> None:
        with open_books(size=2) as books:
            grant(books, 300, "a", NOW + 7 * DAY)
            grant(books, 200, "b", NOW + 7 * DAY)
            grant(books, 100, "later", NOW + 8 * DAY)
            grant(books, 100, "never", None)
            grant(books, 50, "used", NOW + DAY, no=1)
            books.due(0, 50)

            counts = [warn_of_expiry(provider_id=books.provider_id, now=NOW) for _ in range(2)]
            (told,) = books.messages(EXPIRY_TOPIC)

            assert (counts, told["amount_minor"], told["currency"]) == ([1, 0], 500, "USD")
            assert warn_of_expiry(provider_id=books.provider_id, now=NOW + DAY) == 1

    def test_a_provider_may_switch_it_off(self) -> None:
        with open_books() as books:
            name = PROMOTIONS_WARNING_DAYS.name
            set_setting(provider_id=books.provider_id, name=name, value=0, now=NOW)
            grant(books, 300, "a", NOW + DAY)

            assert warn_of_expiry(provider_id=books.provider_id, now=NOW) == 0


class TestTellExpiry:
    def test_admins_read_how_much_and_when(self, cast: Cast) -> None:
        payload = {"wallet_id": 1, "currency": "USD", "amount_minor": 500, "at": NOW.isoformat()}
        message = Message(
            id=7,
            provider_id=cast.nimbus,
            tenant_id=cast.acme,
            topic=EXPIRY_TOPIC,
            payload=payload,
            created_at=NOW,
            attempt=1,
        )

        tell_expiry(message)
        tell_expiry(message)

        with as_role("worker"), provider_scope(cast.nimbus):
            (mail,) = Books(cast.nimbus, [], []).messages("mail")
        assert mail["subject"] == "Nimbus: bonus credit expires soon"
        assert "5.00 USD" in mail["text"]
