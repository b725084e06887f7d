"""Sales to consumers of other member states: told near the threshold, and summed up for the OSS return."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.tax_concerns import tax_concerns
from invoicing.models import ConsumerDay, Document
from invoicing.selectors.consumer_days import CONSUMER_DAYS_DIFFER
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from tax.models import Registration
from tax.types import TaxAddress
from tenants.models import Provider
from tests.cast import NOW
from tests.factories.tax import GERMAN_VAT, register_for_oss, register_in_germany
from tests.invoicing.drafts import invoice, line, tax
from tests.invoicing.rendering.law import live
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

REPORT = "/provider/taxes/report/?since=2026-07-01&until=2026-12-31"
CSV = REPORT.replace("report/", "oss.csv")


@pytest.fixture
def nimbus(world: World) -> int:
    """Return Nimbus, established in Germany; Acme lives in France, Globex in Germany."""
    cast = world.cast
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="DE")
        register_in_germany(cast.nimbus)
        live(cast.nimbus, cast.acme, TaxAddress(country="FR"))
        live(cast.nimbus, cast.globex, TaxAddress(country="DE"))
    return cast.nimbus


def sell(provider_id: int, tenant_id: int, name: str, net: int, **more: Any) -> int:
    """Invoice an amount to a consumer; in euro and under 19 % of Germany unless it is said."""
    percent, region = more.pop("rate", 19), more.pop("region", "DE")
    due = replace(
        tax(net, net * percent // 100, rate=str(percent)),
        region=region,
        category=more.pop("category", "S"),
    )
    facts = {"seller_number": more.pop("number", GERMAN_VAT), "customer_number": ""}
    given = {"currency": "EUR", "lines": (line(net),), "taxes": (due,), "tax": facts, **more}
    with as_role("worker"), provider_scope(provider_id):
        draft = invoice(tenant_id, name, **given)
        return issue_now(provider_id=provider_id, draft=draft, now=NOW)


def give_back(provider_id: int, document_id: int) -> str:
    """Credit ten euro of an invoice; returns the note's public id."""
    named: dict[str, Any] = {"reason": "x", "key": str(document_id), "now": NOW, "nets": {1: 1_000}}
    with as_role("worker"), provider_scope(provider_id):
        note = credit_invoice(provider_id=provider_id, document_id=document_id, **named)
        return str(Document.objects.get(pk=note).public_id)


def told(provider_id: int, days: int = 0) -> list[tuple[str, str]]:
    with provider_scope(provider_id):
        found = tax_concerns(provider_id, now=NOW + timedelta(days=days))
        return [(one.level, one.words) for one in found]


class TestThreshold:
    def test_it_is_told_from_four_fifths_on_and_beyond(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        acme, globex = world.cast.acme, world.cast.globex
        sell(nimbus, acme, "a", 799_900)
        sell(nimbus, globex, "b", 5_000_000)
        sell(nimbus, acme, "c", 5_000_000, category="AE", rate=0)
        sell(nimbus, acme, "d", 5_000_000, supplied_on=date(2024, 12, 31))
        assert told(nimbus) == []

        sell(nimbus, acme, "e", 100)
        ((level, words),) = told(nimbus)
        assert (level, "8,000.00 EUR in 2026" in words) == ("warning", True)

        last = sell(nimbus, acme, "f", 200_001)
        assert [level for level, _words in told(nimbus)] == ["danger"]
        page = as_person("rita").get(REPORT)
        (this, before) = page.context["abroad"].years
        assert (this.sold.amount_minor, before.sold.amount_minor) == (1_000_001, 0)
        assert "they are taxed at home" in page.content.decode()
        # It was passed in the year before, so it is no longer open in the next one.
        assert [level for level, _words in told(nimbus, days=60)] == ["danger"]

        with as_role("worker"), provider_scope(nimbus):
            credit_invoice(
                provider_id=nimbus, document_id=last, reason="x", key="f", now=NOW, nets={1: 1}
            )
        assert [level for level, _words in told(nimbus)] == ["warning"]
        assert told(nimbus, days=60) == []

    def test_what_lacks_a_rate_is_named_and_the_rest_is_converted(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        acme = world.cast.acme
        sell(nimbus, acme, "a", 108_570, currency="USD")
        sell(nimbus, acme, "b", 700, currency="JPY", rate=0)

        (this, _before) = as_person("rita").get(REPORT).context["abroad"].years

        assert this.sold.amount_minor == 100_000
        assert [str(one.currency) for one in this.left_out] == ["JPY"]

    def test_where_the_euro_is_not_the_money_the_fixed_figure_is_named(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        rita = as_person("rita")
        assert "once for all years" not in rita.get(REPORT).content.decode()
        with provider_scope(nimbus):
            Registration.objects.filter(provider_id=nimbus).update(country="SE")

        assert "once for all years" in rita.get(REPORT).content.decode()

    def test_a_credit_note_of_this_year_counts_in_the_year_of_its_sale(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        old = sell(nimbus, world.cast.acme, "a", 10_000, supplied_on=date(2025, 12, 31))
        sell(nimbus, world.cast.acme, "b", 300)
        with as_role("worker"), provider_scope(nimbus):
            credit_invoice(
                provider_id=nimbus, document_id=old, reason="x", key="a", now=NOW, nets={1: 4_000}
            )

        years = as_person("rita").get(REPORT).context["abroad"].years

        assert [(one.year, one.sold.amount_minor) for one in years] == [(2026, 300), (2025, 6_000)]

    def test_a_refund_that_came_back_a_year_later_counts_in_the_year_of_its_sale(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        old = sell(nimbus, world.cast.acme, "a", 10_000, supplied_on=date(2025, 12, 31))
        note = give_back(nimbus, old)
        again = sell(nimbus, world.cast.acme, note, 1_000, source_type="document")
        rita = as_person("rita")
        assert [one.sold.amount_minor for one in rita.get(REPORT).context["abroad"].years] == [
            0,
            10_000,
        ]

        give_back(nimbus, again)

        years = rita.get(REPORT).context["abroad"].years
        assert [(one.year, one.sold.amount_minor) for one in years] == [(2026, 0), (2025, 9_000)]
        with provider_scope(nimbus):
            assert fetch_all(CONSUMER_DAYS_DIFFER, {"p": nimbus}) == []
            assert ConsumerDay.objects.filter(origin_quarter=date(2025, 10, 1)).count() == 3

    def test_who_declares_in_the_one_stop_shop_need_not_care(
        self, world: World, nimbus: int
    ) -> None:
        sell(nimbus, world.cast.acme, "a", 2_000_000)
        assert len(told(nimbus)) == 1

        with provider_scope(nimbus):
            register_for_oss(nimbus)

        assert told(nimbus) == told(world.cast.sonora) == []


class TestReturn:
    @pytest.fixture
    def sold(self, world: World, nimbus: int) -> None:
        """Sell to France and Hungary under the One Stop Shop, and what does not belong there."""
        acme = world.cast.acme
        with provider_scope(nimbus):
            register_for_oss(nimbus)
        french = {"region": "FR", "rate": 20}
        old = sell(nimbus, acme, "a", 10_000, supplied_on=date(2026, 9, 30), **french)
        new = sell(nimbus, acme, "b", 5_000, **french)
        sell(nimbus, acme, "c", 700, region="HU", rate=27)
        sell(nimbus, acme, "d", 99)
        sell(nimbus, acme, "e", 99, number="FR40303265045", **french)
        for document_id in (old, new):
            give_back(nimbus, document_id)

    def test_it_adds_up_by_quarter_state_and_rate_and_tells_corrections_apart(
        self, as_person: AsPerson, sold: None
    ) -> None:
        rita = as_person("rita")
        lines = b"".join(rita.get(CSV)).decode("utf-8-sig").splitlines()

        assert lines == [
            "quarter,member_state,rate_percent,corrects,documents,currency,base,tax_amount",
            "2026-Q4,FR,20,,2,EUR,40.00,8.00",
            "2026-Q4,FR,20,2026-Q3,1,EUR,-10.00,-2.00",
            "2026-Q4,HU,27,,1,EUR,7.00,1.89",
            "2026-Q3,FR,20,,1,EUR,100.00,20.00",
        ]
        page = rita.get(REPORT).content.decode()
        assert "For the OSS return" in page
        assert "2026-Q3" in page

    def test_what_undoes_a_correction_corrects_the_same_quarter(
        self, world: World, nimbus: int, as_person: AsPerson
    ) -> None:
        french = {"region": "FR", "rate": 20}
        with provider_scope(nimbus):
            register_for_oss(nimbus)
        sale = sell(nimbus, world.cast.acme, "a", 10_000, supplied_on=date(2026, 9, 30), **french)
        note = give_back(nimbus, sale)
        again = sell(nimbus, world.cast.acme, note, 1_000, source_type="document", **french)
        rita = as_person("rita")
        head, *lines = b"".join(rita.get(CSV)).decode("utf-8-sig").splitlines()
        assert lines == [
            "2026-Q4,FR,20,2026-Q3,2,EUR,0.00,0.00",
            "2026-Q3,FR,20,,1,EUR,100.00,20.00",
        ]

        give_back(nimbus, again)

        lines = b"".join(rita.get(CSV)).decode("utf-8-sig").splitlines()
        assert lines[:2] == [head, "2026-Q4,FR,20,2026-Q3,3,EUR,-10.00,-2.00"]

    def test_nobody_else_sees_it(self, as_person: AsPerson, sold: None) -> None:
        assert as_person("alice").get(CSV).status_code in {403, 404}
        assert "FR" not in b"".join(as_person("oskar").get(CSV)).decode()
