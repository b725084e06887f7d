-- How a meter counts is part of what was charged by it: its words may change, its rules never.
CREATE FUNCTION usage_keep_meter_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    words text[] := ARRAY['name', 'description', 'unit_name', 'unit_one', 'archived_at'];
BEGIN
    IF (to_jsonb(OLD) - words) IS DISTINCT FROM (to_jsonb(NEW) - words) THEN
        RAISE EXCEPTION 'the rules of meter % do not change', OLD.code USING ERRCODE = '55000';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_meter_keep_rules BEFORE UPDATE ON usage_meter
    FOR EACH ROW EXECUTE FUNCTION usage_keep_meter_rules();
