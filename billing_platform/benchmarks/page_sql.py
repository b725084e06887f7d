"""The statements that fill the tables for the benchmark of pages; called by `page_data`, as owner."""

from __future__ import annotations

from typing import Final

# Thirteen times seventeen names, and one in 20,000 that is rare.
NAMES: Final = """CASE WHEN n % 20000 = 7 THEN 'Globex ' || n ELSE
    (ARRAY['Northern', 'Blue', 'Alpine', 'Metro', 'Pacific', 'Silver', 'Grand', 'Prime', 'Urban', 'Coastal', 'Royal',
           'Central', 'Müller'])[n % 13 + 1] || ' ' ||
    (ARRAY['Foods', 'Motors', 'Media', 'Logistics', 'Energy', 'Textiles', 'Labs', 'Studios', 'Travel', 'Health',
           'Software', 'Farms', 'Steel', 'Optics', 'Marine', 'Games', 'Books'])[n % 17 + 1] || ' ' ||
    (ARRAY['GmbH', 'Ltd', 'Inc', 'SA'])[n % 4 + 1] || ' ' || n END"""

MEMBERS: Final = """
WITH made AS (
    INSERT INTO tenants_user (password, is_superuser, email, name, language, theme, is_staff, is_active, date_joined)
    SELECT '!', false, 'person-' || t.id || '@bench.example', 'Person', 'en', 'auto', false, true, %(now)s
      FROM tenants_tenant t WHERE t.provider_id = %(p)s AND t.id %% 10 = 0
    RETURNING id, email)
INSERT INTO tenants_tenant_member (provider_id, tenant_id, user_id, role, created_at)
SELECT %(p)s, split_part(split_part(email, '@', 1), '-', 2)::bigint, id, 'admin', %(now)s FROM made
"""
ACCOUNTS: Final = """
INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)
SELECT %(p)s, 0, k, 'USD' FROM unnest(ARRAY['revenue_usage', 'bank']) AS k ON CONFLICT DO NOTHING
"""
# A round: each tenant has one entry, in one posting per 5,000 tenants as the hourly job writes them.
ROUND: Final = """
WITH made AS (
    INSERT INTO accounts_posting (provider_id, kind, currency, effective_at, recorded_at, idempotency_key, hours_from,
                                  hours_to)
    SELECT %(p)s, %(kind)s, 'USD', %(at)s, %(at)s, 'bench-' || %(number)s || '-' || c.no,
           %(upto)s::timestamptz - interval '1 hour', %(upto)s
      FROM usage_charge_chunk c WHERE c.provider_id = %(p)s
       AND EXISTS (SELECT 1 FROM accounts_wallet w WHERE w.provider_id = %(p)s AND w.tenant_id >= c.t_from
                    AND w.tenant_id < c.t_to)
     ORDER BY c.no
    RETURNING id, idempotency_key),
line AS MATERIALIZED (
    SELECT w.tenant_id, m.id AS posting_id, w.id AS account_id, w.period_id, w.balance + %(number)s AS balance
      FROM usage_charge_chunk c
      JOIN made m ON m.idempotency_key = 'bench-' || %(number)s || '-' || c.no
      JOIN accounts_wallet w ON w.provider_id = %(p)s AND w.tenant_id >= c.t_from AND w.tenant_id < c.t_to
     WHERE c.provider_id = %(p)s)
INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,
                            balance_after_minor)
SELECT %(p)s, tenant_id, posting_id, account_id, period_id, %(amount)s, balance FROM line
UNION ALL
SELECT %(p)s, 0, l.posting_id, (SELECT id FROM accounts_account WHERE provider_id = %(p)s AND tenant_id = 0
                                   AND kind = %(account)s AND currency = 'USD'), NULL, -sum(%(amount)s), NULL
  FROM line l GROUP BY l.posting_id
"""
HOT: Final = """
WITH made AS (
    INSERT INTO accounts_posting (provider_id, tenant_id, kind, currency, effective_at, recorded_at, idempotency_key)
    SELECT %(p)s, %(hot)s, 'top_up', 'USD', at, at, 'hot-' || n
      FROM generate_series(%(first)s, %(last)s, -1) AS n,
           LATERAL (SELECT %(now)s - interval '1 day' * %(days)s * n / %(entries)s AS at) x
    RETURNING id)
INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,
                            balance_after_minor)
SELECT %(p)s, a.tenant_id, m.id, a.id, NULL, CASE WHEN a.tenant_id > 0 THEN 100 ELSE -100 END,
       CASE WHEN a.tenant_id > 0 THEN 100 END
  FROM made m CROSS JOIN accounts_account a
 WHERE a.provider_id = %(p)s AND a.currency = 'USD'
   AND ((a.tenant_id = %(hot)s AND a.kind = 'wallet') OR (a.tenant_id = 0 AND a.kind = 'bank'))
"""
_QUANTITY: Final = "(({tenant} * 7919 + {meter} * 10477 + extract(hour FROM {hour})::int * 31) %% 97 + 1)::numeric / 8"
_OF_HOUR: Final = _QUANTITY.format(tenant="s.tenant_id", meter="s.meter_id", hour="h")
# Each of the 40 events of the hour before `h` has its part.
_OF_EVENT: Final = (
    _QUANTITY.format(tenant="t", meter="m.id", hour="(h - interval '1 hour')") + " / 40"
)
LIFE: Final = (
    # Balances of all sizes, some of them below 0; one tenant in fifty is suspended, one in a hundred closed.
    """UPDATE accounts_wallet SET balance = CASE WHEN tenant_id %% 97 = 3 THEN -1900
              ELSE tenant_id * 7919 %% 100000 - 1000 END WHERE provider_id = %(p)s""",
    """UPDATE tenants_tenant SET status = CASE WHEN id %% 50 = 1 THEN 'suspended' ELSE 'closed' END,
              closed_at = CASE WHEN id %% 50 = 1 THEN NULL ELSE %(now)s END
        WHERE provider_id = %(p)s AND (id %% 50 = 1 OR id %% 100 = 2) AND id <> ALL (%(customers)s)""",
    """INSERT INTO tenants_suspension (provider_id, tenant_id, epoch, reason, source, note, since)
       SELECT provider_id, id, 1, CASE WHEN id %% 3 = 0 THEN 'by_hand' ELSE 'exhausted' END, '', '', %(now)s
         FROM tenants_tenant WHERE provider_id = %(p)s AND status = 'suspended'""",
    # Two hours of everybody, and every hour of the two customers.
    f"""INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
       SELECT s.provider_id, s.tenant_id, s.meter_id, h, {_OF_HOUR},
              CASE WHEN s.tenant_id = ANY (%(customers)s) AND h >= %(hour)s::timestamptz - interval '49 hours'
                   THEN 40 ELSE 1 END
         FROM usage_rate_segment s
         CROSS JOIN generate_series(%(starts)s, %(hour)s::timestamptz - interval '1 hour', interval '1 hour') AS h
        WHERE s.provider_id = %(p)s AND s.meter_id IS NOT NULL
          AND (s.tenant_id = ANY (%(customers)s) OR h >= %(hour)s::timestamptz - interval '2 hours')
        ORDER BY s.tenant_id, s.meter_id, h""",
    """UPDATE usage_total t SET quantity = x.quantity
         FROM (SELECT s.id, sum(h.quantity) AS quantity FROM usage_rate_segment s
                 JOIN usage_hour h ON h.provider_id = s.provider_id AND h.tenant_id = s.tenant_id
                  AND h.meter_id = s.meter_id WHERE s.provider_id = %(p)s GROUP BY 1) x
        WHERE t.provider_id = %(p)s AND t.segment_id = x.id""",
    "UPDATE usage_charge_chunk SET charged_through = %(hour)s, full_at = %(hour)s WHERE provider_id = %(p)s",
    # The month before, closed.
    """INSERT INTO accounts_period (provider_id, tenant_id, wallet_id, starts, ends, posted, state, is_charged, is_free)
       SELECT provider_id, tenant_id, id, %(before)s, %(starts)s, 500, 'closed', true, false
         FROM accounts_wallet WHERE provider_id = %(p)s""",
    """INSERT INTO usage_period_line (provider_id, tenant_id, period_id, segment_id, price_id, quantity, amount_minor,
                                      closed_at)
       SELECT s.provider_id, s.tenant_id, d.id, s.id, s.price_id, 100, 100, %(now)s
         FROM usage_rate_segment s
         JOIN accounts_period d ON d.provider_id = s.provider_id AND d.wallet_id = s.wallet_id AND d.state = 'closed'
        WHERE s.provider_id = %(p)s ORDER BY s.tenant_id, d.id, s.id""",
    "SELECT usage_ensure_event_month(m) FROM unnest(ARRAY[%(now)s, %(before)s]::timestamptz[]) AS m",
    # 40 events of as many resources of each meter in each of the last 49 hours of the two customers.
    f"""INSERT INTO usage_event (provider_id, tenant_id, at, received_at, source_id, event_id, type, subject, quantity,
                                properties, meter_ids)
       SELECT %(p)s, t, h - interval '1 minute' * n, h, %(source)s, m.code || '-' || t || '-' || extract(epoch FROM h)
              || '-' || n, m.event_type, 'resource-' || n, {_OF_EVENT},
              jsonb_build_object('from', '+1 555 010' || n, 'to', '+1 555 0199', 'direction', 'outbound'), ARRAY[m.id]
         FROM unnest(%(customers)s::bigint[]) AS t
         CROSS JOIN generate_series(%(hour)s::timestamptz - interval '48 hours', %(hour)s, interval '1 hour') AS h
         CROSS JOIN generate_series(1, 40) AS n CROSS JOIN usage_meter m WHERE m.provider_id = %(p)s""",
    """INSERT INTO usage_parked_event (provider_id, source_id, event_id, key, digest, tenant_external_id, event_type,
                                       at, reason, payload, received_at, refused_reason)
       SELECT %(p)s, %(source)s, 'parked-' || n, md5('k' || n)::uuid, md5('d' || n)::uuid, 'nobody-' || n %% 50,
              'calls', %(now)s - interval '1 minute' * n, 'unknown_tenant', '{}', %(now)s, ''
         FROM generate_series(1, 2000) AS n""",
    # Both lists of refused events are full; what the conflicts are in conflict with is the customers' own.
    """INSERT INTO usage_refused_event (provider_id, key, verdict, reason, via, form, original, is_cut, source,
                                        event_id, tenant_external_id, event_type, at, received_at, last_seen_at, times,
                                        tries, outcome)
       SELECT %(p)s, md5(v || n)::uuid, v, CASE v WHEN 'conflict' THEN 'same_id_other_content' ELSE 'negative' END,
              'api', 'item', '{"note": "' || repeat('x', 400) || '"}', false, 'bench',
              CASE v WHEN 'conflict' THEN 'conflict-' ELSE 'refused-' END || n,
              CASE v WHEN 'conflict' THEN (SELECT external_id FROM tenants_tenant WHERE id = %(hot)s)
                     ELSE 'nobody-' || n %% 50 END,
              'calls', %(now)s - interval '1 minute' * n, %(now)s, %(now)s, 1, 0, ''
         FROM unnest(ARRAY['rejected', 'conflict']) AS v CROSS JOIN generate_series(1, 10000) AS n""",
    """INSERT INTO kernel_job_run (provider_id, job, fence, started_at, lease_until, finished_at, covered_from,
                                   covered_to)
       SELECT %(p)s, 'charge_hours', n, h, h, h + interval '9 seconds', h - interval '1 hour', h
         FROM generate_series(1, 700) AS n,
              LATERAL (SELECT %(hour)s::timestamptz - interval '1 hour' * (700 - n) AS h) x""",
)
