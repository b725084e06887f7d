"""Tax collected per month, region and rate, from what issued documents have frozen. Called by the report's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_dicts
from invoicing.enums import DocumentKind, DocumentState

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

# A credit note takes back what its invoice said; receipts and proformas bear no tax of their own.
# By day first: few rows are left for months, which are words. A document counts once for a tax that it bears twice.
_COLLECTED: Final = """
SELECT to_char(day, 'YYYY-MM') AS month, currency, region, name, category, rate,
       sum(documents)::int AS documents, sum(base)::bigint AS base, sum(tax)::bigint AS tax
  FROM (SELECT d.issued_on AS day, d.currency, t.region, t.name, t.category, t.rate,
               count(*) FILTER (WHERE t.position = 1 OR NOT EXISTS (
                   SELECT 1 FROM invoicing_document_tax o
                    WHERE o.provider_id = t.provider_id AND o.document_id = t.document_id AND o.position < t.position
                      AND (o.region, o.name, o.category, o.rate) = (t.region, t.name, t.category, t.rate)))
               AS documents,
               sum(CASE WHEN d.kind = %(credit_note)s THEN -t.base_minor ELSE t.base_minor END) AS base,
               sum(CASE WHEN d.kind = %(credit_note)s THEN -t.tax_minor ELSE t.tax_minor END) AS tax
          FROM invoicing_document d
          JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
         WHERE d.provider_id = %(provider)s AND d.state <> %(draft)s AND d.kind IN (%(invoice)s, %(credit_note)s)
           AND d.issued_on >= %(since)s AND d.issued_on < %(until)s
         GROUP BY 1, 2, 3, 4, 5, 6) by_day
 GROUP BY 1, 2, 3, 4, 5, 6
 ORDER BY 1 DESC, 2, 3, 4, 6 DESC, 5
"""


@dataclass(frozen=True, slots=True)
class CollectedTax:
    """What one tax came to in a month, invoices less credit notes.

    Attributes:
        month: `YYYY-MM`, by the provider's day of issue.
        region: whose tax it is, "" where none is due.
        category: of EN 16931.
        rate: percent.
        documents: how many bear it.
    """

    month: str
    region: str
    name: str
    category: str
    rate: Decimal
    documents: int
    base: Money
    tax: Money


def collected_taxes(provider_id: int, *, since: date, until: date) -> list[CollectedTax]:
    """Return what was collected, the newest month first, by one query.

    Args:
        provider_id: whose; its scope is open.
        since: the first day of issue.
        until: the day after the last.
    """
    values = {
        "provider": provider_id,
        "since": since,
        "until": until,
        "draft": DocumentState.DRAFT,
        "invoice": DocumentKind.INVOICE,
        "credit_note": DocumentKind.CREDIT_NOTE,
    }
    return [
        CollectedTax(
            month=row["month"],
            region=row["region"],
            name=row["name"],
            category=row["category"],
            rate=row["rate"],
            documents=row["documents"],
            base=Money(row["base"], row["currency"]),
            tax=Money(row["tax"], row["currency"]),
        )
        for row in fetch_dicts(_COLLECTED, values)
    ]
