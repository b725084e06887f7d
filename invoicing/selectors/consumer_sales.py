"""Services to consumers of other member states: what counts for the threshold, and what the OSS return asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from invoicing.enums import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

# From the sums by day of supply: a year of sales reads days instead of documents. Whoever owes the tax itself, or lives
# outside the territory, is no consumer and not in them.
_BY_YEAR: Final = """
SELECT extract(year FROM origin_quarter)::int, currency,
       sum(CASE WHEN kind = %(credit_note)s THEN -base_minor ELSE base_minor END)::bigint
  FROM invoicing_consumer_day
 WHERE provider_id = %(provider)s AND origin_quarter = ANY(%(quarters)s) AND buyer_country = ANY(%(places)s)
 GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
# A correction of an earlier quarter is told apart: the return names the quarter that it corrects. The invoice of a
# refund that came back is one, too: it undoes a credit note, and sells nothing; and so is what corrects it again.
_BY_STATE: Final = """
SELECT to_char(day, 'YYYY"-Q"Q') AS quarter, region AS state, rate, currency,
       CASE WHEN origin_quarter < date_trunc('quarter', day) THEN to_char(origin_quarter, 'YYYY"-Q"Q')
            ELSE '' END AS corrects,
       sum(documents)::int AS documents,
       sum(CASE WHEN kind = %(credit_note)s THEN -base_minor ELSE base_minor END)::bigint AS base,
       sum(CASE WHEN kind = %(credit_note)s THEN -tax_minor ELSE tax_minor END)::bigint AS tax
  FROM invoicing_consumer_day
 WHERE provider_id = %(provider)s AND day >= %(since)s AND day < %(until)s
   AND is_taxed AND region = ANY(%(places)s) AND seller_number = ANY(%(numbers)s)
 GROUP BY 1, 2, 3, 4, 5
 ORDER BY 1 DESC, 2, 3 DESC, 4, 5
"""


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
        years: of the sale; whatever corrects it, and undoes a correction, counts in the same.

    Source: Directive 2006/112/EC, Art. 59c (1).
    """
    values = {
        "provider": provider_id,
        "places": list(places),
        "quarters": [date(year, month, 1) for year in years for month in (1, 4, 7, 10)],
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
    values = {
        "provider": provider_id,
        "places": list(places),
        "numbers": list(numbers),
        "since": since,
        "until": until,
        "credit_note": DocumentKind.CREDIT_NOTE,
    }
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
