"""Tax collected per month, region and rate, from the sums of issued documents by day. Called by the report's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_dicts
from invoicing.enums import DocumentKind

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

# A credit note takes back what its invoice said; receipts and proformas bear no tax of their own.
_COLLECTED: Final = """
SELECT to_char(day, 'YYYY-MM') AS month, currency, region, name, category, rate, sum(documents)::int AS documents,
       sum(CASE WHEN kind = %(credit_note)s THEN -base_minor ELSE base_minor END)::bigint AS base,
       sum(CASE WHEN kind = %(credit_note)s THEN -tax_minor ELSE tax_minor END)::bigint AS tax
  FROM invoicing_tax_day
 WHERE provider_id = %(provider)s AND day >= %(since)s AND day < %(until)s
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
