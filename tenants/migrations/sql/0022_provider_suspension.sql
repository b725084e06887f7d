-- Whether a provider is suspended is the platform's to say: neither its own people nor its tenants can change it.
CREATE FUNCTION tenants_guard_provider_suspension() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    RAISE EXCEPTION 'the web does not suspend provider % and does not let it return', OLD.id
        USING ERRCODE = '42501';
END $$;
CREATE TRIGGER tenants_provider_suspension_guarded
    BEFORE UPDATE OF suspended_at, suspension_note, suspension_epoch ON tenants_provider
    FOR EACH ROW WHEN (current_user = 'billing_app'
        AND (OLD.suspended_at, OLD.suspension_note, OLD.suspension_epoch)
            IS DISTINCT FROM (NEW.suspended_at, NEW.suspension_note, NEW.suspension_epoch))
    EXECUTE FUNCTION tenants_guard_provider_suspension();
