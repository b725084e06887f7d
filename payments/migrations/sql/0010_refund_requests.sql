-- What a request asks for stays, and it moves forward only: what is decided is decided once.
CREATE FUNCTION payments_guard_refund_request() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.id, OLD.public_id, OLD.provider_id, OLD.tenant_id, OLD.attempt_id, OLD.amount_minor, OLD.currency,
        OLD.reason, OLD.request_key, OLD.by_staff, OLD.asked_by, OLD.asked_at)
       IS DISTINCT FROM
       (NEW.id, NEW.public_id, NEW.provider_id, NEW.tenant_id, NEW.attempt_id, NEW.amount_minor, NEW.currency,
        NEW.reason, NEW.request_key, NEW.by_staff, NEW.asked_by, NEW.asked_at)
       OR OLD.state NOT IN ('asked', 'waiting') THEN
        RAISE EXCEPTION 'refund request % keeps what it was asked for and how it was decided', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_refund_request_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_request_guarded BEFORE UPDATE ON payments_refundrequest
    FOR EACH ROW EXECUTE FUNCTION payments_guard_refund_request();
