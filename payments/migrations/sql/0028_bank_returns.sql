-- No more goes back than came in, and no more than the line of the return took; both lines are locked by who books it.
CREATE FUNCTION payments_guard_bank_return() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    went payments_bank_line;
    came payments_bank_line;
    taken bigint;
    room bigint;
BEGIN
    SELECT * INTO went FROM payments_bank_line WHERE provider_id = NEW.provider_id AND id = NEW.line_id;
    SELECT * INTO came FROM payments_bank_line WHERE provider_id = NEW.provider_id AND id = NEW.source_id;
    IF went.amount_minor >= 0 OR came.amount_minor <= 0
            OR (went.account_id, went.currency) IS DISTINCT FROM (came.account_id, came.currency) THEN
        RAISE EXCEPTION 'bank return % takes back what came in on the same account', NEW.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_return_lines';
    END IF;
    SELECT coalesce(sum(amount_minor), 0) INTO taken FROM payments_bank_return
     WHERE provider_id = NEW.provider_id AND line_id = NEW.line_id;
    IF taken + NEW.amount_minor > -went.amount_minor THEN
        RAISE EXCEPTION 'bank return % is more than went out', NEW.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_return_went';
    END IF;
    -- Of a credit no more than was credited: a line that was taken back and credited anew is returned as the new credit.
    SELECT coalesce(sum(amount_minor), 0) INTO taken FROM payments_bank_return
     WHERE provider_id = NEW.provider_id AND source_id = NEW.source_id
       AND credit_id IS NOT DISTINCT FROM NEW.credit_id;
    room := came.amount_minor;
    IF NEW.credit_id IS NOT NULL THEN
        SELECT amount_minor INTO room FROM payments_bank_credit
         WHERE provider_id = NEW.provider_id AND id = NEW.credit_id AND line_id = NEW.source_id AND "end" = '';
    END IF;
    IF room IS NULL OR taken + NEW.amount_minor > room
            OR (NEW.credit_id IS NULL AND NEW.amount_minor <> came.amount_minor) THEN
        RAISE EXCEPTION 'bank return % is not what came in', NEW.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_return_came';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bank_return_guarded BEFORE INSERT ON payments_bank_return
    FOR EACH ROW EXECUTE FUNCTION payments_guard_bank_return();

-- Money that was nobody's and went back is credited to nobody.
CREATE FUNCTION payments_guard_new_bank_credit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_bank_return
                WHERE provider_id = NEW.provider_id AND source_id = NEW.line_id AND credit_id IS NULL) THEN
        RAISE EXCEPTION 'the money of bank credit % went back to the payer', NEW.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'payments_bank_credit_went_back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_bank_credit_new BEFORE INSERT ON payments_bank_credit
    FOR EACH ROW EXECUTE FUNCTION payments_guard_new_bank_credit();
