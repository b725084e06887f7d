"""The sums of taxes by day, and how they are held against the documents that they are of. Called by the proofs."""

from __future__ import annotations

from typing import Final

_KEY: Final = "day, kind, currency, region, name, category, rate, buyer_country, supplied_year"
_SUMS: Final = "documents, base_minor, tax_minor"
_ADDED_UP: Final = """
SELECT d.provider_id, d.issued_on AS day, d.kind, d.currency, t.region, t.name, t.category, t.rate,
       coalesce(d.content #>> '{buyer,country}', '') AS buyer_country,
       extract(year FROM coalesce(o.supplied_on, d.supplied_on))::smallint AS supplied_year,
       count(DISTINCT d.id) AS documents, sum(t.base_minor)::bigint AS base_minor, sum(t.tax_minor)::bigint AS tax_minor
  FROM invoicing_document d
  JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
  LEFT JOIN invoicing_document o ON o.provider_id = d.provider_id AND o.id = d.corrects_id
 WHERE d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note')"""
# What a trigger adds up when a document is issued: for those that were written with triggers off.
ADD_TAX_DAYS: Final = f"""
INSERT INTO invoicing_tax_day (provider_id, {_KEY}, {_SUMS}) {_ADDED_UP}
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
# What stands on documents, and what the day's sums say of it; a day that lacks either is told as well.
DAYS_DIFFER: Final = f"""
SELECT day::text, kind || ' ' || name || ' ' || rate || ' %% ' || region || ' ' || currency || ' '
       || buyer_country || ' ' || supplied_year || ': '
       || coalesce(d.documents, 0) || ' documents of ' || coalesce(d.base_minor, 0) || ' and tax of '
       || coalesce(d.tax_minor, 0) || ', the day''s sums say ' || coalesce(k.documents, 0) || ', '
       || coalesce(k.base_minor, 0) || ' and ' || coalesce(k.tax_minor, 0)
  FROM ({_ADDED_UP} AND d.provider_id = %(p)s
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) d
  FULL JOIN (SELECT {_KEY}, {_SUMS} FROM invoicing_tax_day WHERE provider_id = %(p)s) k USING ({_KEY})
 WHERE (d.documents, d.base_minor, d.tax_minor) IS DISTINCT FROM (k.documents, k.base_minor, k.tax_minor)
 ORDER BY 1, 2
"""
