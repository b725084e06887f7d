DROP TRIGGER invoicing_correction_guarded ON invoicing_correction;
DROP FUNCTION invoicing_guard_correction();
CREATE OR REPLACE FUNCTION invoicing_guard_document() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['state', 'state_at', 'paid_minor', 'credited_minor'];
    lines bigint;
    subtotal numeric;
    tax numeric;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.paid_minor <> 0 OR NEW.credited_minor <> 0 THEN
            RAISE EXCEPTION 'document % begins as a draft', NEW.public_id
                USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'document % is issued and stays', OLD.number
                USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_stays';
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.id, OLD.public_id, OLD.provider_id, OLD.tenant_id, OLD.kind, OLD.currency, OLD.source_type, OLD.source_id)
       IS DISTINCT FROM
       (NEW.id, NEW.public_id, NEW.provider_id, NEW.tenant_id, NEW.kind, NEW.currency, NEW.source_type, NEW.source_id) THEN
        RAISE EXCEPTION 'document % keeps what it was made for', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_kept';
    END IF;
    IF OLD.state = 'draft' THEN
        IF NEW.state = 'draft' THEN
            RETURN NEW;
        END IF;
        SELECT count(*), coalesce(sum(net_minor), 0) INTO lines, subtotal FROM invoicing_document_line
         WHERE provider_id = NEW.provider_id AND document_id = NEW.id;
        SELECT coalesce(sum(tax_minor), 0) INTO tax FROM invoicing_document_tax
         WHERE provider_id = NEW.provider_id AND document_id = NEW.id;
        IF NEW.state NOT IN ('sent', 'paid') OR lines = 0 OR subtotal <> NEW.subtotal_minor OR tax <> NEW.tax_minor
           OR NEW.paid_minor <> 0 OR NEW.credited_minor <> 0 THEN
            RAISE EXCEPTION 'document % cannot be issued: % lines of %, tax of %', NEW.public_id, lines, subtotal, tax
                USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_sums';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'document % is issued and never changes', OLD.number
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_frozen';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('sent', 'partially_paid'), ('sent', 'paid'), ('sent', 'cancelled'), ('sent', 'written_off'),
        ('partially_paid', 'sent'), ('partially_paid', 'paid'), ('partially_paid', 'cancelled'),
        ('partially_paid', 'written_off'),
        ('paid', 'sent'), ('paid', 'partially_paid'), ('paid', 'cancelled')) THEN
        RAISE EXCEPTION 'document % cannot go from % to %', OLD.number, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_transition';
    END IF;
    IF NEW.credited_minor < OLD.credited_minor THEN
        RAISE EXCEPTION 'what credit notes took back of document % stands', OLD.number
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_document_credited';
    END IF;
    RETURN NEW;
END $$;
