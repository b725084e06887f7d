-- A recharge keeps whose it is, goes forward only, and never changes its payment once it has one.
CREATE FUNCTION payments_guard_recharge() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.id, OLD.public_id, OLD.provider_id, OLD.tenant_id, OLD.rule_id, OLD.number, OLD.currency, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.public_id, NEW.provider_id, NEW.tenant_id, NEW.rule_id, NEW.number, NEW.currency, NEW.created_at)
       OR (OLD.attempt_id IS NOT NULL
           AND (OLD.attempt_id, OLD.amount_minor) IS DISTINCT FROM (NEW.attempt_id, NEW.amount_minor))
       OR (OLD.state = 'done' AND (OLD.decline, OLD.code, OLD.decided_at)
           IS DISTINCT FROM (NEW.decline, NEW.code, NEW.decided_at)) THEN
        RAISE EXCEPTION 'recharge % keeps what it charged', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_recharge_kept';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('claimed', 'charging'), ('claimed', 'done'), ('charging', 'done')) THEN
        RAISE EXCEPTION 'recharge % cannot go from % to %', OLD.public_id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_recharge_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_recharge_guarded BEFORE UPDATE ON payments_recharge
    FOR EACH ROW EXECUTE FUNCTION payments_guard_recharge();
