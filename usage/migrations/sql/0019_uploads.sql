-- An upload goes from waiting over being read to its end, which it never leaves; reading again is another upload.
CREATE FUNCTION usage_upload_state() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('waiting', 'reading'), ('waiting', 'failed'), ('waiting', 'cancelled'),
        ('reading', 'done'), ('reading', 'failed'), ('reading', 'cancelled')
    ) THEN
        RAISE EXCEPTION 'An upload does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER usage_upload_state BEFORE UPDATE OF state ON usage_upload
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION usage_upload_state();
