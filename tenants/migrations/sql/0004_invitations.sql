-- An invitation is opened by its token alone, by somebody who has no membership yet. An expired or used one answers nothing.
CREATE FUNCTION lookup_invitation(token_digest bytea, at timestamptz)
RETURNS TABLE (provider_id bigint, tenant_id bigint, invitation_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT i.provider_id, i.tenant_id, i.id
      FROM tenants_invitation i
     WHERE i.digest = token_digest AND i.closed_at IS NULL AND i.expires_at > at
$$;

REVOKE ALL ON FUNCTION lookup_invitation(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup_invitation(bytea, timestamptz) TO billing_app, billing_worker;
