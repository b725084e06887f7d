-- What a gateway's page was first asked for with, every repeated question has.
CREATE FUNCTION payments_guard_page_look() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'the page of % keeps its look', OLD.public_id
        USING ERRCODE = '23514', CONSTRAINT = 'payments_page_look_kept';
END $$;
CREATE TRIGGER payments_attempt_look_kept BEFORE UPDATE ON payments_attempt
    FOR EACH ROW WHEN ((OLD.page_brand, OLD.page_language) IS DISTINCT FROM (NEW.page_brand, NEW.page_language))
    EXECUTE FUNCTION payments_guard_page_look();
CREATE TRIGGER payments_method_setup_look_kept BEFORE UPDATE ON payments_method_setup
    FOR EACH ROW WHEN ((OLD.page_brand, OLD.page_language) IS DISTINCT FROM (NEW.page_brand, NEW.page_language))
    EXECUTE FUNCTION payments_guard_page_look();
