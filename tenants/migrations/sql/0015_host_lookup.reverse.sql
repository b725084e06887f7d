CREATE OR REPLACE FUNCTION lookup_provider_by_host(host text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT provider_id FROM tenants_host WHERE lower(name) = lower(host)
$$;
