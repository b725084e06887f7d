"""What stands on a document, as texts in its language: taken from the frozen document alone, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.formats import (
    format_amount,
    format_day,
    format_days,
    format_moment,
    format_price,
    format_quantity,
)
from invoicing.enums import DocumentKind
from invoicing.rendering.national import national_notices
from invoicing.rendering.parties import (
    Party,
    buyer_of,
    place_of_supply,
    seller_of,
    sellers_notices,
)
from invoicing.rendering.scripts import Text, clean, text_of
from invoicing.rendering.totals import Below, percent, totals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.kernel.money import Money
    from invoicing.types import LineView, WholeDocument

_REVERSE_CHARGE: Final = "AE"
_OWED_BY_SELLER: Final = "S"
# So many signs go into the narrowest column of figures; to ask for breaks within words costs time on every cell.
_FITS: Final = 9


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and what it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the document.

    Attributes:
        code: of what is sold in a country's list, or empty.
        rate: percent of all its taxes.
    """

    name: Text
    detail: Text
    code: str
    quantity: str
    price: str
    discount: str
    rate: str
    net: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A document as it is laid out.

    Attributes:
        is_tight: a figure of the lines is wider than its column and must be broken.
        has_rates: lines are taxed at several rates, so that each says its own; else the taxes beneath them do.
        notices: what the law wants said, each once.
        payment: where to pay; empty where nothing is asked for.
        amount_due: what is asked for at issue.
        registration: with a government's portal, or empty.
    """

    title: str
    number: str
    issued_at: str
    brand: Text
    seller: Party
    buyer: Party
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    is_tight: bool
    has_discounts: bool
    has_taxes: bool
    has_rates: bool
    below: tuple[Below, ...]
    currency: str
    notices: tuple[Text, ...]
    reason: Text
    note: Text
    payment: tuple[Fact, ...]
    payment_terms: Text
    amount_due: Money
    legal_lines: tuple[Text, ...]
    registration: tuple[Fact, ...]


def printed_document(document: WholeDocument, locale: str) -> Printed:
    """Return what stands on a document, in the active language.

    Args:
        document: with all that is printed.
        locale: how figures and days are written, for instance `de`.
    """
    head, content = document.head, document.content
    seller, due = _mapping(content, "seller"), amount_due(document)
    country = str(seller.get("country", ""))
    payment = _mapping(content, "payment") if due else {}
    rows = tuple(_row(line, document, locale) for line in document.lines)
    return Printed(
        title=title_of(document),
        number=head.number,
        issued_at=head.issued_at.isoformat() if head.issued_at else "",
        brand=text_of(content.get("brand") or seller.get("name"), country),
        seller=seller_of(content, locale),
        buyer=buyer_of(content, locale),
        facts=_facts(document, locale),
        rows=rows,
        is_tight=any(_is_wide(row) for row in rows),
        has_discounts=any(line.discount for line in document.lines),
        has_taxes=bool(document.taxes),
        has_rates=len({row.rate for row in rows}) > 1,
        below=totals_of(document, due, locale),
        currency=head.total.currency,
        notices=_notices(document, country, locale),
        reason=text_of(content.get("reason"), country),
        note=text_of(content.get("note"), country),
        payment=_payment(payment),
        payment_terms=text_of(content.get("payment_terms") if due else "", country),
        amount_due=due,
        legal_lines=_paragraphs(content.get("legal_text"), country),
        registration=_registration(document, locale),
    )


def title_of(document: WholeDocument) -> str:
    """Return what a document calls itself in the active language.

    Source: India, CGST Act 2017, s. 31: a supply's document is a tax invoice.
    """
    seller = _mapping(document.content, "seller")
    if document.head.kind == DocumentKind.INVOICE and seller.get("country") == "IN":
        return _("Tax invoice")
    return str(DocumentKind(document.head.kind).label)


def _facts(document: WholeDocument, locale: str) -> tuple[Fact, ...]:
    head, content = document.head, document.content
    is_paid = head.is_paid_at_issue
    found = []
    if head.issued_on:
        found.append(Fact(_("Issue date"), format_day(head.issued_on, locale)))
    supplied = _("Date of payment") if is_paid else _("Date of supply")
    if head.kind != DocumentKind.PROFORMA:
        found.append(Fact(supplied, format_day(head.supplied_on, locale)))
    if head.period:
        found.append(Fact(_("Billing period"), format_days(*head.period, locale)))
    if head.due_on and not is_paid:
        found.append(Fact(_("Due date"), format_day(head.due_on, locale)))
    if document.corrects:
        number, on = document.corrects
        found.append(Fact(_("Corrects"), f"{number}, {format_day(on, locale)}"))
    place = place_of_supply(content, locale)
    if place:
        found.append(Fact(_("Place of supply"), place))
    if _mapping(content, "seller").get("country") == "IN" and document.taxes:
        is_reverse = any(tax.category == _REVERSE_CHARGE for tax in document.taxes)
        found.append(Fact(_("Tax payable on reverse charge"), _("Yes") if is_reverse else _("No")))
    return tuple(found)


def _row(line: LineView, document: WholeDocument, locale: str) -> Row:
    content, currency = document.content, line.net.currency
    country = str(_mapping(content, "seller").get("country", ""))
    rates = [tax.rate for tax in document.taxes if tax.tax_group == line.tax_group]
    unit = clean(line.unit)
    quantity = format_quantity(line.quantity, locale)
    code = clean(content.get("service_code"))
    return Row(
        name=text_of(line.name, country),
        detail=text_of(line.detail, country),
        code=f"SAC {code}" if code and country == "IN" else code,
        quantity=f"{quantity} {unit}" if unit else quantity,
        price=format_price(
            line.unit_price, currency, locale, places=int(content.get("cost_decimals") or 6)
        ),
        discount=f"−{format_amount(line.discount, locale)}" if line.discount else "",
        rate=percent(sum(rates, start=Decimal(0)), locale) if rates else "–",
        net=format_amount(line.net, locale),
    )


def _is_wide(row: Row) -> bool:
    figures = (row.quantity, row.price, row.discount, row.rate, row.net)
    return any(len(word) > _FITS for figure in figures for word in figure.split(" "))


def amount_due(document: WholeDocument) -> Money:
    """Return what a document asks for; what is paid after its issue changes no document."""
    head = document.head
    asks = head.kind != DocumentKind.CREDIT_NOTE and not head.is_paid_at_issue
    return head.total - head.credit_used if asks else head.total - head.total


def _notices(document: WholeDocument, country: str, locale: str) -> tuple[Text, ...]:
    notices = dict.fromkeys(clean(tax.reason) for tax in document.taxes)
    of_law = [text_of(notice, country) for notice in notices if notice]
    of_law += [text_of(told) for told in national_notices(document.content, locale)]
    if any(tax.category == _OWED_BY_SELLER for tax in document.taxes):
        of_law += [text_of(told) for told in sellers_notices(document.content, locale)]
    if country == "IN" and document.head.kind in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE):
        signed = _(
            "Issued electronically under the Information Technology Act, 2000: no signature of the supplier or"
            " its authorised representative is required (CGST Rules, rule 46)."
        )
        of_law.append(text_of(signed))
    return tuple(of_law)


def _payment(payment: Mapping[str, Any]) -> tuple[Fact, ...]:
    known = (
        (_("Account holder"), clean(payment.get("holder"))),
        ("IBAN", _in_fours(payment.get("iban"))),
        ("BIC", clean(payment.get("bic"))),
        (_("Reference"), _in_fours(payment.get("reference"))),
    )
    return tuple(Fact(label, value) for label, value in known if value)


def _registration(document: WholeDocument, locale: str) -> tuple[Fact, ...]:
    """Return what the portal answered. Source: CGST Rules 2017, rule 46 (r)."""
    found, zone = document.registration, str(document.content.get("time_zone") or "UTC")
    if found is None:
        return ()
    return (
        Fact("IRN", found.irn),
        Fact(_("Acknowledgement"), found.ack_number),
        Fact(_("Acknowledged"), format_moment(found.ack_at, zone, locale)),
    )


def _in_fours(raw: object) -> str:
    """Return an IBAN or an RF reference as people read it; other words as they are."""
    text = clean(raw)
    compact = text.replace(" ", "")
    is_code = compact.isascii() and compact.isalnum() and compact[2:4].isdecimal()
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4)) if is_code else text


def _paragraphs(raw: object, country: str) -> tuple[Text, ...]:
    lines = raw.splitlines() if isinstance(raw, str) else ()
    return tuple(text_of(line, country) for line in lines if clean(line))


def _mapping(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content.get(name) or {}
    return found
