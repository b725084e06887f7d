-- What closed periods came to is added up as they close and are opened again: the lines of years are never read.
CREATE FUNCTION usage_close_revenue() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO usage_closed_revenue (provider_id, currency, meter_id, amount_minor)
    SELECT l.provider_id, x.currency, s.meter_id,
           sum(l.amount_minor) * CASE WHEN TG_OP = 'DELETE' THEN -1 ELSE 1 END
      FROM changed l
      JOIN usage_rate_segment s ON s.provider_id = l.provider_id AND s.id = l.segment_id AND s.meter_id IS NOT NULL
      JOIN usage_price x ON x.provider_id = l.provider_id AND x.id = l.price_id
      JOIN accounts_period p ON p.provider_id = l.provider_id AND p.id = l.period_id AND p.is_charged
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_period_line_closed AFTER INSERT ON usage_period_line
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION usage_close_revenue();
CREATE TRIGGER usage_period_line_opened AFTER DELETE ON usage_period_line
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION usage_close_revenue();
