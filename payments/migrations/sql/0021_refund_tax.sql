-- What of a refund is tax is said once, with its posting.
CREATE FUNCTION payments_guard_refund_tax() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'refund % keeps its tax', OLD.public_id
        USING ERRCODE = '23514', CONSTRAINT = 'payments_refund_tax_kept';
END $$;
CREATE TRIGGER payments_refund_tax_guarded BEFORE UPDATE ON payments_refund
    FOR EACH ROW WHEN (OLD.tax_parts IS DISTINCT FROM NEW.tax_parts) EXECUTE FUNCTION payments_guard_refund_tax();
