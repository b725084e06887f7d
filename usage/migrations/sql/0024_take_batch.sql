-- What one batch of events writes, in statements that are planned once per session. The batch lies in the session's
-- table usage_stage_batch: a row per event with its first quantity that adds up, and a row for each further one
-- (without event_id); meter_ids is missing where meter_id is the only one. Rows without a tenant only take their key:
-- their events wait elsewhere. Rows of known events leave the table, so that what follows reads it as it is.
CREATE OR REPLACE FUNCTION usage_take_batch(provider bigint, received timestamptz, counts boolean,
    OUT known integer[], OUT known_digests text[], OUT is_counted boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, public SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    -- Waits for batches that claim the same keys.
    WITH fresh AS (
        INSERT INTO usage_event_key (provider_id, source_id, key, digest)
        SELECT provider, source_id, key, digest FROM pg_temp.usage_stage_batch WHERE event_id IS NOT NULL
         ORDER BY source_id, key
        ON CONFLICT DO NOTHING
        RETURNING source_id, key)
    SELECT array(SELECT s.place FROM pg_temp.usage_stage_batch s
                  WHERE s.event_id IS NOT NULL
                    AND NOT EXISTS (SELECT FROM fresh f WHERE f.source_id = s.source_id AND f.key = s.key))
      INTO known;
    -- A new statement: it sees what the batches that were waited for have stored.
    IF known <> '{}' THEN
        WITH gone AS (
            DELETE FROM pg_temp.usage_stage_batch s WHERE s.place = ANY(known)
            RETURNING s.place, s.source_id, s.key, s.event_id)
        SELECT array_agg(g.place), array_agg(encode(uuid_send(k.digest), 'hex')) INTO known, known_digests
          FROM gone g
         CROSS JOIN LATERAL (
               SELECT digest FROM usage_event_key k
                WHERE k.provider_id = provider AND k.source_id = g.source_id AND k.key = g.key LIMIT 1) k
         WHERE g.event_id IS NOT NULL;
    END IF;
    INSERT INTO usage_event (provider_id, tenant_id, at, received_at, source_id, event_id, type, subject, quantity,
                             properties, meter_ids)
    SELECT provider, tenant_id, at, received, source_id, event_id, type, subject, quantity, properties,
           coalesce(meter_ids, ARRAY[meter_id])
      FROM pg_temp.usage_stage_batch WHERE event_id IS NOT NULL AND tenant_id IS NOT NULL ORDER BY tenant_id, at;
    WITH hours AS MATERIALIZED (
        SELECT tenant_id, meter_id, date_bin('1 hour', at, timestamptz '1970-01-01 00:00:00+00') AS hour,
               sum(amount) AS amount, count(*) AS events
          FROM pg_temp.usage_stage_batch WHERE counts AND meter_id IS NOT NULL GROUP BY 1, 2, 3),
    places AS MATERIALIZED (
        SELECT h.tenant_id, h.amount, s.id AS segment_id, s.price_id, p.id AS period_id,
               p.id IS NULL OR p.state = 'closed' AS is_unready
          FROM hours h
         -- One by one through their indexes, whatever the planner thinks of a table without statistics.
         CROSS JOIN LATERAL (
               SELECT s.id, s.price_id, s.wallet_id FROM usage_rate_segment s
                WHERE s.provider_id = provider AND s.tenant_id = h.tenant_id AND s.meter_id = h.meter_id
                  AND s.valid @> h.hour OFFSET 0) s
          LEFT JOIN LATERAL (
               SELECT p.id, p.state FROM accounts_period p
                WHERE p.provider_id = provider AND p.wallet_id = s.wallet_id AND p.starts <= h.hour AND p.ends > h.hour
                ORDER BY p.starts DESC LIMIT 1) p ON true),
    -- A period that must be made or opened again comes before any hourly row is locked: then nothing is counted here.
    ready AS MATERIALIZED (SELECT counts AND NOT EXISTS (SELECT FROM places WHERE is_unready) AS yes),
    added AS (
        INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
        SELECT provider, tenant_id, meter_id, hour, amount, events FROM hours WHERE (SELECT yes FROM ready)
         ORDER BY tenant_id, meter_id, hour
        ON CONFLICT (provider_id, tenant_id, meter_id, hour) DO UPDATE
           SET quantity = usage_hour.quantity + excluded.quantity, events = usage_hour.events + excluded.events
        RETURNING 1),
    -- Hours before totals, as everything that writes both.
    totals AS (
        INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
        SELECT provider, tenant_id, period_id, segment_id, min(price_id), sum(amount) FROM places
         WHERE (SELECT yes FROM ready) AND (SELECT count(*) FROM added) > 0
         GROUP BY tenant_id, period_id, segment_id ORDER BY tenant_id, period_id, segment_id
        ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
           SET quantity = usage_total.quantity + excluded.quantity),
    marks AS (
        INSERT INTO usage_mark (provider_id, bucket, tenant_ids)
        SELECT provider, tenant_id >> 10, array_agg(DISTINCT tenant_id) FROM places WHERE (SELECT yes FROM ready)
         GROUP BY tenant_id >> 10 ORDER BY tenant_id >> 10)
    SELECT yes FROM ready INTO is_counted;
END $$;
