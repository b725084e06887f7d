-- What the bank wrote stands; where a line stands moves by one table only.
CREATE FUNCTION payments_guard_bank_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['state', 'state_at', 'reason', 'note', 'decided_by'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'new' THEN
            RAISE EXCEPTION 'bank line % begins as new', NEW.public_id
                USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_line_transition';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'bank line % stays as the bank wrote it', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_line_kept';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('new', 'open'), ('new', 'matched'), ('new', 'returned'), ('new', 'outgoing'),
        ('open', 'matched'), ('open', 'returned'), ('open', 'aside'),
        ('matched', 'open'), ('aside', 'open'), ('outgoing', 'returned')) THEN
        RAISE EXCEPTION 'bank line % cannot go from % to %', OLD.public_id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_line_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bank_line_guarded BEFORE INSERT OR UPDATE ON payments_bank_line
    FOR EACH ROW EXECUTE FUNCTION payments_guard_bank_line();

-- A credited transfer keeps what it was credited for, and ends once.
CREATE FUNCTION payments_guard_bank_credit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    ending CONSTANT text[] := ARRAY['end', 'end_posting_id', 'end_line_id', 'ended_by', 'end_reason', 'ended_at'];
BEGIN
    IF OLD."end" <> '' OR (to_jsonb(OLD) - ending) IS DISTINCT FROM (to_jsonb(NEW) - ending) THEN
        RAISE EXCEPTION 'bank credit % keeps what it was credited for, and how it ended', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_credit_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bank_credit_guarded BEFORE UPDATE ON payments_bank_credit
    FOR EACH ROW EXECUTE FUNCTION payments_guard_bank_credit();
