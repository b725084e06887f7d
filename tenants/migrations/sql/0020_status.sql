-- A tenant's status moves only along these lines: closed is for good, and a trial that was over does not begin again.
CREATE FUNCTION tenants_guard_status() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN (
        ('trial', 'active'), ('trial', 'suspended'), ('trial', 'closed'),
        ('active', 'suspended'), ('active', 'closed'),
        ('suspended', 'trial'), ('suspended', 'active'), ('suspended', 'closed')) THEN
        RAISE EXCEPTION 'tenant % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = '23514', CONSTRAINT = 'tenants_tenant_transition';
    END IF;
    RETURN NEW;
END $$;
-- An unknown word is refused by the list of words, which says so better.
CREATE TRIGGER tenants_tenant_guarded BEFORE UPDATE OF status ON tenants_tenant
    FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status IN ('trial', 'active', 'suspended', 'closed'))
    EXECUTE FUNCTION tenants_guard_status();
