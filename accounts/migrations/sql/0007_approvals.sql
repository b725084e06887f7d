-- What was asked for stays as it was, and a decision is made once.
CREATE FUNCTION accounts_keep_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'approval % is % and cannot be changed', OLD.id, OLD.state USING ERRCODE = '55000';
    END IF;
    IF (to_jsonb(OLD) - ARRAY['state', 'decided_by', 'decided_at'])
       IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['state', 'decided_by', 'decided_at']) THEN
        RAISE EXCEPTION 'what approval % asks for cannot be changed', OLD.id USING ERRCODE = '55000';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_approval_keep BEFORE UPDATE ON accounts_approval
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_approval();
