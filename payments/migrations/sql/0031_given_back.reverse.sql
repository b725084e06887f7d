CREATE OR REPLACE FUNCTION payments_guard_attempt() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'created' THEN
            RAISE EXCEPTION 'payment % begins as created', NEW.public_id
                USING ERRCODE = '23514', CONSTRAINT = 'payments_attempt_transition';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.provider_id, OLD.tenant_id, OLD.connection_id, OLD.kind, OLD.amount_minor,
        OLD.currency, OLD.description, OLD.reference, OLD.return_url, OLD.key, OLD.request_key, OLD.opened_by, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.public_id, NEW.provider_id, NEW.tenant_id, NEW.connection_id, NEW.kind, NEW.amount_minor,
        NEW.currency, NEW.description, NEW.reference, NEW.return_url, NEW.key, NEW.request_key, NEW.opened_by, NEW.created_at) THEN
        RAISE EXCEPTION 'payment % keeps what it was opened for', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_attempt_kept';
    END IF;
    IF OLD.external_id <> '' AND OLD.state IN ('succeeded', 'disputed') AND
       (OLD.external_id, OLD.received_minor, OLD.received_currency, OLD.posting_id, OLD.settled_at, OLD.accepted_by)
       IS DISTINCT FROM
       (NEW.external_id, NEW.received_minor, NEW.received_currency, NEW.posting_id, NEW.settled_at, NEW.accepted_by) THEN
        RAISE EXCEPTION 'what payment % was credited for stands', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_attempt_credited_stands';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('created', 'unknown'), ('created', 'requires_action'), ('created', 'pending'), ('created', 'succeeded'),
        ('created', 'failed'), ('created', 'canceled'), ('created', 'quarantined'),
        ('unknown', 'requires_action'), ('unknown', 'pending'), ('unknown', 'succeeded'), ('unknown', 'failed'),
        ('unknown', 'canceled'), ('unknown', 'quarantined'),
        ('requires_action', 'pending'), ('requires_action', 'succeeded'), ('requires_action', 'failed'),
        ('requires_action', 'canceled'), ('requires_action', 'quarantined'),
        ('pending', 'succeeded'), ('pending', 'failed'), ('pending', 'canceled'), ('pending', 'quarantined'),
        ('failed', 'pending'), ('failed', 'succeeded'), ('failed', 'quarantined'),
        ('canceled', 'pending'), ('canceled', 'succeeded'), ('canceled', 'quarantined'),
        ('quarantined', 'succeeded'), ('succeeded', 'disputed'), ('disputed', 'succeeded')) THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', OLD.public_id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'payments_attempt_transition';
    END IF;
    RETURN NEW;
END $$;
