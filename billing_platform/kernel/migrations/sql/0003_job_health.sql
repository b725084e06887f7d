-- How the platform's own jobs are: times only. What they did and why they failed may tell of other providers and stays
-- with the operators.
CREATE FUNCTION lookup_job_health(names text[], at timestamptz)
RETURNS TABLE (job text, started_at timestamptz, finished_at timestamptz, is_alive boolean, has_failed boolean,
               good_started_at timestamptz, good_finished_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT named.job, newest.started_at, newest.finished_at,
           newest.finished_at IS NULL AND newest.lease_until > at, newest.error <> '', good.started_at, good.finished_at
      FROM unnest(names) AS named (job)
     CROSS JOIN LATERAL (SELECT r.* FROM kernel_job_run r WHERE r.provider_id = 0 AND r.job = named.job
                          ORDER BY r.fence DESC LIMIT 1) AS newest
      LEFT JOIN LATERAL (SELECT r.* FROM kernel_job_run r WHERE r.provider_id = 0 AND r.job = named.job
                            AND r.error = '' AND r.finished_at IS NOT NULL ORDER BY r.finished_at DESC LIMIT 1) AS good ON true
$$;

REVOKE ALL ON FUNCTION lookup_job_health(text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lookup_job_health(text[], timestamptz) TO billing_app, billing_worker, billing_ops;
