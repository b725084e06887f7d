-- What was sold is added to its day of supply when its document is issued. The counter of its kind's numbers is locked by
-- then; where two years number the same day's supplies, each document takes its rows in one order.
CREATE FUNCTION invoicing_add_consumer_day() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    origin date := NEW.supplied_on;
BEGIN
    -- From a credit note to what it corrects, and from the invoice of a refund that came back to the note that it undoes.
    IF NEW.corrects_id IS NOT NULL OR NEW.source_type = 'document' THEN
        WITH RECURSIVE above AS (
            SELECT NEW.kind, NEW.supplied_on, NEW.corrects_id, NEW.source_type, NEW.source_id, 0 AS step
            UNION ALL
            SELECT o.kind, o.supplied_on, o.corrects_id, o.source_type, o.source_id, a.step + 1
              FROM above a
              JOIN invoicing_document o ON o.provider_id = NEW.provider_id AND o.id = coalesce(a.corrects_id,
                   (SELECT n.id FROM invoicing_document n
                     WHERE n.provider_id = NEW.provider_id AND n.public_id = a.source_id AND n.kind = 'credit_note'
                       AND a.kind = 'invoice' AND a.source_type = 'document'))
        ) SELECT a.supplied_on INTO origin FROM above a ORDER BY a.step DESC LIMIT 1;
    END IF;
    INSERT INTO invoicing_consumer_day AS k (provider_id, day, origin_quarter, kind, currency, region, rate, is_taxed,
                                             seller_number, buyer_country, documents, base_minor, tax_minor)
    SELECT NEW.provider_id, NEW.supplied_on, date_trunc('quarter', origin)::date, NEW.kind, NEW.currency, t.region,
           t.rate, t.category IN ('S', 'Z'), coalesce(NEW.content #>> '{tax,seller_number}', ''),
           coalesce(NEW.content #>> '{buyer,country}', ''), 1, sum(t.base_minor), sum(t.tax_minor)
      FROM invoicing_document_tax t
     WHERE t.provider_id = NEW.provider_id AND t.document_id = NEW.id AND t.category NOT IN ('AE', 'O')
     GROUP BY t.region, t.rate, t.category IN ('S', 'Z') ORDER BY t.region, t.rate, t.category IN ('S', 'Z')
    ON CONFLICT (provider_id, day, origin_quarter, kind, currency, region, rate, is_taxed, seller_number, buyer_country)
    DO UPDATE SET documents = k.documents + 1, base_minor = k.base_minor + EXCLUDED.base_minor,
                  tax_minor = k.tax_minor + EXCLUDED.tax_minor;
    RETURN NULL;
END $$;
CREATE TRIGGER invoicing_document_consumer_added AFTER UPDATE ON invoicing_document FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state <> 'draft' AND NEW.kind IN ('invoice', 'credit_note'))
    EXECUTE FUNCTION invoicing_add_consumer_day();
INSERT INTO invoicing_consumer_day (provider_id, day, origin_quarter, kind, currency, region, rate, is_taxed,
                                    seller_number, buyer_country, documents, base_minor, tax_minor)
WITH RECURSIVE above AS (
    SELECT d.provider_id, d.id, d.kind, d.supplied_on, d.corrects_id, d.source_type, d.source_id, 0 AS step
      FROM invoicing_document d
     WHERE d.state <> 'draft' AND (d.kind = 'credit_note' OR d.kind = 'invoice' AND d.source_type = 'document')
    UNION ALL
    SELECT a.provider_id, a.id, o.kind, o.supplied_on, o.corrects_id, o.source_type, o.source_id, a.step + 1
      FROM above a
      JOIN invoicing_document o ON o.provider_id = a.provider_id AND o.id = coalesce(a.corrects_id,
           (SELECT n.id FROM invoicing_document n
             WHERE n.provider_id = a.provider_id AND n.public_id = a.source_id AND n.kind = 'credit_note'
               AND a.kind = 'invoice' AND a.source_type = 'document'))
), origin AS (SELECT DISTINCT ON (id) id, supplied_on FROM above ORDER BY id, step DESC)
SELECT d.provider_id, d.supplied_on, date_trunc('quarter', coalesce(o.supplied_on, d.supplied_on))::date, d.kind,
       d.currency, t.region, t.rate, t.category IN ('S', 'Z'), coalesce(d.content #>> '{tax,seller_number}', ''),
       coalesce(d.content #>> '{buyer,country}', ''), count(DISTINCT d.id), sum(t.base_minor), sum(t.tax_minor)
  FROM invoicing_document d
  JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
  LEFT JOIN origin o ON o.id = d.id
 WHERE d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note') AND t.category NOT IN ('AE', 'O')
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
