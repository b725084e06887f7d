"""Recompute every document: numbers without gaps, sums, digests, settlements, ledger and payments behind them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from accounts.selectors.wallet_postings import brought_by
from billing_platform.kernel.rows import fetch_all
from invoicing.digests import document_digest
from invoicing.enums import DocumentState, SourceType
from invoicing.errors import FileDamaged
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.selectors.consumer_days import CONSUMER_DAYS_DIFFER
from invoicing.selectors.files import document_pdfs, read_file
from invoicing.selectors.ledger_proofs import posting_faults, undocumented
from invoicing.selectors.tax_days import DAYS_DIFFER

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH: Final = 500

# Every check yields document, fault; one statement each, so that a hundred thousand documents take seconds.
_SERIES: Final = """
SELECT d.series, 'numbers ' || coalesce(min(d.series_number), 0) || ' to ' || max(d.series_number) || ' in '
       || count(*) || ' documents, the counter says ' || coalesce(c.value::text, 'nothing')
  FROM invoicing_document d
  LEFT JOIN kernel_counter c ON c.provider_id = d.provider_id AND c.series = d.series
 WHERE d.provider_id = %(p)s AND d.state <> 'draft'
 GROUP BY d.series, c.value
HAVING min(d.series_number) <> 1 OR max(d.series_number) <> count(*) OR max(d.series_number) IS DISTINCT FROM c.value
"""
_COUNTERS: Final = """
SELECT c.series, 'the counter says ' || c.value || ', and there is no document'
  FROM kernel_counter c
 WHERE c.provider_id = %(p)s AND c.series LIKE 'document/%%'
   AND NOT EXISTS (SELECT FROM invoicing_document d WHERE d.provider_id = c.provider_id AND d.series = c.series)
"""
_SUMS: Final = """
SELECT d.number, 'lines of ' || coalesce(l.net, 0) || ' and tax of ' || coalesce(t.tax, 0) || ' stand beside '
       || d.subtotal_minor || ' and ' || d.tax_minor
  FROM invoicing_document d
  LEFT JOIN LATERAL (SELECT sum(net_minor) AS net FROM invoicing_document_line x
                      WHERE x.provider_id = d.provider_id AND x.document_id = d.id) l ON true
  LEFT JOIN LATERAL (SELECT sum(tax_minor) AS tax FROM invoicing_document_tax x
                      WHERE x.provider_id = d.provider_id AND x.document_id = d.id) t ON true
 WHERE d.provider_id = %(p)s AND d.state <> 'draft'
   AND (coalesce(l.net, 0) <> d.subtotal_minor OR coalesce(t.tax, 0) <> d.tax_minor)
"""
_SETTLED: Final = """
SELECT d.number, 'paid ' || d.paid_minor || ', settlements come to ' || coalesce(s.paid, 0)
  FROM invoicing_document d
  LEFT JOIN (SELECT document_id, sum(amount_minor) AS paid FROM invoicing_settlement
              WHERE provider_id = %(p)s GROUP BY 1) s ON s.document_id = d.id
 WHERE d.provider_id = %(p)s AND d.paid_minor <> coalesce(s.paid, 0)
"""
_CREDITED: Final = """
SELECT d.number, 'credited ' || d.credited_minor || ', its credit notes come to ' || coalesce(n.total, 0)
  FROM invoicing_document d
  LEFT JOIN (SELECT corrects_id, sum(total_minor) AS total FROM invoicing_document
              WHERE provider_id = %(p)s AND corrects_id IS NOT NULL AND state <> 'draft' GROUP BY 1) n
         ON n.corrects_id = d.id
 WHERE d.provider_id = %(p)s AND d.credited_minor <> coalesce(n.total, 0)
"""
_WRITTEN_OFF: Final = """
SELECT d.number, d.state || ', and write-offs of ' || coalesce(c.amount_minor, 0) || ' stand'
  FROM invoicing_document d
  LEFT JOIN invoicing_correction c ON c.provider_id = d.provider_id AND c.document_id = d.id
                                  AND c.kind = 'write_off' AND c.state = 'made'
 WHERE d.provider_id = %(p)s AND (d.state = 'written_off' OR c.id IS NOT NULL)
   AND (d.state <> 'written_off' OR c.amount_minor IS DISTINCT FROM
        d.total_minor - d.credit_used_minor - d.paid_minor - d.credited_minor)
"""
CHECKS: Final = {
    "series": _SERIES,
    "counter": _COUNTERS,
    "sums": _SUMS,
    "settlements": _SETTLED,
    "credit_notes": _CREDITED,
    "write_offs": _WRITTEN_OFF,
    "tax_days": DAYS_DIFFER,
    "consumer_days": CONSUMER_DAYS_DIFFER,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document or a series.

    Attributes:
        check: which check found it.
        about: the number or the series.
    """

    check: str
    about: str
    words: str

    def __str__(self) -> str:
        return f"{self.check}: {self.about}: {self.words}"


def document_faults(provider_id: int) -> Iterator[Fault]:
    """Yield everything that is wrong with a provider's documents.

    Args:
        provider_id: whose; its scope is open.
    """
    for check, sql in CHECKS.items():
        for about, words in fetch_all(sql, {"p": provider_id}):
            yield Fault(check, str(about), str(words))
    for found in chain(posting_faults(provider_id), undocumented(provider_id)):
        yield Fault(*found)
    yield from _contents(provider_id)


def count_documents(provider_id: int) -> int:
    """Return how many documents a provider has issued; its scope is open."""
    rows = Document.objects.filter(provider_id=provider_id)
    return rows.exclude(state=DocumentState.DRAFT).count()


def _contents(provider_id: int) -> Iterator[Fault]:
    """Read every document as it is printed, a batch at a time."""
    rows = Document.objects.filter(provider_id=provider_id).exclude(state=DocumentState.DRAFT)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield from _changed(provider_id, batch)
        yield from _unledgered(provider_id, batch)
        yield from _damaged(provider_id, batch)


def _changed(provider_id: int, batch: list[Document]) -> Iterator[Fault]:
    numbers = [row.pk for row in batch]
    mine = {"provider_id": provider_id, "document_id__in": numbers}
    lines: dict[int, list[DocumentLine]] = {number: [] for number in numbers}
    taxes: dict[int, list[DocumentTax]] = {number: [] for number in numbers}
    for line in DocumentLine.objects.filter(**mine).order_by("position"):
        lines[line.document_id].append(line)
    for tax in DocumentTax.objects.filter(**mine).order_by("position"):
        taxes[tax.document_id].append(tax)
    for row in batch:
        if document_digest(row, lines[row.pk], taxes[row.pk]) != row.digest:
            yield Fault("digest", row.number, "what is printed is not what was issued")


def _unledgered(provider_id: int, batch: list[Document]) -> Iterator[Fault]:
    """A payment's document prints, net of tax, what its posting brought the wallet."""
    paid = [row for row in batch if row.source_type == SourceType.PAYMENT and row.posting_id]
    brought = brought_by(provider_id, [row.posting_id for row in paid if row.posting_id])
    for row in paid:
        net, had = (
            row.total_minor - row.tax_minor,
            brought.get((row.posting_id or 0, row.tenant_id), 0),
        )
        if net != had:
            yield Fault("ledger", row.number, f"prints {net}, the ledger has {had}")


def _damaged(provider_id: int, batch: list[Document]) -> Iterator[Fault]:
    """A PDF is the one that was made, or there is none yet."""
    files = document_pdfs(provider_id, [row.pk for row in batch])
    for row in batch:
        if row.pk in files:
            try:
                read_file(files[row.pk], row.number)
            except FileDamaged:
                yield Fault(
                    "file", row.number, "the stored PDF is gone, or not the one that was made"
                )
