-- Every statement that writes hourly rows, whatever part it stands in, tells what it changed by meter and hour.
CREATE FUNCTION usage_hours_added() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO usage_hour_change (provider_id, meter_id, hour, quantity, events, tenants)
    SELECT provider_id, meter_id, hour, sum(quantity), sum(events), count(*)
      FROM added GROUP BY provider_id, meter_id, hour;
    RETURN NULL;
END $$;
CREATE FUNCTION usage_hours_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO usage_hour_change (provider_id, meter_id, hour, quantity, events, tenants)
    SELECT provider_id, meter_id, hour, sum(quantity), sum(events), sum(tenants)
      FROM (SELECT provider_id, meter_id, hour, quantity, events, 1 AS tenants FROM added
            UNION ALL
            SELECT provider_id, meter_id, hour, -quantity, -events, -1 FROM gone) c
     GROUP BY provider_id, meter_id, hour
    HAVING sum(quantity) <> 0 OR sum(events) <> 0 OR sum(tenants) <> 0;
    RETURN NULL;
END $$;
CREATE FUNCTION usage_hours_gone() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO usage_hour_change (provider_id, meter_id, hour, quantity, events, tenants)
    SELECT provider_id, meter_id, hour, -sum(quantity), -sum(events), -count(*)
      FROM gone GROUP BY provider_id, meter_id, hour;
    RETURN NULL;
END $$;
-- The triggers hold off writers until the rows that are there are counted, so that nothing is counted twice or never.
CREATE TRIGGER usage_hour_added AFTER INSERT ON usage_hour
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION usage_hours_added();
CREATE TRIGGER usage_hour_changed AFTER UPDATE ON usage_hour
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION usage_hours_changed();
CREATE TRIGGER usage_hour_gone AFTER DELETE ON usage_hour
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION usage_hours_gone();
INSERT INTO usage_hour_sum (provider_id, meter_id, hour, quantity, events, tenants)
SELECT provider_id, meter_id, hour, sum(quantity), sum(events), count(*)
  FROM usage_hour GROUP BY provider_id, meter_id, hour;
