-- A period keeps what it was made with, and its state moves only along these lines.
CREATE FUNCTION accounts_guard_period() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.id, OLD.provider_id, OLD.tenant_id, OLD.wallet_id, OLD.starts, OLD.ends, OLD.is_charged, OLD.is_free)
       IS DISTINCT FROM
       (NEW.id, NEW.provider_id, NEW.tenant_id, NEW.wallet_id, NEW.starts, NEW.ends, NEW.is_charged, NEW.is_free) THEN
        RAISE EXCEPTION 'period % keeps its wallet, its time and its terms', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'accounts_period_kept_terms';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('next', 'current'), ('current', 'late'), ('late', 'closed'), ('closed', 'late')) THEN
        RAISE EXCEPTION 'period % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'accounts_period_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_period_guarded BEFORE UPDATE ON accounts_period
    FOR EACH ROW EXECUTE FUNCTION accounts_guard_period();
