"""The sums of taxes by day held against the documents that they are of. Called by the proofs of documents."""

from __future__ import annotations

from typing import Final

# What stands on documents, and what the day's sums say of it; a day that lacks either is told as well.
DAYS_DIFFER: Final = """
SELECT day::text, kind || ' ' || name || ' ' || rate || ' %% ' || region || ' ' || currency || ' '
       || buyer_country || ' ' || supplied_year || ': '
       || coalesce(d.documents, 0) || ' documents of ' || coalesce(d.base_minor, 0) || ' and tax of '
       || coalesce(d.tax_minor, 0) || ', the day''s sums say ' || coalesce(k.documents, 0) || ', '
       || coalesce(k.base_minor, 0) || ' and ' || coalesce(k.tax_minor, 0)
  FROM (SELECT d.issued_on AS day, d.kind, d.currency, t.region, t.name, t.category, t.rate,
               coalesce(d.content #>> '{buyer,country}', '') AS buyer_country,
               extract(year FROM coalesce(o.supplied_on, d.supplied_on))::smallint AS supplied_year,
               count(DISTINCT d.id) AS documents, sum(t.base_minor)::bigint AS base_minor,
               sum(t.tax_minor)::bigint AS tax_minor
          FROM invoicing_document d
          JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
          LEFT JOIN invoicing_document o ON o.provider_id = d.provider_id AND o.id = d.corrects_id
         WHERE d.provider_id = %(p)s AND d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note')
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) d
  FULL JOIN (SELECT day, kind, currency, region, name, category, rate, buyer_country, supplied_year, documents,
                    base_minor, tax_minor
               FROM invoicing_tax_day WHERE provider_id = %(p)s) k
       USING (day, kind, currency, region, name, category, rate, buyer_country, supplied_year)
 WHERE (d.documents, d.base_minor, d.tax_minor) IS DISTINCT FROM (k.documents, k.base_minor, k.tax_minor)
 ORDER BY 1, 2
"""
