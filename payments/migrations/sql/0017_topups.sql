-- A top-up keeps what was agreed and the payment it has, and moves as payments.enums.TOPUP_MOVES says.
CREATE FUNCTION payments_guard_topup() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['attempt_id', 'received_minor', 'state', 'state_at'];
BEGIN
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving)
       OR (OLD.attempt_id IS NOT NULL AND OLD.attempt_id IS DISTINCT FROM NEW.attempt_id) THEN
        RAISE EXCEPTION 'top-up % keeps what was agreed', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_topup_kept';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('open', 'credited'), ('open', 'closed'), ('credited', 'open'), ('closed', 'open'), ('closed', 'credited')) THEN
        RAISE EXCEPTION 'top-up % cannot go from % to %', OLD.public_id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_topup_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_topup_guarded BEFORE UPDATE ON payments_topup
    FOR EACH ROW EXECUTE FUNCTION payments_guard_topup();
