"""What a top-up costs is said to the cent, with its tax, and who may not make it is told why."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope, tenant_scope
from payments.selectors.quotes import quote_topup
from tax.models import Rate
from tax.rules.amounts import group_amounts
from tax.services.profiles import save_tax_address
from tax.types import TaxAddress
from tenants.errors import TenantNotFoundError
from tenants.models import Tenant
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.factories.tax import register_in_germany, register_in_karnataka
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from payments.selectors.quotes import Quote
    from tests.cast import Cast


@pytest.fixture
def nimbus(cast: Cast) -> Iterator[int]:
    with provider_scope(cast.nimbus):
        register_in_germany(cast.nimbus)
        yield cast.nimbus


def put(nimbus: int, **values: Any) -> None:
    for name, value in values.items():
        dotted = name.replace("__", ".")
        set_setting(provider_id=nimbus, name=dotted, value=value, now=NOW)


def ask(nimbus: int, tenant_id: int, minor: int = 10000, currency: str = "USD") -> Quote:
    amount = Money(minor, currency)
    return quote_topup(provider_id=nimbus, tenant_id=tenant_id, amount=amount, now=NOW)


def figures(quote: Quote) -> tuple[int, ...]:
    parts = (quote.amount, quote.discount, quote.bonus, quote.tax, quote.total, quote.credit)
    return tuple(part.amount_minor for part in parts)


class TestQuote:
    @pytest.mark.parametrize(
        ("point", "inclusive", "expected"),
        [
            ("consumption", False, (10000, 0, 0, 0, 10000, 10000)),
            ("consumption", True, (10000, 0, 0, 0, 10000, 10000)),
            ("top_up", False, (10000, 0, 0, 1900, 11900, 10000)),
            ("top_up", True, (10000, 0, 0, 1597, 10000, 8403)),
        ],
    )
    def test_tax_follows_the_tax_point_and_the_prices(
        self,
        nimbus: int,
        cast: Cast,
        point: str,
        inclusive: bool,
        expected: tuple[int, ...],
    ) -> None:
        put(nimbus, tax__point=point, tax__prices_inclusive=inclusive)

        quote = ask(nimbus, cast.acme)

        assert (figures(quote), quote.blocked_by) == (expected, None)
        assert [line.percent for line in quote.tax_lines] == ([19] if quote.tax else [])

    def test_a_customer_is_told_the_same(self, nimbus: int, cast: Cast) -> None:
        put(nimbus, tax__point="top_up")

        with tenant_scope(nimbus, cast.acme):
            assert figures(ask(nimbus, cast.acme))[4] == 11900

    @pytest.mark.parametrize(
        ("minor", "currency", "bar"),
        [
            (0, "USD", "invalid_amount"),
            (-5, "USD", "invalid_amount"),
            (10**12 + 1, "USD", "invalid_amount"),
            (499, "USD", "amount_too_small"),
            (500, "USD", None),
            (20000, "USD", None),
            (20001, "USD", "amount_too_large"),
            (1000, "EUR", None),
            (1000, "CHF", None),
            (1000, "GBP", "currency_refused"),
        ],
    )
    def test_what_is_not_possible_says_why(
        self, nimbus: int, cast: Cast, minor: int, currency: str, bar: str | None
    ) -> None:
        put(nimbus, topup__least_minor=500, topup__most_minor=20000, topup__currencies="CHF, QQQ")
        open_wallet(provider_id=nimbus, tenant_id=cast.acme, currency="EUR", now=NOW)

        quote = ask(nimbus, cast.acme, minor, currency)

        assert quote.blocked_by == bar
        assert bool(quote.blocked_words) == (bar is not None)

    def test_a_closed_tenant_a_missing_rate_and_a_code_are_bars(
        self, nimbus: int, cast: Cast
    ) -> None:
        amount = Money(1000, "USD")
        named: dict[str, Any] = {"provider_id": nimbus, "amount": amount, "now": NOW}
        assert quote_topup(**named, tenant_id=cast.acme, code="NONE").blocked_by == "code_refused"
        put(nimbus, tax__point="top_up")
        with as_role("owner"):
            Rate.objects.all().delete()
        assert quote_topup(**named, tenant_id=cast.acme).blocked_by == "rate_missing"
        Tenant.objects.filter(pk=cast.acme).update(status="closed", closed_at=NOW)
        assert quote_topup(**named, tenant_id=cast.acme).blocked_by == "tenant_closed"
        with pytest.raises(TenantNotFoundError):
            quote_topup(**named, tenant_id=cast.aria)

    def test_online_services_in_india_ask_for_the_state(self, cast: Cast) -> None:
        with provider_scope(cast.sonora):
            register_in_karnataka(cast.sonora)
            put(cast.sonora, tax__point="top_up")
            assert ask(cast.sonora, cast.aria, currency="EUR").blocked_by is None
            put(cast.sonora, tax__online_india=True)

            quote = ask(cast.sonora, cast.aria, currency="EUR")
            assert (quote.blocked_by, quote.blocked_about) == ("state_missing", "")
            assert "the state of a customer without GSTIN" in quote.blocked_words

            save_tax_address(
                provider_id=cast.sonora,
                tenant_id=cast.aria,
                legal_name="Asha Rao",
                street="1 Anna Salai",
                address=TaxAddress(country="IN", region="33"),
                now=NOW,
            )
            quote = ask(cast.sonora, cast.aria, currency="EUR")
            assert (quote.blocked_by, [line.name for line in quote.tax_lines]) == (None, ["IGST"])


class TestCommand:
    def test_it_says_what_the_issue_asks(self, nimbus: int, cast: Cast) -> None:
        put(nimbus, tax__point="top_up")
        out = io.StringIO()

        named = ("--provider", "nimbus", "--tenant", "acme", "--amount", "100")
        call_command("quote_topup", *named, "--currency", "USD", "--json", stdout=out)

        found = json.loads(out.getvalue())
        (line,) = found.pop("tax_lines")
        assert found == {
            "amount_minor": 10000,
            "discount_minor": 0,
            "bonus_minor": 0,
            "tax_minor": 1900,
            "total_minor": 11900,
            "blocked_by": None,
        }
        assert (line["base_minor"], line["tax_minor"], line["country"]) == (10000, 1900, "DE")


percents = st.lists(st.decimals(0, 40, places=2), min_size=1, max_size=2)


class TestRounding:
    @given(gross=st.integers(1, 10**9), rates=percents)
    @settings(max_examples=50)
    def test_what_is_paid_is_credit_and_tax_and_nothing_else(
        self, gross: int, rates: list[Decimal]
    ) -> None:
        amounts = group_amounts([gross], rates, includes_tax=True)

        assert amounts.base + sum(amounts.taxes) == gross
        assert amounts.base > 0
        assert all(tax >= 0 for tax in amounts.taxes)
