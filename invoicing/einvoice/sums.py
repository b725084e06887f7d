"""Our own check of the sums that EN 16931 wants; a document that breaks one becomes no electronic invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.rounding import round_to_minor
from invoicing.errors import EInvoiceSumsWrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from invoicing.einvoice.breakdown import VatGroup
    from invoicing.types import TaxView, WholeDocument

_PERCENT: Final = Decimal(100)


def check_sums(document: WholeDocument, groups: Sequence[VatGroup]) -> None:
    """Refuse a document whose sums break a rule.

    Args:
        document: issued.
        groups: its VAT breakdown.

    Raises:
        EInvoiceSumsWrong: its message names the first rule that is broken.

    Source: EN 16931-1:2017, BR-CO-10 to BR-CO-17 and BR-S-08. The tax of a group is rounded to the currency's own
        places; where those are fewer than two, that is within what the standard's schematron lets differ.
    """
    for rule in _broken(document, groups):
        words = _("The sums of this document break the rule %(rule)s of EN 16931.")
        raise EInvoiceSumsWrong(message=words % {"rule": rule})


def _broken(document: WholeDocument, groups: Sequence[VatGroup]) -> Iterator[str]:
    head = document.head
    lines = sum(line.net.amount_minor for line in document.lines)
    net = head.subtotal.amount_minor - head.discount.amount_minor
    checks = {
        "BR-CO-10": lines == head.subtotal.amount_minor,
        "BR-CO-11": sum(group.discount for group in groups) == head.discount.amount_minor,
        "BR-CO-13": net == sum(group.base for group in groups),
        "BR-CO-14": head.tax.amount_minor == sum(group.tax for group in groups),
        "BR-CO-15": head.total.amount_minor == net + head.tax.amount_minor,
        "BR-CO-16": 0 <= head.credit_used.amount_minor <= head.total.amount_minor,
        "BR-CO-17": all(_is_rounded_once(tax) for tax in document.taxes),
        "BR-S-08": all(0 <= group.discount <= max(group.lines, 0) for group in groups),
    }
    yield from (rule for rule, holds in checks.items() if not holds)


def _is_rounded_once(tax: TaxView) -> bool:
    return tax.tax.amount_minor == round_to_minor(tax.base.amount_minor * tax.rate / _PERCENT)
