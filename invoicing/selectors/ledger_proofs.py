"""Documents held against what ledger and payments say: tax, what notes took back, and money without a document."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from accounts.enums import PostingKind
from accounts.selectors.taxes import effects_of
from billing_platform.kernel.rows import fetch_all
from invoicing.enums import DocumentKind, SourceType
from invoicing.models import Document
from payments.selectors.settled import gone_back, settled_payments, standing_transfers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.selectors.taxes import PostingEffect

BATCH: Final = 500
# Postings that move nothing but what their notes say; a payment brings a bonus or a discount beside its invoice.
_WHOLE: Final = (PostingKind.REFUND, PostingKind.BANK_RETURN, PostingKind.CREDIT_NOTE)
_POSTED: Final = """
SELECT posting_id, max(number),
       sum(CASE WHEN kind = 'credit_note' THEN -tax_minor ELSE tax_minor END)::bigint, sum(total_minor)::bigint
  FROM invoicing_document
 WHERE provider_id = %(provider)s AND posting_id > %(after)s AND state <> 'draft'
   AND kind IN ('invoice', 'credit_note')
 GROUP BY 1 ORDER BY 1 LIMIT %(limit)s
"""


def posting_faults(provider_id: int) -> Iterator[tuple[str, str, str]]:
    """Yield check, number and words of documents whose tax, or whose total, is not their posting's.

    Several notes may share one posting, so each posting is compared with all of them. Money in all is compared for
    refunds, returns and credit notes by hand.

    Args:
        provider_id: whose; its scope is open.
    """
    after = 0
    while True:
        values = {"provider": provider_id, "after": after, "limit": BATCH}
        rows = fetch_all(_POSTED, values)
        if not rows:
            return
        effects = effects_of(provider_id, [row[0] for row in rows])
        for posting_id, number, tax, total in rows:
            effect = effects.get(posting_id)
            if effect is None:
                yield "posting", number, "the ledger has no such posting"
            elif effect.tax != tax:
                yield "tax", number, f"tax of {tax}, the ledger's tax payable has {effect.tax}"
            elif effect.kind in _WHOLE and _taken(effect) != total:
                yield "note", number, f"takes back {total}, the ledger {_taken(effect)}"
        after = rows[-1][0]


def _taken(effect: PostingEffect) -> int:
    """Return what a posting took back; shares of revenue may go either way by a unit of rounding."""
    return effect.given if effect.kind == PostingKind.CREDIT_NOTE else effect.moved


def undocumented(provider_id: int) -> Iterator[tuple[str, str, str]]:
    """Yield check, public id and words of credited payments and transfers without any document, not even a draft.

    One that went back whole needs none: a draft of it that could not be issued has ended.

    Args:
        provider_id: whose; its scope is open.
    """
    for names in chain(_payments(provider_id), _transfers(provider_id)):
        rows = Document.objects.filter(
            provider_id=provider_id,
            kind__in=(DocumentKind.INVOICE, DocumentKind.RECEIPT),
            source_type=SourceType.PAYMENT,
            source_id__in=names,
        )
        there = set(rows.values_list("source_id", flat=True))
        missing = [name for name in names if name not in there]
        over = gone_back(provider_id, missing) if missing else set()
        for name in missing:
            if name not in over:
                yield "undocumented", name, "is credited, and has no document"


def _payments(provider_id: int) -> Iterator[list[str]]:
    after = 0
    while batch := settled_payments(provider_id, after=after, limit=BATCH):
        yield [row.public_id for row in batch]
        after = batch[-1].id


def _transfers(provider_id: int) -> Iterator[list[str]]:
    after = 0
    while batch := standing_transfers(provider_id, after=after, limit=BATCH):
        yield [name for _row, name in batch]
        after = batch[-1][0]
