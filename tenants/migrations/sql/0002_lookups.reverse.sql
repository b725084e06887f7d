DROP INDEX tenants_suspension_now;
ALTER TABLE tenants_tenant ALTER COLUMN public_id DROP DEFAULT;
DROP FUNCTION lookup_api_key(bytea, timestamptz);
DROP FUNCTION lookup_memberships(bigint);
DROP FUNCTION lookup_provider_by_slug(text);
DROP FUNCTION lookup_provider_by_host(text);
