-- A file is made of an issued document, and belongs to whom the document belongs.
CREATE FUNCTION invoicing_guard_file() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM 1 FROM invoicing_document
      WHERE provider_id = NEW.provider_id AND id = NEW.document_id AND tenant_id = NEW.tenant_id AND state <> 'draft';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'document % is not issued', NEW.document_id
            USING ERRCODE = '23514', CONSTRAINT = 'invoicing_file_of_issued';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoicing_file_guarded BEFORE INSERT ON invoicing_file
    FOR EACH ROW EXECUTE FUNCTION invoicing_guard_file();
