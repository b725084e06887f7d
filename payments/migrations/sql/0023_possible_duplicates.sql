-- As before, and a possible duplicate is nobody's money until a person says that it is another payment.
CREATE OR REPLACE FUNCTION payments_guard_bank_line() RETURNS trigger
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
    -- A possible duplicate waits as one until somebody says that it is none; only then is it money.
    IF (OLD.state = 'new' AND NEW.state <> 'new' AND NEW.equal_line_id IS NOT NULL
            AND (NEW.state, NEW.reason) <> ('open', 'duplicate'))
       OR (OLD.reason = 'duplicate' AND NEW.reason <> 'duplicate'
            AND (OLD.state <> 'open' OR NEW.state <> 'open' OR NEW.decided_by IS NULL))
       OR (OLD.reason <> 'duplicate' AND NEW.reason = 'duplicate' AND OLD.state <> 'new') THEN
        RAISE EXCEPTION 'bank line % may be a duplicate, and somebody says so once', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_line_answered';
    END IF;
    RETURN NEW;
END $$;
