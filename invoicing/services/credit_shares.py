"""What a credit note takes back of each figure of its invoice, so that the last note takes exactly what is left."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from billing_platform.kernel.rounding import round_to_minor
from invoicing.enums import DocumentKind, DocumentState
from invoicing.errors import CreditRefused
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.types import DraftLine, DraftTax

if TYPE_CHECKING:
    from collections.abc import Mapping


class CreditShare:
    """The share of an invoice that a note takes back; its row is locked, so notes come one after the other.

    Discount and taxes are worked out up to and with this note, rounded, less the same up to the note before it.
    """

    def __init__(self, invoice: Document, nets: Mapping[int, int] | None) -> None:
        """Choose the lines.

        Args:
            invoice: an issued one.
            nets: net minor units by position, above 0; None for all that is left.

        Raises:
            CreditRefused: an unknown line, more than a line has left, or nothing is left.
        """
        mine = {"provider_id": invoice.provider_id, "document_id": invoice.pk}
        self._lines = list(DocumentLine.objects.filter(**mine).order_by("position"))
        self._taxes = list(DocumentTax.objects.filter(**mine).order_by("position"))
        self._currency = invoice.currency
        self._before = _credited(invoice)
        left = {line.position: line.net_minor - self._before[line.position] for line in self._lines}
        self._now = {place: net for place, net in left.items() if net} if nets is None else nets
        if not self._now or (
            nets is not None
            and any(not 0 < net <= left.get(place, 0) for place, net in nets.items())
        ):
            raise CreditRefused

    def lines(self) -> tuple[DraftLine, ...]:
        """Return the lines that are taken back by their names; a part of one as one piece of it."""
        chosen = [line for line in self._lines if self._now.get(line.position)]
        return tuple(self._line(line, self._now[line.position]) for line in chosen)

    def net_minor(self) -> int:
        """Return what goes back net of tax, less its discount, minor units."""
        return sum(self._now.values()) - self.discount_minor()

    def tax_minor(self) -> int:
        """Return the tax that goes back, minor units."""
        return sum(tax.tax_minor for tax in self.taxes())

    def discount_minor(self) -> int:
        """Return what of the invoice's discount goes back with these lines, minor units."""
        return sum(self._off(group) for group in self._groups())

    def taxes(self) -> tuple[DraftTax, ...]:
        """Return the taxes that go back, at the invoice's rates."""
        groups = self._groups()
        return tuple(
            DraftTax(
                tax_group=tax.tax_group,
                name=tax.name,
                category=tax.category,
                rate=tax.rate,
                base_minor=self._net(tax.tax_group) - self._off(tax.tax_group),
                tax_minor=self._part(tax.tax_minor, tax.tax_group),
                region=tax.region,
                reason=tax.reason,
            )
            for tax in self._taxes
            if tax.tax_group in groups
        )

    def _groups(self) -> set[str]:
        return {line.tax_group for line in self._lines if self._now.get(line.position)}

    def _of_group(self, group: str) -> list[DocumentLine]:
        return [line for line in self._lines if line.tax_group == group]

    def _net(self, group: str) -> int:
        return sum(self._now.get(line.position, 0) for line in self._of_group(group))

    def _off(self, group: str) -> int:
        """Return the share of what the invoice's discount took off a group."""
        whole = sum(line.net_minor for line in self._of_group(group))
        base = next((tax.base_minor for tax in self._taxes if tax.tax_group == group), whole)
        return self._part(whole - base, group)

    def _part(self, figure: int, group: str) -> int:
        whole = sum(line.net_minor for line in self._of_group(group))
        before = sum(self._before[line.position] for line in self._of_group(group))
        return share_of(figure, before + self._net(group), whole) - share_of(figure, before, whole)

    def _line(self, line: DocumentLine, net: int) -> DraftLine:
        is_whole = net == line.net_minor
        piece = Money(net, self._currency).to_major()
        return DraftLine(
            name=line.name,
            detail=line.detail,
            quantity=line.quantity if is_whole else Decimal(1),
            unit=line.unit if is_whole else "",
            unit_price=line.unit_price if is_whole else piece,
            discount_minor=line.discount_minor if is_whole else 0,
            net_minor=net,
            tax_group=line.tax_group,
            corrects_position=line.position,
        )


def rooms_of(invoice: Document) -> list[tuple[DocumentLine, int]]:
    """Return the lines of an invoice, and what notes may still take back of each, net minor units.

    Args:
        invoice: an issued one; the provider's scope is open.
    """
    mine = {"provider_id": invoice.provider_id, "document_id": invoice.pk}
    taken = _credited(invoice)
    return [
        (line, line.net_minor - taken[line.position])
        for line in DocumentLine.objects.filter(**mine).order_by("position")
    ]


def _credited(invoice: Document) -> defaultdict[int, int]:
    """Return what earlier notes took back, net minor units by the line's position."""
    notes = Document.objects.filter(
        provider_id=invoice.provider_id,
        kind=DocumentKind.CREDIT_NOTE,
        corrects_id=invoice.pk,
    ).exclude(state=DocumentState.DRAFT)
    taken: defaultdict[int, int] = defaultdict(int)
    rows = DocumentLine.objects.filter(
        provider_id=invoice.provider_id, document_id__in=notes.values("pk")
    )
    for position, net in rows.values_list("corrects_position", "net_minor"):
        taken[position or 0] += net
    return taken


def share_of(figure: int, part: int, whole: int) -> int:
    """Return a part of a figure, rounded half away from zero.

    Args:
        figure: minor units.
        part: how much of `whole` counts.
        whole: what `figure` stands for; of nothing there is no part.
    """
    return round_to_minor(Decimal(figure) * part / whole) if whole else 0
