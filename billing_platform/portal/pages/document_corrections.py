"""Corrections of an invoice on its page, and those that wait among all that is to be approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.client_actions import MAY_POST
from invoicing.enums import CorrectionKind, CorrectionState, DocumentKind, DocumentState
from invoicing.selectors.corrections import corrections_of, waiting_corrections
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoicing.selectors.corrections import CorrectionView
    from invoicing.types import DocumentView
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction in words.

    Attributes:
        url: of the invoice.
        ended_by: who took a write-off back, or that a payment did; "" where it stands.
        note_url: of the credit note, "" where there is none.
        is_own: the person who looks asked for it, and cannot approve it.
    """

    row: CorrectionView
    kind: str
    asked_by: str
    decided_by: str
    ended_by: str
    url: str
    note_url: str
    is_own: bool
    client: TenantView | None = None


@dataclass(frozen=True, slots=True)
class DocumentCorrections:
    """The corrections of an invoice, and what a person may do; an address is "" where it is not possible."""

    rows: Sequence[CorrectionRow]
    zone: str
    credit_url: str = ""
    write_off_url: str = ""
    back_url: str = ""
    approve_url: str = ""
    decline_url: str = ""

    @property
    def waiting(self) -> CorrectionRow | None:
        """Return the one that waits for a second person."""
        return next((one for one in self.rows if one.row.state == CorrectionState.WAITING), None)


def document_corrections(
    provider_id: int, head: DocumentView, *, role: str, user_id: int, zone: str
) -> DocumentCorrections | None:
    """Return the corrections of an invoice, by three queries; None where it is none, or one of a payment.

    Args:
        provider_id: whose; its scope is open.
        head: the document.
        role: of the person who looks.
        user_id: number of that person.
        zone: in which times are told.
    """
    is_owed = head.kind == DocumentKind.INVOICE and not head.is_paid_at_issue
    if not is_owed or head.status == DocumentState.DRAFT:
        return None
    rows = _rows(corrections_of(provider_id, head.id), user_id)
    if role not in MAY_POST or head.posting_id is None:
        return DocumentCorrections(rows, zone)
    named = {"document": head.public_id}
    if any(one.row.state == CorrectionState.WAITING for one in rows):
        return DocumentCorrections(
            rows,
            zone,
            approve_url=reverse("provider-correction-approve", kwargs=named),
            decline_url=reverse("provider-correction-decline", kwargs=named),
        )
    is_given_up = head.status == DocumentState.WRITTEN_OFF
    may_credit = not is_given_up and head.credited < head.total
    return DocumentCorrections(
        rows,
        zone,
        credit_url=reverse("provider-document-credit", kwargs=named) if may_credit else "",
        write_off_url=reverse("provider-document-write-off", kwargs=named) if head.due else "",
        back_url=reverse("provider-write-off-back", kwargs=named) if is_given_up else "",
    )


def asked_corrections(provider_id: int, *, user_id: int, limit: int) -> list[CorrectionRow]:
    """Return all corrections that wait, newest first, by four queries.

    Args:
        provider_id: whose; its scope is open.
        user_id: who looks.
        limit: at most so many.
    """
    found = waiting_corrections(provider_id, limit=limit)
    clients = tenants_by_id(provider_id, {row.tenant_id for row in found})
    return _rows(found, user_id, clients)


def _rows(
    found: Sequence[CorrectionView], user_id: int, clients: dict[int, TenantView] | None = None
) -> list[CorrectionRow]:
    people = {who for row in found for who in (row.requested_by, row.decided_by, row.ended_by)}
    emails = emails_of({who for who in people if who}) if found else {}
    return [
        CorrectionRow(
            row=row,
            kind=str(CorrectionKind(row.kind).label),
            asked_by=emails.get(row.requested_by, ""),
            decided_by=emails.get(row.decided_by or 0, ""),
            ended_by=emails.get(row.ended_by or 0, "") or (_("a payment") if row.ended_at else ""),
            url=reverse("provider-document", kwargs={"document": row.document}),
            note_url=reverse("provider-document", kwargs={"document": row.note})
            if row.note
            else "",
            is_own=row.requested_by == user_id,
            client=(clients or {}).get(row.tenant_id),
        )
        for row in found
    ]
