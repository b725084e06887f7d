"""Services to consumers of other member states: what counts for the threshold, and what the OSS return asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from invoicing.enums import DocumentKind, DocumentState, SourceType
from tax.enums import TaxCode

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from decimal import Decimal

_ISSUED: Final = """
       d.provider_id = %(provider)s AND d.state <> %(draft)s AND d.kind IN (%(invoice)s, %(credit_note)s)
   AND d.supplied_on >= %(since)s AND d.supplied_on < %(until)s
"""
# Whoever owes no tax for it, or lives outside the territory, is no such consumer. From the sums by day: documents keep
# the country among other words, which no index finds under row-level security (decision 12).
_BY_YEAR: Final = """
SELECT supplied_year, currency, sum(CASE WHEN kind = %(credit_note)s THEN -base_minor ELSE base_minor END)::bigint
  FROM invoicing_tax_day
 WHERE provider_id = %(provider)s AND supplied_year = ANY(%(years)s)
   AND category <> ALL(%(others)s) AND buyer_country = ANY(%(places)s)
 GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
# A correction of an earlier quarter is told apart: the return names the quarter that it corrects. The invoice of a
# refund that came back is one, too: it undoes a credit note, and sells nothing; and so is what corrects it again.
_BY_STATE: Final = f"""
WITH RECURSIVE sold AS (
    SELECT d.id, d.kind, d.supplied_on, d.currency, d.corrects_id, d.source_type, d.source_id,
           t.region, t.rate, t.base_minor, t.tax_minor
      FROM invoicing_document d
      JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
     WHERE {_ISSUED}
       AND t.category = ANY(%(taxed)s) AND t.region = ANY(%(places)s)
       AND d.content -> 'tax' ->> 'seller_number' = ANY(%(numbers)s)
), above AS (
    SELECT d.id, d.kind, d.supplied_on, d.corrects_id, d.source_type, d.source_id FROM sold d
     WHERE d.corrects_id IS NOT NULL OR d.source_type = %(document)s
    UNION ALL
    SELECT a.id, o.kind, o.supplied_on, o.corrects_id, o.source_type, o.source_id FROM above a
      JOIN invoicing_document o ON o.provider_id = %(provider)s AND o.id = coalesce(a.corrects_id,
           (SELECT n.id FROM invoicing_document n
             WHERE n.provider_id = %(provider)s AND n.public_id = a.source_id AND n.kind = %(credit_note)s
               AND a.kind = %(invoice)s AND a.source_type = %(document)s))
), origin AS (SELECT id, min(supplied_on) AS supplied_on FROM above GROUP BY id)
SELECT to_char(d.supplied_on, 'YYYY"-Q"Q') AS quarter, d.region AS state, d.rate, d.currency,
       CASE WHEN date_trunc('quarter', o.supplied_on) < date_trunc('quarter', d.supplied_on)
            THEN to_char(o.supplied_on, 'YYYY"-Q"Q') ELSE '' END AS corrects,
       count(DISTINCT d.id)::int AS documents,
       sum(CASE WHEN d.kind = %(credit_note)s THEN -d.base_minor ELSE d.base_minor END)::bigint AS base,
       sum(CASE WHEN d.kind = %(credit_note)s THEN -d.tax_minor ELSE d.tax_minor END)::bigint AS tax
  FROM sold d
  LEFT JOIN origin o ON o.id = d.id
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1 DESC, 2, 3 DESC, 4, 5
"""
_TAXED: Final = (TaxCode.STANDARD, TaxCode.ZERO)
_OTHERS: Final = (TaxCode.REVERSE_CHARGE, TaxCode.OUTSIDE)


@dataclass(frozen=True, slots=True)
class OssLine:
    """What consumers of one member state bought in a quarter at one rate, invoices less credit notes.

    Attributes:
        quarter: `YYYY-Qn`, of the day on which the tax fell due; of a credit note its own.
        state: ISO 3166.
        rate: percent.
        corrects: the earlier quarter that credit notes of this one, or returns of their refunds, correct; or "".
        documents: how many say so.
        base, tax: in the currency of the documents, nothing is converted.
    """

    quarter: str
    state: str
    rate: Decimal
    corrects: str
    documents: int
    base: Money
    tax: Money


def sold_by_year(
    provider_id: int, *, places: Collection[str], years: Collection[int]
) -> list[tuple[int, Money]]:
    """Return what consumers elsewhere bought, net of tax, per calendar year and currency, by one query.

    Args:
        provider_id: whose; its scope is open.
        places: countries of buyers that count, ISO 3166.
        years: of supply; a credit note counts in that of what it corrects.

    Source: Directive 2006/112/EC, Art. 59c (1).
    """
    values = {
        "provider": provider_id,
        "places": list(places),
        "years": list(years),
        "others": list(_OTHERS),
        "credit_note": DocumentKind.CREDIT_NOTE,
    }
    return [(year, Money(base, currency)) for year, currency, base in fetch_all(_BY_YEAR, values)]


def oss_lines(
    provider_id: int,
    *,
    places: Collection[str],
    numbers: Collection[str],
    since: date,
    until: date,
) -> list[OssLine]:
    """Return what was taxed in other member states under numbers of the One Stop Shop, the newest quarter first.

    By one query.

    Args:
        provider_id: whose; its scope is open.
        places: the other member states, ISO 3166.
        numbers: of the provider's registrations for it.
        since: the first day on which tax fell due.
        until: the day after the last.

    Source: Directive 2006/112/EC, Art. 369f, 369g (1), (2) and (4).
    """
    values = _values(provider_id, places, since, until)
    values |= {"numbers": list(numbers), "taxed": list(_TAXED)}
    return [
        OssLine(
            quarter=row["quarter"],
            state=row["state"],
            rate=row["rate"],
            corrects=row["corrects"],
            documents=row["documents"],
            base=Money(row["base"], row["currency"]),
            tax=Money(row["tax"], row["currency"]),
        )
        for row in fetch_dicts(_BY_STATE, values)
    ]


def _values(
    provider_id: int, places: Collection[str], since: date, until: date
) -> dict[str, object]:
    return {
        "provider": provider_id,
        "places": list(places),
        "since": since,
        "until": until,
        "draft": DocumentState.DRAFT,
        "invoice": DocumentKind.INVOICE,
        "credit_note": DocumentKind.CREDIT_NOTE,
        "document": SourceType.DOCUMENT,
    }
