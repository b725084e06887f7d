-- What was asked for stands; it is decided once.
CREATE FUNCTION payments_guard_bank_match_request() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['state', 'decided_by', 'decided_at'];
BEGIN
    IF OLD.state <> 'waiting' OR (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'bank match request % is what was asked for, and is decided once', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_match_request_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bank_match_request_guarded BEFORE UPDATE ON payments_bank_match_request
    FOR EACH ROW EXECUTE FUNCTION payments_guard_bank_match_request();
