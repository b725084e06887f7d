-- A host name shows a brand once its ownership is proved; 0 says that it waits for its proof and serves nothing.
CREATE OR REPLACE FUNCTION lookup_provider_by_host(host text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(
        (SELECT provider_id FROM tenants_host WHERE lower(name) = lower(host) AND proved_at IS NOT NULL),
        (SELECT 0 FROM tenants_host WHERE lower(name) = lower(host) AND proved_at IS NULL LIMIT 1))
$$;
