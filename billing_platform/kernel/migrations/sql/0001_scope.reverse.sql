DROP FUNCTION refuse_change();
DROP FUNCTION scope_tenant_id();
DROP FUNCTION scope_provider_id();
DROP FUNCTION scope_kind();
