"""What stands beneath the lines of a document: its taxes and its sums, as texts in its language."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_amount, format_money, format_quantity
from invoicing.enums import DocumentKind
from invoicing.rendering.scripts import clean

if TYPE_CHECKING:
    from decimal import Decimal

    from billing_platform.kernel.money import Money
    from invoicing.types import TaxView, WholeDocument


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the sums; the strong ones are what people look for."""

    label: str
    amount: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax of the document."""

    name: str
    rate: str
    base: str
    tax: str


@dataclass(frozen=True, slots=True)
class Below:
    """A row beneath the lines: on one side a tax (the first row heads them), on the other side a sum."""

    tax: TaxRow | None
    sum: Sum | None
    is_head: bool


def totals_of(document: WholeDocument, due: Money, locale: str) -> tuple[Below, ...]:
    """Return what stands beneath the lines, in the active language.

    Taxes and sums are rows of one table: a table within another takes longer to lay out.

    Args:
        document: with all that is printed.
        due: what it asks for.
        locale: how figures are written.
    """
    taxes = [_tax(tax, locale) for tax in document.taxes]
    beside = zip_longest([None, *taxes] if taxes else (), _sums(document, due, locale))
    return tuple(
        Below(tax, total, is_head=bool(taxes) and at == 0) for at, (tax, total) in enumerate(beside)
    )


def percent(rate: Decimal, locale: str) -> str:
    """Return a rate as it is printed, for instance `19 %`."""
    return f"{format_quantity(rate, locale)} %"


def _tax(tax: TaxView, locale: str) -> TaxRow:
    return TaxRow(
        name=clean(tax.name),
        rate=percent(tax.rate, locale),
        base=format_amount(tax.base, locale),
        tax=format_amount(tax.tax, locale),
    )


def _sums(document: WholeDocument, due: Money, locale: str) -> tuple[Sum, ...]:
    head = document.head

    def amount(money: Money) -> str:
        return format_money(money, locale)

    found = []
    if document.taxes or head.discount:
        found.append(Sum(_("Subtotal"), amount(head.subtotal)))
    if head.discount:
        found.append(Sum(_("Discount"), f"−{amount(head.discount)}"))
        found.append(Sum(_("Net amount"), amount(head.subtotal - head.discount)))
    found += [
        Sum(f"{clean(tax.name)} {percent(tax.rate, locale)}", amount(tax.tax))
        for tax in document.taxes
    ]
    found.append(Sum(_("Total"), amount(head.total), is_strong=True))
    if head.credit_used:
        found.append(Sum(_("Paid from the balance"), f"−{amount(head.credit_used)}"))
    if head.is_paid_at_issue:
        found.append(Sum(_("Paid"), f"−{amount(head.total - head.credit_used)}"))
    if head.kind != DocumentKind.CREDIT_NOTE:
        found.append(Sum(_("Amount due"), amount(due), is_strong=True))
    return tuple(found)
