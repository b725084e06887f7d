"""Services to businesses of other member states, by customer number and quarter. Called by the EC sales list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_dicts
from invoicing.enums import DocumentKind, DocumentState
from tax.enums import TaxCode

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

# The day on which the tax fell due decides: of the supply or payment on account, of a credit note its own.
_SOLD: Final = """
SELECT to_char(d.supplied_on, 'YYYY"-Q"Q') AS quarter, d.content -> 'tax' ->> 'customer_number' AS number, d.currency,
       count(DISTINCT d.id)::int AS documents,
       sum(CASE WHEN d.kind = %(credit_note)s THEN -t.base_minor ELSE t.base_minor END)::bigint AS base
  FROM invoicing_document d
  JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
 WHERE d.provider_id = %(provider)s AND d.state <> %(draft)s AND d.kind IN (%(invoice)s, %(credit_note)s)
   AND t.category = %(reverse)s AND left(d.content -> 'tax' ->> 'customer_number', 2) = ANY(%(members)s)
   AND d.supplied_on >= %(since)s AND d.supplied_on < %(until)s
 GROUP BY 1, 2, 3
 ORDER BY 1 DESC, 2, 3 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class SoldAbroad:
    """What one customer number bought under reverse charge in a quarter, invoices less credit notes.

    Attributes:
        quarter: `YYYY-Qn`.
        number: of the customer, with the letters of its state.
        documents: how many say so.
        base: net; in the currency of the documents, nothing is converted.
    """

    quarter: str
    number: str
    documents: int
    base: Money


def sold_abroad(
    provider_id: int,
    *,
    members: Collection[str],
    since: date,
    until: date,
    limit: int | None = None,
) -> list[SoldAbroad]:
    """Return what was sold under reverse charge, the newest quarter first, by one query.

    Args:
        provider_id: whose; its scope is open.
        members: the letters with which numbers of member states begin.
        since: the first day.
        until: the day after the last.
        limit: at most so many lines; None for all.

    Source: Directive 2006/112/EC Art. 262 (1) (c), 263 (1) and 264 (1) (e).
    """
    values = {
        "provider": provider_id,
        "since": since,
        "until": until,
        "draft": DocumentState.DRAFT,
        "invoice": DocumentKind.INVOICE,
        "credit_note": DocumentKind.CREDIT_NOTE,
        "reverse": TaxCode.REVERSE_CHARGE,
        "members": sorted(members),
        "limit": limit,
    }
    return [
        SoldAbroad(
            row["quarter"], row["number"], row["documents"], Money(row["base"], row["currency"])
        )
        for row in fetch_dicts(_SOLD, values)
    ]
