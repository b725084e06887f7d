"""Short words for what is done with codes in a provider's books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.money import Money
from promotions.errors import CodeRefused
from promotions.models import Redemption
from promotions.selectors.offers import offer_for
from promotions.services.redeeming import confirm, reserve, take_back
from tests.factories.promotions import NOW

if TYPE_CHECKING:
    from promotions.types import Offer
    from tests.accounts.books import Books

SAME_WORDS = "This code is not valid for this top-up."


def offer(books: Books, code: str = "autumn", *, amount: int = 10_000, no: int = 0) -> Offer:
    return offer_for(
        provider_id=books.provider_id,
        tenant_id=books.tenants[no],
        amount=Money(amount, "USD"),
        code=code,
        now=NOW,
    )


def hold(
    books: Books, source: str, *, no: int = 0, code: str = "AUTUMN", amount: int = 10_000
) -> Offer:
    return reserve(
        provider_id=books.provider_id,
        tenant_id=books.tenants[no],
        amount=Money(amount, "USD"),
        code=code,
        source=source,
        now=NOW,
    )


def pay(books: Books, source: str, *, no: int = 0) -> Offer | None:
    return confirm(
        provider_id=books.provider_id, tenant_id=books.tenants[no], source=source, now=NOW
    )


def take(books: Books, refunded: int, key: str = "r1", *, paid: int = 10_000) -> int:
    return take_back(
        provider_id=books.provider_id,
        tenant_id=books.tenants[0],
        source="top_1",
        refunded=Money(refunded, "USD"),
        paid=Money(paid, "USD"),
        key=key,
        now=NOW,
    ).amount_minor


def states() -> list[str]:
    return list(Redemption.objects.order_by("pk").values_list("state", flat=True))


def refused(books: Books, code: str = "AUTUMN", **asked: Any) -> str:
    with pytest.raises(CodeRefused) as first:
        offer(books, code, **asked)
    with pytest.raises(CodeRefused) as second:
        hold(books, "top_x", code=code, **asked)
    assert first.value.message == second.value.message
    return first.value.message
