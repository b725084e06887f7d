-- The few reads that happen before a scope is known. Each runs as the owner, with a fixed search_path, and answers only
-- what is needed to open the scope.
CREATE FUNCTION lookup_provider_by_host(host text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT provider_id FROM tenants_host WHERE lower(name) = lower(host)
$$;

CREATE FUNCTION lookup_provider_by_slug(slug text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id FROM tenants_provider p WHERE p.slug = lookup_provider_by_slug.slug
$$;

CREATE FUNCTION lookup_memberships(member_user_id bigint)
RETURNS TABLE (provider_id bigint, provider_name text, tenant_id bigint, tenant_name text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.provider_id, p.name::text, NULL::bigint, NULL::text, m.role::text
      FROM tenants_provider_member m JOIN tenants_provider p ON p.id = m.provider_id
     WHERE m.user_id = member_user_id
    UNION ALL
    SELECT m.provider_id, p.name::text, m.tenant_id, t.name::text, m.role::text
      FROM tenants_tenant_member m JOIN tenants_provider p ON p.id = m.provider_id
      JOIN tenants_tenant t ON t.provider_id = m.provider_id AND t.id = m.tenant_id
     WHERE m.user_id = member_user_id AND t.status <> 'closed'
    ORDER BY 1, 3 NULLS FIRST
$$;

-- A revoked or expired key, and one that never was, give the same empty answer.
CREATE FUNCTION lookup_api_key(key_digest bytea, at timestamptz)
RETURNS TABLE (provider_id bigint, key_id bigint, scopes text[], is_marked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT k.provider_id, k.id, k.scopes::text[], coalesce(k.last_used_at > at - interval '1 minute', false)
      FROM tenants_api_key k
     WHERE k.digest = key_digest AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at)
$$;

-- Rows that are made by hand-written SQL get a public id as well.
ALTER TABLE tenants_tenant
    ALTER COLUMN public_id SET DEFAULT 'ten_' || left(replace(gen_random_uuid()::text, '-', ''), 26);

CREATE INDEX tenants_suspension_now ON tenants_suspension (provider_id, tenant_id) WHERE lifted_at IS NULL;

REVOKE ALL ON FUNCTION lookup_provider_by_host(text), lookup_provider_by_slug(text), lookup_memberships(bigint),
    lookup_api_key(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup_provider_by_host(text), lookup_provider_by_slug(text), lookup_memberships(bigint),
    lookup_api_key(bytea, timestamptz) TO billing_app, billing_worker, billing_ops;
