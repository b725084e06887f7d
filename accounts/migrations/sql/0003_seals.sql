-- Seals and roll-ups are hashed over all their columns when they are written; verify_ledger reckons the same again.
CREATE FUNCTION accounts_seal_digest(s accounts_seal) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        s.id, s.provider_id, s.number, s.day, extract(epoch FROM s.sealed_at), s.postings, s.entries,
        encode(s.content_hash, 'hex'), encode(s.previous_hash, 'hex'))::text, 'UTF8'))
$$;

CREATE FUNCTION accounts_rollup_digest(r accounts_rollup) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        r.id, r.provider_id, r.account_id, r.seal_id, r.day, r.entries, r.amount_minor, r.balance_minor)::text, 'UTF8'))
$$;

CREATE FUNCTION accounts_digest_seal() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.seal_hash := accounts_seal_digest(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_seal_digested BEFORE INSERT ON accounts_seal
    FOR EACH ROW EXECUTE FUNCTION accounts_digest_seal();

CREATE FUNCTION accounts_digest_rollup() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.digest := accounts_rollup_digest(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_rollup_digested BEFORE INSERT ON accounts_rollup
    FOR EACH ROW EXECUTE FUNCTION accounts_digest_rollup();
