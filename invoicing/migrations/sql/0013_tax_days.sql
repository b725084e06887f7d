-- A document's taxes are added to its day when it is issued. The counter of its kind's numbers is locked by then, so
-- whoever waits for a day waits for that first.
CREATE FUNCTION invoicing_add_tax_day() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO invoicing_tax_day AS k (provider_id, day, kind, currency, region, name, category, rate, buyer_country,
                                        supplied_year, documents, base_minor, tax_minor)
    SELECT NEW.provider_id, NEW.issued_on, NEW.kind, NEW.currency, t.region, t.name, t.category, t.rate,
           coalesce(NEW.content #>> '{buyer,country}', ''),
           extract(year FROM coalesce((SELECT o.supplied_on FROM invoicing_document o
                                        WHERE o.provider_id = NEW.provider_id AND o.id = NEW.corrects_id), NEW.supplied_on)),
           1, sum(t.base_minor), sum(t.tax_minor)
      FROM invoicing_document_tax t
     WHERE t.provider_id = NEW.provider_id AND t.document_id = NEW.id
     GROUP BY t.region, t.name, t.category, t.rate ORDER BY t.region, t.name, t.category, t.rate
    ON CONFLICT (provider_id, day, kind, currency, region, name, category, rate, buyer_country, supplied_year) DO UPDATE
       SET documents = k.documents + 1, base_minor = k.base_minor + EXCLUDED.base_minor,
           tax_minor = k.tax_minor + EXCLUDED.tax_minor;
    RETURN NULL;
END $$;
CREATE TRIGGER invoicing_document_tax_added AFTER UPDATE ON invoicing_document FOR EACH ROW
    WHEN (OLD.state = 'draft' AND NEW.state <> 'draft' AND NEW.kind IN ('invoice', 'credit_note'))
    EXECUTE FUNCTION invoicing_add_tax_day();
INSERT INTO invoicing_tax_day (provider_id, day, kind, currency, region, name, category, rate, buyer_country,
                               supplied_year, documents, base_minor, tax_minor)
SELECT d.provider_id, d.issued_on, d.kind, d.currency, t.region, t.name, t.category, t.rate,
       coalesce(d.content #>> '{buyer,country}', ''), extract(year FROM coalesce(o.supplied_on, d.supplied_on)),
       count(DISTINCT d.id), sum(t.base_minor), sum(t.tax_minor)
  FROM invoicing_document d
  JOIN invoicing_document_tax t ON t.provider_id = d.provider_id AND t.document_id = d.id
  LEFT JOIN invoicing_document o ON o.provider_id = d.provider_id AND o.id = d.corrects_id
 WHERE d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note')
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
