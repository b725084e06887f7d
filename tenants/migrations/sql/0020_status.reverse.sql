DROP TRIGGER tenants_tenant_guarded ON tenants_tenant;
DROP FUNCTION tenants_guard_status();
