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
RETURNS TABLE (provider_id bigint, tenant_id bigint, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.provider_id, NULL::bigint, m.role::text FROM tenants_provider_member m WHERE m.user_id = member_user_id
    UNION ALL
    SELECT m.provider_id, m.tenant_id, m.role::text FROM tenants_tenant_member m WHERE m.user_id = member_user_id
    ORDER BY 1, 2 NULLS FIRST
$$;

REVOKE ALL ON FUNCTION lookup_provider_by_host(text), lookup_provider_by_slug(text), lookup_memberships(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup_provider_by_host(text), lookup_provider_by_slug(text), lookup_memberships(bigint)
    TO billing_app, billing_worker, billing_ops;
