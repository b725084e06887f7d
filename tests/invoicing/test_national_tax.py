"""Tax in the state's currency is frozen with a document, and credit notes take back exactly what stood there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from invoicing.enums import DocumentKind, DocumentState
from invoicing.selectors.proofs import document_faults
from invoicing.services.crediting import credit_invoice
from invoicing.services.drafting import draft_document
from invoicing.services.issuing import issue_document, issue_now
from tax.errors import ExchangeRateMissing
from tax.services.exchange_rates import add_exchange_rates
from tax.services.registrations import add_registration
from tax.types_exchange import QuotedRate
from tenants.models import Provider
from tests.invoicing.drafts import NOW, TODAY, invoice, stored, tax

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def german(seller: int) -> int:
    """Return the seller, in Germany now: its invoices in dollars name their tax in euros."""
    Provider.objects.filter(pk=seller).update(country="DE")
    return seller


def store(provider_id: int, rate: str, quote: str = "USD") -> None:
    one = QuotedRate(base="EUR", quote=quote, rate=Decimal(rate), on=TODAY, source="ECB")
    add_exchange_rates(provider_id=provider_id, rates=[one], today=TODAY, user_id=None, now=NOW)


def told(document_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stored(document_id).content.get("national_tax", [])
    return found


def test_is_frozen_at_issue(cast: Cast, german: int) -> None:
    store(german, "1.0857")
    bill = issue_now(provider_id=german, draft=invoice(cast.acme), now=NOW)
    store(german, "1.2")

    # 22.50 / 1.0857 = 20.7239…
    step = {"base": "EUR", "quote": "USD", "rate": "1.0857", "on": "2026-11-20", "source": "ECB"}
    assert told(bill) == [
        {"currency": "EUR", "tax_minor": 2072, "countries": ["DE"], "steps": [step]}
    ]
    assert list(document_faults(german)) == []


def test_without_a_rate_the_document_waits(cast: Cast, german: int) -> None:
    draft = draft_document(provider_id=german, draft=invoice(cast.acme), now=NOW)

    with pytest.raises(ExchangeRateMissing):
        issue_document(provider_id=german, document_id=draft, now=NOW)

    assert (stored(draft).state, stored(draft).number) == (DocumentState.DRAFT, "")
    store(german, "1.0857")
    assert issue_document(provider_id=german, document_id=draft, now=NOW) == "INV-2026-00001"


def test_notes_take_back_exactly_what_stood_there(cast: Cast, german: int) -> None:
    store(german, "1.0857")
    bill = issue_now(provider_id=german, draft=invoice(cast.acme), now=NOW)
    # What is published later is no rate of this invoice.
    store(german, "3")

    notes = [
        credit_invoice(
            provider_id=german, document_id=bill, reason="x", key=key, nets=nets, now=NOW
        )
        for key, nets in (("a", {1: 3333}), ("b", {1: 3333, 2: 1}), ("c", None))
    ]

    minors = [told(note)[0]["tax_minor"] for note in notes]
    assert sum(minors) == told(bill)[0]["tax_minor"] == 2072
    assert {told(note)[0]["steps"][0]["rate"] for note in notes} == {"1.0857"}
    assert all(minor > 0 for minor in minors)


def test_notes_keep_the_rates_of_every_currency(cast: Cast, german: int) -> None:
    store(german, "1.0857")
    store(german, "390", quote="HUF")
    add_registration(
        provider_id=german,
        kind="vat",
        country="HU",
        number="HU12892312",
        begins=TODAY,
        is_home=False,
        now=NOW,
    )
    hungarian = replace(tax(5000, 1350, group="s7", rate="27"), region="HU")
    draft = invoice(cast.acme, taxes=(tax(10001, 1900), hungarian))
    bill = issue_now(provider_id=german, draft=draft, now=NOW)
    store(german, "3")
    store(german, "100", quote="HUF")

    notes = [
        credit_invoice(
            provider_id=german, document_id=bill, reason="x", key=key, nets=nets, now=NOW
        )
        for key, nets in (("a", {1: 3333}), ("b", {1: 3333, 2: 1234}), ("c", None))
    ]

    whole = {one["currency"]: one["tax_minor"] for one in told(bill)}
    parts = [(one["currency"], one["tax_minor"]) for note in notes for one in told(note)]
    # 19.00 and 13.50 dollars; forints have two decimals.
    assert whole == {"EUR": 1750, "HUF": 484_941}
    assert [currency for currency, _minor in parts] == ["EUR", "EUR", "HUF", "EUR", "HUF"]
    for currency, minor in whole.items():
        assert sum(each for code, each in parts if code == currency) == minor


@pytest.mark.parametrize(
    "more",
    [
        {"currency": "EUR"},
        {"kind": DocumentKind.PROFORMA},
        {"kind": DocumentKind.RECEIPT, "taxes": ()},
    ],
)
def test_nothing_is_said_where_nothing_is_asked(
    cast: Cast, german: int, more: dict[str, Any]
) -> None:
    bill = issue_now(provider_id=german, draft=invoice(cast.acme, **more), now=NOW)

    assert "national_tax" not in stored(bill).content
