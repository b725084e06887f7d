-- The same check, planned once per session instead of for every posting, which was half of its time. That plan must not
-- turn bad as tables grow, so its form is told: a range of wallets by their key, as long as the entries fill it well, and
-- joined by hash; whatever that leaves open is looked up by key, entry by entry.
CREATE OR REPLACE FUNCTION accounts_check_entries() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_nestloop = off SET enable_sort = off AS $$
DECLARE
    r record;
BEGIN
    FOR r IN
        WITH span AS MATERIALIZED (
            SELECT min(id) AS first_id, min(account_id) FILTER (WHERE tenant_id > 0) AS account_min,
                   max(account_id) FILTER (WHERE tenant_id > 0) AS account_max, count(*) * 10 AS ids_max
              FROM fresh
        ), hashed AS (
            SELECT n.id, n.provider_id, n.posting_id, n.tenant_id, n.amount_minor,
                   CASE WHEN w.provider_id = n.provider_id AND w.tenant_id = n.tenant_id
                             AND (n.period_id = w.period_id OR n.period_id IS NULL) THEN w.currency
                        ELSE (SELECT a.currency FROM accounts_account a
                               WHERE a.id = n.account_id AND a.provider_id = n.provider_id AND a.tenant_id = n.tenant_id
                                 AND (n.period_id IS NULL OR n.tenant_id > 0 AND EXISTS (
                                      SELECT FROM accounts_period d WHERE d.id = n.period_id
                                         AND d.provider_id = n.provider_id AND d.wallet_id = n.account_id))) END AS currency,
                   n.id - (SELECT first_id FROM span) AS place,
                   accounts_entry_hash(n.provider_id, n.tenant_id, n.posting_id, n.account_id, n.period_id,
                                       n.amount_minor, n.balance_after_minor) AS h
              FROM fresh n
              LEFT JOIN (
                   SELECT v.id, v.provider_id, v.tenant_id, v.period_id, v.currency FROM accounts_wallet v
                    WHERE v.id >= (SELECT account_min FROM span WHERE account_max - account_min < ids_max)
                      AND v.id <= (SELECT account_max FROM span) OFFSET 0) w ON w.id = n.account_id
             OFFSET 0
        ), grouped AS (
            SELECT posting_id, min(provider_id) AS provider_id, max(provider_id) AS provider_max,
                   count(currency) AS pointing, min(currency) AS currency, max(currency) AS currency_max,
                   min(nullif(tenant_id, 0)) AS tenant_min, max(tenant_id) AS tenant_max,
                   sum(amount_minor) AS total, min(id) AS first_id, max(id) AS last_id, count(*) AS entries,
                   sum(h) AS checksum,
                   sum((h >> 32) * place) * 4294967296 + sum((h & 4294967295) * place)
                       + sum(h) * (SELECT first_id FROM span) AS weighted
              FROM hashed GROUP BY posting_id
        )
        SELECT g.*, p.id IS NOT NULL AND p.provider_id = g.provider_id AND g.provider_max = g.provider_id
                   AND p.currency = g.currency AND g.currency_max = g.currency AS belongs,
               p.tenant_id = 0 OR (g.tenant_min IS NOT DISTINCT FROM nullif(g.tenant_max, 0)
                   AND coalesce(g.tenant_min, p.tenant_id) = p.tenant_id) AS owned, p.tenant_id
          FROM grouped g
          LEFT JOIN LATERAL (
               SELECT q.id, q.provider_id, q.tenant_id, q.currency FROM accounts_posting q
                WHERE q.id = g.posting_id OFFSET 0) p ON true
    LOOP
        IF r.pointing <> r.entries THEN
            RAISE EXCEPTION 'posting %: an entry names an account or a period that is not its own', r.posting_id
                USING ERRCODE = '23503', CONSTRAINT = 'accounts_entry_reference';
        ELSIF r.belongs IS NOT TRUE OR r.owned IS NOT TRUE THEN
            RAISE EXCEPTION 'posting %: it is missing, or of another provider, tenant or currency', r.posting_id
                USING ERRCODE = '23503', CONSTRAINT = 'accounts_entry_posting';
        ELSIF r.total <> 0 THEN
            RAISE EXCEPTION 'posting %: its entries sum to %, not to zero', r.posting_id, r.total
                USING ERRCODE = '23514', CONSTRAINT = 'accounts_entry_sum_zero';
        END IF;
        INSERT INTO accounts_proof (posting_id, provider_id, tenant_id, first_entry_id, last_entry_id, entries, checksum,
                                    weighted)
        VALUES (r.posting_id, r.provider_id, r.tenant_id, r.first_id, r.last_id, r.entries, r.checksum, r.weighted);
    END LOOP;
    RETURN NULL;
END $$;
