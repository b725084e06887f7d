"""Staff corrects an issued invoice: credited, whole or in part, or written off; above the limit two persons do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.selectors.balances import wallets_of
from accounts.services.wallets import lock_wallets
from billing_platform.kernel.money import Money
from invoicing.enums import CorrectionKind, CorrectionState, DocumentState
from invoicing.errors_corrections import (
    CorrectionChanged,
    CorrectionReasonMissing,
    CorrectionWaits,
    IsWrittenOff,
    NoCorrectionWaits,
    NothingOpen,
    NotWrittenOff,
    SameCorrectionPerson,
)
from invoicing.models import Correction, Document
from invoicing.services.credit_books import NoteFigures, owed_revenue, post_credit
from invoicing.services.credit_shares import CreditShare
from invoicing.services.crediting import credit_invoice
from invoicing.services.drafting import locked_document
from invoicing.services.settling import settle_document
from invoicing.services.standing import open_minor
from invoicing.services.writing_off import give_up, owe_again
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction that a person asks for.

    Attributes:
        kind: of CorrectionKind.
        amount: what it takes off with its tax, as the person was shown.
        lowered: what of it was open, as the person was shown; the rest goes to the balance.
        nets: net minor units by the line's position; None for all that is left, and for a write-off.
        reason: the person's words, at most 300 characters; printed on a credit note.
        key: of the form, at most 100 characters, unique per provider.
        user_id: who asks.
    """

    kind: str
    amount: Money
    lowered: Money
    reason: str
    key: str
    user_id: int
    nets: Mapping[int, int] | None = None


def figures_of(invoice: Document, kind: str, nets: Mapping[int, int] | None) -> NoteFigures:
    """Return what a correction would take off an invoice; the correction works it out again under its lock.

    Args:
        invoice: which; the provider's scope is open.
        kind: of CorrectionKind.
        nets: as of `Wanted`.

    Raises:
        PaidByPayment, NotCorrectable: as `owed_revenue`.
        IsWrittenOff: it is given up.
        NothingOpen: nothing is left to write off.
        CreditRefused: as `credit_invoice`.
    """
    owed_revenue(invoice)
    if invoice.state == DocumentState.WRITTEN_OFF:
        raise IsWrittenOff
    left = open_minor(invoice)
    if kind == CorrectionKind.WRITE_OFF:
        if not left or invoice.state == DocumentState.CANCELLED:
            raise NothingOpen
        return NoteFigures(net=left, tax=0, lowered=left)
    share = CreditShare(invoice, nets)
    net, tax = share.net_minor(), share.tax_minor()
    return NoteFigures(net=net, tax=tax, lowered=min(left, net + tax))


@transaction.atomic
def correct_invoice(
    *, provider_id: int, document_id: int, wanted: Wanted, now: datetime
) -> CorrectionState:
    """Credit or write off an invoice; above the provider's limit a second person approves it first.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        wanted: what a person asks for.
        now: the moment of posting and of the note's issue.

    Returns:
        Where it stands: made, or waiting for a second person.

    Raises:
        DocumentNotFound: the provider has no such document.
        CorrectionReasonMissing: no reason.
        CorrectionWaits: another one of this invoice waits.
        CorrectionChanged: the figures are not what the person was shown, or the form asked for others before.
        PaidByPayment, NotCorrectable, IsWrittenOff, NothingOpen, CreditRefused: as `figures_of`.
        SellerIncomplete, NumberRefused: as `issue_document`.

    Idempotency: by the form's key.
    """
    if not wanted.reason.strip():
        raise CorrectionReasonMissing
    invoice = _locked(provider_id, document_id)
    mine = Correction.objects.filter(provider_id=provider_id)
    there = mine.filter(key=wanted.key, document_id=invoice.pk).first()
    if (
        there is None
        and mine.filter(document_id=invoice.pk, state=CorrectionState.WAITING).exists()
    ):
        raise CorrectionWaits
    row = Correction(
        provider_id=provider_id,
        tenant_id=invoice.tenant_id,
        document_id=invoice.pk,
        kind=wanted.kind,
        amount_minor=wanted.amount.amount_minor,
        currency=wanted.amount.currency,
        lowered_minor=wanted.lowered.amount_minor,
        nets=None if wanted.nets is None else {str(at): net for at, net in wanted.nets.items()},
        reason=wanted.reason,
        key=wanted.key,
        state=CorrectionState.WAITING,
        requested_by=wanted.user_id,
        requested_at=now,
    )
    if there is not None:
        if _asked(there) != _asked(row):
            raise CorrectionChanged
        return CorrectionState(there.state)
    _check(row, invoice)
    limit: int = get_setting(provider_id, APPROVAL_LIMIT_MINOR)
    if not limit or row.amount_minor <= limit:
        _make(row, invoice, now)
    row.save(force_insert=True)
    return CorrectionState(row.state)


@transaction.atomic
def approve_correction(*, provider_id: int, document_id: int, user_id: int, now: datetime) -> None:
    """Approve the correction that somebody else asked for, and make it.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        user_id: who approves; not who asked.
        now: the moment of posting and of the note's issue.

    Raises:
        NoCorrectionWaits: somebody decided before.
        SameCorrectionPerson: who asked cannot approve.
        DocumentNotFound, CorrectionChanged and the others: as `correct_invoice`; it goes on waiting.

    Idempotency: a correction is decided once.
    """
    invoice = _locked(provider_id, document_id)
    row = _waiting(invoice)
    if row.requested_by == user_id:
        raise SameCorrectionPerson
    _check(row, invoice)
    _make(row, invoice, now)
    row.decided_by = user_id
    row.save(update_fields=["state", "decided_by", "decided_at", "posting_id", "note_id"])


@transaction.atomic
def decline_correction(*, provider_id: int, document_id: int, user_id: int, now: datetime) -> None:
    """Decline a correction that waits; whoever asked for it withdraws it.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        user_id: who decides.
        now: the moment.

    Raises:
        DocumentNotFound: the provider has no such document.
        NoCorrectionWaits: somebody decided before.

    Idempotency: a correction is decided once.
    """
    row = _waiting(locked_document(provider_id, document_id))
    is_own = row.requested_by == user_id
    row.state = CorrectionState.WITHDRAWN if is_own else CorrectionState.DECLINED
    row.decided_by, row.decided_at = user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])


@transaction.atomic
def take_write_off_back(*, provider_id: int, document_id: int, user_id: int, now: datetime) -> None:
    """Owe again what was written off.

    Args:
        provider_id: whose; its scope is open.
        document_id: the invoice's number of row.
        user_id: who decides.
        now: the moment of posting.

    Raises:
        DocumentNotFound: the provider has no such document.
        NotWrittenOff: it is not written off, or not any more.

    Idempotency: a write-off is taken back once.
    """
    invoice = _locked(provider_id, document_id)
    if invoice.state != DocumentState.WRITTEN_OFF:
        raise NotWrittenOff
    owe_again(invoice, now, user_id=user_id)


def _locked(provider_id: int, document_id: int) -> Document:
    """Lock an invoice after its client's wallets, as whoever settles one by money does (decision 52)."""
    owners = Document.objects.filter(provider_id=provider_id, pk=document_id)
    wallets = wallets_of(provider_id, list(owners.values_list("tenant_id", flat=True)))
    lock_wallets(provider_id=provider_id, wallet_ids=[wallet.id for wallet in wallets])
    return locked_document(provider_id, document_id)


def _waiting(invoice: Document) -> Correction:
    rows = Correction.objects.filter(
        provider_id=invoice.provider_id,
        document_id=invoice.pk,
        state=CorrectionState.WAITING,
    )
    row = rows.first()
    if row is None:
        raise NoCorrectionWaits
    return row


def _nets(row: Correction) -> dict[int, int] | None:
    return None if row.nets is None else {int(at): net for at, net in row.nets.items()}


def _asked(row: Correction) -> tuple[object, ...]:
    return row.kind, row.amount_minor, row.currency, row.nets


def _check(row: Correction, invoice: Document) -> NoteFigures:
    """Return what a correction takes off its locked invoice, if that is what the person was shown."""
    figures = figures_of(invoice, row.kind, _nets(row))
    if (figures.total, invoice.currency) != (row.amount_minor, row.currency):
        raise CorrectionChanged
    if row.lowered_minor not in (None, figures.lowered):
        raise CorrectionChanged
    return figures


def _make(row: Correction, invoice: Document, now: datetime) -> None:
    row.state, row.decided_at = CorrectionState.MADE, now
    if row.kind == CorrectionKind.WRITE_OFF:
        row.posting_id = give_up(invoice, key=row.key, reason=row.reason, now=now)
        return
    figures = figures_of(invoice, row.kind, _nets(row))
    # The money first: the ledger's wallet is locked before the counter of numbers.
    row.posting_id = post_credit(invoice, figures, key=row.key, reason=row.reason, now=now)
    row.note_id = credit_invoice(
        provider_id=invoice.provider_id,
        document_id=invoice.pk,
        reason=row.reason,
        key=f"by-hand/{row.posting_id}",
        now=now,
        nets=_nets(row),
        posting_id=row.posting_id,
    )
    if figures.back:
        settle_document(
            provider_id=invoice.provider_id,
            document_id=row.note_id,
            amount=Money(figures.back, row.currency),
            key=f"posting/{row.posting_id}",
            posting_id=row.posting_id,
            now=now,
        )
