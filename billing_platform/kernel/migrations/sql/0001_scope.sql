-- The scope of a transaction, as row-level security reads it. A setting that was set once in a session reads ''
-- after its transaction, hence nullif. With app.strict = 'on' (tests) a missing scope is an error, else it means no rows.
CREATE FUNCTION scope_kind() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    kind text := nullif(current_setting('app.scope', true), '');
BEGIN
    IF kind IS NULL AND current_setting('app.strict', true) = 'on' THEN
        RAISE EXCEPTION 'no scope is set: open a provider''s or a tenant''s scope first' USING ERRCODE = '42501';
    END IF;
    RETURN kind;
END $$;

CREATE FUNCTION scope_provider_id() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    kind text := nullif(current_setting('app.scope', true), '');
BEGIN
    IF kind IS NULL AND current_setting('app.strict', true) = 'on' THEN
        RAISE EXCEPTION 'no scope is set: open a provider''s or a tenant''s scope first' USING ERRCODE = '42501';
    END IF;
    IF kind IN ('provider', 'tenant') THEN
        RETURN nullif(current_setting('app.provider_id', true), '')::bigint;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION scope_tenant_id() RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF current_setting('app.scope', true) = 'tenant' THEN
        RETURN nullif(current_setting('app.tenant_id', true), '')::bigint;
    END IF;
    RETURN NULL;
END $$;

-- One trigger body for every append-only table: UPDATE, DELETE and TRUNCATE raise, for the owner too.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '55000';
END $$;
