-- One chunk of the floor's hourly run: rate, take the difference, post it; parameters p, lo, hi, now, revenue.
WITH q AS (
    SELECT t.period_id,
           round(sum(f.base + f.unit * CASE WHEN f.pkg IS NULL THEN t.quantity - f.off
                                            ELSE ceil((t.quantity - f.off) / f.pkg) END))::bigint AS due
    FROM floor.usage_total t
    JOIN floor.price_tier f
      ON f.provider_id = %(p)s AND f.price_id = t.price_id AND t.quantity > f.lo AND t.quantity <= f.hi
    WHERE t.provider_id = %(p)s AND t.tenant_id >= %(lo)s AND t.tenant_id < %(hi)s
    GROUP BY t.period_id
), d AS MATERIALIZED (
    SELECT w.id, q.due - w.period_posted AS delta
    FROM floor.wallet w JOIN q USING (period_id)
    WHERE w.provider_id = %(p)s AND w.tenant_id >= %(lo)s AND w.tenant_id < %(hi)s AND q.due <> w.period_posted
), u AS (
    UPDATE floor.wallet w
    SET balance = w.balance - d.delta,
        period_posted = w.period_posted + d.delta,
        suspended_at = CASE WHEN w.balance - d.delta > w.suspend_limit THEN NULL
                            ELSE coalesce(w.suspended_at, %(now)s) END,
        state_at = CASE WHEN (w.balance - d.delta > w.suspend_limit) = (w.suspended_at IS NULL) THEN w.state_at
                        ELSE %(now)s END,
        state_version = w.state_version
            + CASE WHEN (w.balance - d.delta > w.suspend_limit) = (w.suspended_at IS NULL) THEN 0 ELSE 1 END
    FROM d
    WHERE w.provider_id = %(p)s AND w.tenant_id >= %(lo)s AND w.tenant_id < %(hi)s AND w.id = d.id
    RETURNING w.id, w.tenant_id, w.currency, w.period_id, w.balance, w.suspended_at, w.state_version, d.delta,
              w.state_at = %(now)s AS flipped
), p AS (
    INSERT INTO floor.posting (provider_id, kind, currency, at)
    SELECT %(p)s, 'usage', currency, %(now)s FROM u GROUP BY currency
    RETURNING id, currency
), e AS (
    INSERT INTO floor.entry (provider_id, tenant_id, posting_id, account_id, period_id, amount, balance_after)
    SELECT %(p)s, u.tenant_id, p.id, u.id, u.period_id, -u.delta, u.balance FROM u JOIN p USING (currency)
    UNION ALL
    SELECT %(p)s, 0, min(p.id), %(revenue)s, NULL, sum(u.delta)::bigint, NULL
    FROM u JOIN p USING (currency) GROUP BY currency
    RETURNING 1
), o AS (
    INSERT INTO floor.outbox (provider_id, tenant_id, kind, state_version)
    SELECT %(p)s, tenant_id, CASE WHEN suspended_at IS NULL THEN 'resumed' ELSE 'suspended' END, state_version
    FROM u WHERE flipped
    RETURNING 1
)
SELECT (SELECT count(*) FROM e), (SELECT count(*) FROM o)
