-- The words by which tenants are found. Names change in services, in bulk, by people's own hands and by the operators,
-- and a login's address without any provider's scope; so triggers write the words, in the transaction of the change,
-- with the owner's eyes.

-- Without case and accents, and alike whatever the database's locale is: Latin letters lose their marks by
-- decomposition; Greek and Cyrillic ones have no lower case in the locale C.
CREATE FUNCTION tenants_fold(source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(source, NFKD), '[\u0300-\u036f]', '', 'g')),
        'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЄЃЅЈЉЊЂЋЏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςØøŁłĐđÐðıŦŧ',
        'абвгдежзиклмнопрстуфхцчшщъыьэюяієѓѕјљњђћџαβγδεζηθικλμνξοπρστυφχψωσoolldddditt'),
        'ß', 'ss'), 'ẞ', 'ss'), 'Æ', 'ae'), 'æ', 'ae'), 'œ', 'oe')
$$;

-- What stands between words, whatever the locale takes for a letter.
CREATE FUNCTION tenants_separator() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\u0080-\u00bf\u2000-\u206f]'
$$;

-- What stands together gives one word from each of its beginnings on: bob@acme.com, acme.com, com.
CREATE FUNCTION tenants_words(source text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT left(substr(c.chunk, b.place), 64) COLLATE "C"
      FROM regexp_split_to_table(tenants_fold(source), '[\s\u00a0]+') AS c (chunk),
           generate_series(1, least(length(c.chunk), 200)) AS b (place)
     WHERE substr(c.chunk, b.place, 1) !~ tenants_separator()
       AND (b.place = 1 OR substr(c.chunk, b.place - 1, 1) ~ tenants_separator())
$$;

CREATE FUNCTION tenants_write_tokens(tenants bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    -- The tenant's row is the queue: of two changes at once the second one sees what the first one wrote.
    PERFORM 1 FROM tenants_tenant WHERE id = ANY (tenants) ORDER BY id FOR NO KEY UPDATE;
    WITH wanted AS MATERIALIZED (
        SELECT t.provider_id, t.id AS tenant_id, w.token
          FROM tenants_tenant t
          CROSS JOIN LATERAL tenants_words(concat_ws(' ', t.name, t.external_id,
              (SELECT p.legal_name FROM tenants_tenant_profile p
                WHERE p.provider_id = t.provider_id AND p.tenant_id = t.id),
              (SELECT string_agg(u.email, ' ') FROM tenants_tenant_member m JOIN tenants_user u ON u.id = m.user_id
                WHERE m.provider_id = t.provider_id AND m.tenant_id = t.id))) AS w (token)
         WHERE t.id = ANY (tenants)
    ), gone AS (
        DELETE FROM tenants_tenant_token k USING tenants_tenant t
         WHERE t.id = ANY (tenants) AND k.provider_id = t.provider_id AND k.tenant_id = t.id
           AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.tenant_id = k.tenant_id AND w.token = k.token)
    )
    INSERT INTO tenants_tenant_token (provider_id, token, tenant_id)
    SELECT provider_id, token, tenant_id FROM wanted ORDER BY provider_id, token, tenant_id
        ON CONFLICT DO NOTHING;
END $$;

-- Tenants come in thousands at once, and a new one has nothing but its names.
CREATE FUNCTION tenants_token_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO tenants_tenant_token (provider_id, token, tenant_id)
    SELECT f.provider_id, w.token, f.id
      FROM fresh f CROSS JOIN LATERAL tenants_words(concat_ws(' ', f.name, f.external_id)) AS w (token)
     ORDER BY f.provider_id, w.token, f.id;
    RETURN NULL;
END $$;
CREATE FUNCTION tenants_token_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM tenants_write_tokens(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE FUNCTION tenants_token_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM tenants_write_tokens(ARRAY(
        SELECT DISTINCT x FROM unnest(ARRAY[OLD.tenant_id, NEW.tenant_id]) AS x WHERE x IS NOT NULL));
    RETURN NULL;
END $$;
CREATE FUNCTION tenants_token_login() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM tenants_write_tokens(ARRAY(SELECT tenant_id FROM tenants_tenant_member WHERE user_id = NEW.id));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tenants_write_tokens(bigint[]), tenants_token_new(), tenants_token_renamed(),
    tenants_token_part(), tenants_token_login() FROM PUBLIC;

CREATE TRIGGER tenants_tenant_new_tokens AFTER INSERT ON tenants_tenant
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tenants_token_new();
CREATE TRIGGER tenants_tenant_tokens AFTER UPDATE ON tenants_tenant FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.external_id IS DISTINCT FROM NEW.external_id)
    EXECUTE FUNCTION tenants_token_renamed();
CREATE TRIGGER tenants_profile_tokens AFTER INSERT OR UPDATE OF legal_name, tenant_id OR DELETE
    ON tenants_tenant_profile FOR EACH ROW EXECUTE FUNCTION tenants_token_part();
CREATE TRIGGER tenants_member_tokens AFTER INSERT OR UPDATE OF user_id, tenant_id OR DELETE
    ON tenants_tenant_member FOR EACH ROW EXECUTE FUNCTION tenants_token_part();
CREATE TRIGGER tenants_user_tokens AFTER UPDATE OF email ON tenants_user FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION tenants_token_login();

-- Those who are there already.
SELECT tenants_write_tokens(array_agg(id)) FROM tenants_tenant;
