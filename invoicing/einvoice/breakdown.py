"""The document's taxes as EN 16931 groups them: one group per category and rate, with its part of the discount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from invoicing.errors import EInvoiceRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from invoicing.types import TaxView, WholeDocument

# What the rules of `tax` give and EN 16931 knows; K (goods to another member state) is nothing that is sold here.
CATEGORIES: Final = frozenset({"S", "Z", "E", "AE", "O", "G"})
# Countries whose taxes are no value added tax as EN 16931 means it.
_NO_VAT: Final = frozenset({"US", "IN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VatGroup:
    """A group of the VAT breakdown (BG-23); amounts are minor units.

    Attributes:
        tax_groups: the document's own groups that fall together here.
        lines: what their lines come to, before the document's discount.
        discount: their part of it.
    """

    category: str
    rate: Decimal
    reason: str
    tax_groups: tuple[str, ...]
    lines: int
    discount: int
    base: int
    tax: int


def vat_groups(document: WholeDocument) -> tuple[VatGroup, ...]:
    """Return the groups, in the order of the document's taxes.

    Args:
        document: issued.

    Raises:
        EInvoiceRefused: two taxes on one base, a tax that is no VAT, an unknown category, or tax beside what is out of
            its scope.

    Source: EN 16931-1:2017, BG-23; BR-S-08 and its like (a group per category and rate), BR-O-11 to BR-O-14.
    """
    by_group = _by_tax_group(document)
    nets = dict.fromkeys(by_group, 0)
    for line in document.lines:
        if line.tax_group not in nets:
            raise EInvoiceRefused("einvoice_taxes", _("A line of this document has no tax."))
        nets[line.tax_group] += line.net.amount_minor
    found: dict[tuple[str, Decimal], VatGroup] = {}
    for name, tax in by_group.items():
        key = (tax.category, tax.rate)
        found[key] = _joined(found.get(key), name, tax, nets[name])
    if len(found) > 1 and any(category == "O" for category, _rate in found):
        raise EInvoiceRefused(
            "einvoice_scope",
            _("EN 16931 allows no tax beside lines that are outside the scope of tax."),
        )
    return tuple(found.values())


def _by_tax_group(document: WholeDocument) -> Mapping[str, TaxView]:
    found: dict[str, TaxView] = {}
    for tax in document.taxes:
        if tax.tax_group in found:
            words = _("EN 16931 knows one tax per line; this document has two on the same amount.")
            raise EInvoiceRefused("einvoice_taxes", words)
        if tax.category not in CATEGORIES or tax.region.partition("-")[0] in _NO_VAT:
            words = _("%(name)s is no value added tax as EN 16931 knows it.") % {"name": tax.name}
            raise EInvoiceRefused("einvoice_taxes", words)
        found[tax.tax_group] = tax
    return found


def _joined(before: VatGroup | None, name: str, tax: TaxView, lines: int) -> VatGroup:
    base, due = tax.base.amount_minor, tax.tax.amount_minor
    return VatGroup(
        category=tax.category,
        rate=tax.rate,
        reason=(before.reason if before else "") or tax.reason,
        tax_groups=(*(before.tax_groups if before else ()), name),
        lines=lines + (before.lines if before else 0),
        discount=lines - base + (before.discount if before else 0),
        base=base + (before.base if before else 0),
        tax=due + (before.tax if before else 0),
    )
