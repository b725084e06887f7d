"""Corrections of invoices: of one, and those that wait for a second person. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.enums import CorrectionState
from invoicing.models import Correction, Document, DocumentLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """What a credit note takes back of a line, net of tax."""

    name: str
    net: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """A correction; the fields as of `Correction`.

    Attributes:
        lowered: what of the amount is not owed any more; None where nobody was shown it.
        lines: of a part that waits for a second person; empty for all that is left.
        document: public id of the invoice.
        number: of the invoice.
        note, note_number: public id and number of the credit note, "" where there is none.
    """

    tenant_id: int
    document: str
    number: str
    kind: str
    amount: Money
    lowered: Money | None
    lines: tuple[CorrectedLine, ...]
    reason: str
    state: str
    requested_by: int
    requested_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    ended_by: int | None
    ended_at: datetime | None
    note: str
    note_number: str

    @property
    def back(self) -> Money | None:
        """Return what goes to the balance, since it was paid; None where nobody was shown it."""
        return None if self.lowered is None else self.amount - self.lowered


def corrections_of(provider_id: int, document_id: int) -> list[CorrectionView]:
    """Return the corrections of an invoice, newest first, by three queries at most.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
    """
    rows = Correction.objects.filter(provider_id=provider_id, document_id=document_id)
    return _views(provider_id, rows.order_by("-pk"))


def waiting_corrections(provider_id: int, *, limit: int) -> list[CorrectionView]:
    """Return the corrections that wait for a second person, newest first, by three queries at most.

    Args:
        provider_id: whose; its scope is open.
        limit: at most so many.
    """
    rows = Correction.objects.filter(provider_id=provider_id, state=CorrectionState.WAITING)
    return _views(provider_id, rows.order_by("-pk")[:limit])


def count_waiting_corrections(provider_id: int) -> int:
    """Return how many corrections wait for a second person; the provider's scope is open."""
    rows = Correction.objects.filter(provider_id=provider_id, state=CorrectionState.WAITING)
    return rows.count()


def _views(provider_id: int, found: Iterable[Correction]) -> list[CorrectionView]:
    rows = list(found)
    ids = {row.document_id for row in rows} | {row.note_id for row in rows if row.note_id}
    documents = Document.objects.filter(provider_id=provider_id, pk__in=ids) if ids else ()
    named = {row.pk: (row.public_id, row.number) for row in documents}
    lines = _lines(provider_id, [row for row in rows if row.state == CorrectionState.WAITING])
    return [
        CorrectionView(
            tenant_id=row.tenant_id,
            document=named[row.document_id][0],
            number=named[row.document_id][1],
            kind=row.kind,
            amount=Money(row.amount_minor, row.currency),
            lowered=None if row.lowered_minor is None else Money(row.lowered_minor, row.currency),
            lines=tuple(lines.get(row.pk, ())),
            reason=row.reason,
            state=row.state,
            requested_by=row.requested_by,
            requested_at=row.requested_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            ended_by=row.ended_by,
            ended_at=row.ended_at,
            note=named[row.note_id][0] if row.note_id else "",
            note_number=named[row.note_id][1] if row.note_id else "",
        )
        for row in rows
    ]


def _lines(provider_id: int, waiting: Sequence[Correction]) -> dict[int, list[CorrectedLine]]:
    """Return what a second person has to judge of parts, by correction; nothing where all that is left goes back."""
    parts = [row for row in waiting if row.nets]
    if not parts:
        return {}
    found = DocumentLine.objects.filter(
        provider_id=provider_id, document_id__in={row.document_id for row in parts}
    )
    names = {(line.document_id, line.position): line.name for line in found}
    return {
        row.pk: [
            CorrectedLine(names[row.document_id, int(at)], Money(net, row.currency))
            for at, net in sorted((row.nets or {}).items(), key=lambda one: int(one[0]))
        ]
        for row in parts
    }
