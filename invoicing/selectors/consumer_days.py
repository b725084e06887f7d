"""The sums of what was sold by day of supply, and how they are held against documents. Called by the proofs."""

from __future__ import annotations

from typing import Final

_KEY: Final = (
    "day, origin_quarter, kind, currency, region, rate, is_taxed, seller_number, buyer_country"
)
_SUMS: Final = "documents, base_minor, tax_minor"
# Of a correction, the sale at the end of the way up: a credit note names its invoice, and the invoice of a refund that
# came back the note that it undoes.
_ADDED_UP: Final = """
WITH RECURSIVE above AS (
    SELECT d.provider_id, d.id, d.kind, d.supplied_on, d.corrects_id, d.source_type, d.source_id, 0 AS step
      FROM invoicing_document d
     WHERE d.state <> 'draft' AND (d.kind = 'credit_note' OR d.kind = 'invoice' AND d.source_type = 'document') {mine}
    UNION ALL
    SELECT a.provider_id, a.id, o.kind, o.supplied_on, o.corrects_id, o.source_type, o.source_id, a.step + 1
      FROM above a
      JOIN invoicing_document o ON o.provider_id = a.provider_id AND o.id = coalesce(a.corrects_id,
           (SELECT n.id FROM invoicing_document n
             WHERE n.provider_id = a.provider_id AND n.public_id = a.source_id AND n.kind = 'credit_note'
               AND a.kind = 'invoice' AND a.source_type = 'document'))
), origin AS (SELECT DISTINCT ON (id) id, supplied_on FROM above ORDER BY id, step DESC)
SELECT d.provider_id, d.supplied_on AS day,
       date_trunc('quarter', coalesce(o.supplied_on, d.supplied_on))::date AS origin_quarter, d.kind, d.currency,
       t.region, t.rate, t.category IN ('S', 'Z') AS is_taxed,
       coalesce(d.content #>> '{{tax,seller_number}}', '') AS seller_number,
       coalesce(d.content #>> '{{buyer,country}}', '') AS buyer_country,
       count(DISTINCT d.id) AS documents, sum(t.base_minor)::bigint AS base_minor, sum(t.tax_minor)::bigint AS tax_minor
  FROM invoicing_document d
  JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
  LEFT JOIN origin o ON o.id = d.id
 WHERE d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note') AND t.category NOT IN ('AE', 'O') {mine}
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"""
# What a trigger adds up when a document is issued: for those that were written with triggers off.
ADD_CONSUMER_DAYS: Final = (
    f"INSERT INTO invoicing_consumer_day (provider_id, {_KEY}, {_SUMS}) {_ADDED_UP.format(mine='')}"
)
# What stands on documents, and what the day's sums say of it; a day that lacks either is told as well.
CONSUMER_DAYS_DIFFER: Final = f"""
SELECT day::text, kind || ' ' || rate || ' %% ' || region || ' ' || currency || ' ' || seller_number || ' '
       || buyer_country || ' ' || origin_quarter || ': '
       || coalesce(d.documents, 0) || ' documents of ' || coalesce(d.base_minor, 0) || ' and tax of '
       || coalesce(d.tax_minor, 0) || ', the day''s sums say ' || coalesce(k.documents, 0) || ', '
       || coalesce(k.base_minor, 0) || ' and ' || coalesce(k.tax_minor, 0)
  FROM ({_ADDED_UP.format(mine="AND d.provider_id = %(p)s")}) d
  FULL JOIN (SELECT {_KEY}, {_SUMS} FROM invoicing_consumer_day WHERE provider_id = %(p)s) k USING ({_KEY})
 WHERE (d.documents, d.base_minor, d.tax_minor) IS DISTINCT FROM (k.documents, k.base_minor, k.tax_minor)
 ORDER BY 1, 2
"""
