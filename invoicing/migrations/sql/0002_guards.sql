-- A document is written as a draft, issued once with sums that are right, and stands from then on; only how it is
-- paid moves.
CREATE FUNCTION invoicing_guard_document() RETURNS trigger
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
CREATE TRIGGER invoicing_document_guarded BEFORE INSERT OR UPDATE OR DELETE ON invoicing_document
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard_document();

-- Lines and taxes are written and thrown away with a draft only; they never change.
CREATE FUNCTION invoicing_guard_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    PERFORM 1 FROM invoicing_document
      WHERE provider_id = part.provider_id AND id = part.document_id AND tenant_id = part.tenant_id AND state = 'draft';
    IF TG_OP = 'UPDATE' OR NOT FOUND THEN
        RAISE EXCEPTION 'the lines and taxes of document % stand', part.document_id
            USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_frozen';
    END IF;
    RETURN part;
END $$;
CREATE TRIGGER invoicing_document_line_guarded BEFORE INSERT OR UPDATE OR DELETE ON invoicing_document_line
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard_part();
CREATE TRIGGER invoicing_document_tax_guarded BEFORE INSERT OR UPDATE OR DELETE ON invoicing_document_tax
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard_part();

-- A settlement is of an issued document of its tenant; an undoing takes back exactly what it undoes.
CREATE FUNCTION invoicing_guard_settlement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM invoicing_document
      WHERE provider_id = NEW.provider_id AND id = NEW.document_id AND tenant_id = NEW.tenant_id AND state <> 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'document % is not issued', NEW.document_id
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_settlement_of_issued';
    END IF;
    IF NEW.undoes_id IS NOT NULL THEN
        PERFORM 1 FROM invoicing_settlement
          WHERE provider_id = NEW.provider_id AND id = NEW.undoes_id AND document_id = NEW.document_id
            AND amount_minor = -NEW.amount_minor;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'settlement % is undone whole or not at all', NEW.undoes_id
                USING ERRCODE = '23514', CONSTRAINT = 'invoicing_settlement_undoes';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoicing_settlement_guarded BEFORE INSERT ON invoicing_settlement
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard_settlement();
