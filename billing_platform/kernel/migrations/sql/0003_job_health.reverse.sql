DROP FUNCTION lookup_job_health(text[], timestamptz);
