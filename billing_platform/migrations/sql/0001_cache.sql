-- The cache where there is no Redis. Unlogged: what is in it may vanish, so it need not be safe from a crash.
CREATE UNLOGGED TABLE platform_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX platform_cache_expires ON platform_cache (expires);
