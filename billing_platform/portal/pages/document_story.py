"""What a document has to do with payments and other documents, and what happened to it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_day
from invoicing.enums import DocumentKind, DocumentState, MailState, Status
from invoicing.selectors.relations import lifetime_of, related_documents

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from billing_platform.kernel.money import Money
    from billing_platform.portal.pages.document_mails import DocumentMails
    from invoicing.selectors.relations import Lifetime, SettlementView
    from invoicing.types import DocumentView, WholeDocument

# The public id of a payment at a gateway begins so; that of a bank's credit does not.
_PAYMENT: Final = "pay_"
_ENDED: Final = (DocumentState.CANCELLED, DocumentState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    """Another document; `words` says what it is to this one."""

    words: str
    number: str
    url: str
    pill: str
    total: Money


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One thing that happened to a document; `url` leads to what it tells of, or is ""."""

    at: datetime
    icon: str
    title: str
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DocumentStory:
    """What stands around a document.

    Attributes:
        payments: addresses of the payments that it is for, or that settled it.
        corrected: of a credit note, where its invoice is, or "".
        since: when its state began; `why` is what of it is open, or "".
        zone: in which moments are shown.
    """

    payments: Sequence[str]
    related: Sequence[RelatedDocument]
    corrected: str
    steps: Sequence[StoryStep]
    since: datetime
    why: str
    zone: str


def document_story(
    provider_id: int,
    whole: WholeDocument,
    mails: DocumentMails | None,
    *,
    portal: str,
    zone: str,
    today: date,
    shown: Collection[str] = frozenset(),
) -> DocumentStory:
    """Return what stands around a document, by five queries at most.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        whole: the document.
        mails: of it, for the provider's people.
        portal: `billing` or `provider`, whose pages are linked.
        zone: in which moments are shown.
        today: the provider's day.
        shown: public ids of documents that the page shows elsewhere.
    """
    head = whole.head
    life = lifetime_of(head, provider_id)
    settling = [each.payment for each in life.settlements if each.payment]
    found = related_documents(provider_id, head, settling, today=today)
    urls = {row.id: reverse(f"{portal}-document", args=[row.public_id]) for row in found}
    sources = [row.source_id for row in (head, *found)]
    named = dict.fromkeys(one for one in (*sources, *settling) if one.startswith(_PAYMENT))
    steps = [
        *_own_steps(head, life, is_staff=portal == "provider"),
        *(_settled(each, portal) for each in life.settlements),
        *(_credited(row, urls[row.id]) for row in found if row.corrects_id == head.id),
        *_mailed(mails),
    ]
    return DocumentStory(
        payments=[reverse(f"{portal}-payment", args=[one]) for one in named],
        related=[
            RelatedDocument(
                words=_relation(head, row),
                number=row.number,
                url=urls[row.id],
                pill=f"document_{row.status}",
                total=row.total,
            )
            for row in found
            if row.public_id not in shown
        ],
        corrected=urls.get(head.corrects_id or 0, ""),
        steps=sorted(steps, key=lambda step: step.at),
        since=_since(head, life, zone),
        why=_open(head),
        zone=zone,
    )


def _since(head: DocumentView, life: Lifetime, zone: str) -> datetime:
    """Return when its state began: what is late is so from the end of its day on."""
    if head.status != Status.OVERDUE or head.due_on is None:
        return life.state_at
    return datetime.combine(head.due_on + timedelta(days=1), time.min, ZoneInfo(zone))


def _open(head: DocumentView) -> str:
    """Return what is open of a document, and from when on it is late."""
    if not head.due or head.status in {DocumentState.DRAFT, *_ENDED}:
        return ""
    if head.due_on is None:
        return _("%(due)s is open") % {"due": head.due}
    due_on = format_day(head.due_on, get_language() or "en")
    return _("%(due)s is open, due on %(day)s") % {"due": head.due, "day": due_on}


def _relation(head: DocumentView, row: DocumentView) -> str:
    if row.corrects_id == head.id:
        return _("Credit note to this invoice")
    if row.id == head.corrects_id:
        return _("Invoice that this corrects")
    if row.source_id == head.public_id:
        return _("Issued again after this")
    if head.source_id == row.public_id:
        return _("Credit note before this")
    return str(DocumentKind(row.kind).label)


def _own_steps(head: DocumentView, life: Lifetime, *, is_staff: bool) -> list[StoryStep]:
    steps = [StoryStep(life.created_at, "plus", _("Drafted"))] if is_staff else []
    if head.issued_at is not None:
        steps.append(StoryStep(head.issued_at, "file-invoice", _("Issued"), head.number))
        if head.credit_used:
            words = _("Paid from the balance: %s") % head.credit_used
            steps.append(StoryStep(head.issued_at, "wallet", words))
    if head.status in _ENDED:
        title = str(DocumentState(head.status).label)
        steps.append(StoryStep(life.state_at, "ban", title))
    return steps


def _settled(each: SettlementView, portal: str) -> StoryStep:
    is_taken = each.amount.amount_minor < 0
    title = _("Taken back: %s") % -each.amount if is_taken else _("Settled: %s") % each.amount
    is_known = each.payment.startswith(_PAYMENT)
    return StoryStep(
        each.at,
        "arrow-left" if is_taken else "coins",
        title,
        _("posting %s") % each.posting_id if each.posting_id else "",
        reverse(f"{portal}-payment", args=[each.payment]) if is_known else "",
    )


def _credited(row: DocumentView, url: str) -> StoryStep:
    title = _("Credit note %s") % row.number
    # Only what is issued is found.
    at = row.issued_at
    assert at is not None  # noqa: S101
    return StoryStep(at, "receipt-2", title, str(row.total), url)


def _mailed(mails: DocumentMails | None) -> list[StoryStep]:
    if mails is None:
        return []
    return [
        StoryStep(
            line.mail.at,
            "mail",
            _("E-mail to %s") % line.mail.address,
            str(MailState(line.mail.state).label),
        )
        for line in mails.lines
    ]
