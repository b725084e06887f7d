-- A refund keeps where it goes and what it credited; and together refunds never exceed what was paid.
CREATE OR REPLACE FUNCTION payments_guard_refund() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.id, OLD.public_id, OLD.provider_id, OLD.tenant_id, OLD.connection_id, OLD.attempt_id, OLD.amount_minor,
        OLD.currency, OLD.key, OLD.request_key, OLD.asked_by, OLD.created_at, OLD.posting_id, OLD.destination,
        OLD.credit_id)
       IS DISTINCT FROM
       (NEW.id, NEW.public_id, NEW.provider_id, NEW.tenant_id, NEW.connection_id, NEW.attempt_id, NEW.amount_minor,
        NEW.currency, NEW.key, NEW.request_key, NEW.asked_by, NEW.created_at, NEW.posting_id, NEW.destination,
        NEW.credit_id)
       OR (OLD.external_id <> '' AND OLD.external_id <> NEW.external_id)
       OR (OLD.reversal_id IS NOT NULL AND OLD.reversal_id IS DISTINCT FROM NEW.reversal_id) THEN
        RAISE EXCEPTION 'refund % keeps what it was asked for', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_refund_kept';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('created', 'unknown'), ('created', 'pending'), ('created', 'succeeded'), ('created', 'failed'),
        ('unknown', 'pending'), ('unknown', 'succeeded'), ('unknown', 'failed'),
        ('pending', 'succeeded'), ('pending', 'failed'), ('succeeded', 'failed')) THEN
        RAISE EXCEPTION 'refund % cannot go from % to %', OLD.public_id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_refund_transition';
    END IF;
    RETURN NEW;
END $$;
-- One that nobody of ours asked for was made in the gateway's dashboard: its money has gone, and it is written down.
CREATE FUNCTION payments_limit_refund() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    paid bigint;
    given bigint;
BEGIN
    SELECT received_minor INTO paid FROM payments_attempt
     WHERE provider_id = NEW.provider_id AND id = NEW.attempt_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0) INTO given FROM payments_refund
     WHERE provider_id = NEW.provider_id AND attempt_id = NEW.attempt_id AND state <> 'failed';
    IF given + NEW.amount_minor > coalesce(paid, 0) THEN
        RAISE EXCEPTION 'refunds of payment % would be more than was paid', NEW.attempt_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_refund_limit';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_limited BEFORE INSERT ON payments_refund
    FOR EACH ROW WHEN (NEW.asked_by IS NOT NULL) EXECUTE FUNCTION payments_limit_refund();
