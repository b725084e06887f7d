-- The four login roles and the database of an installation; run by psql as superuser, again and again without harm.
-- Passwords come from the environment; the embedded server hands in those of a developer's machine.
\set ON_ERROR_STOP on
\getenv owner_password DATABASE_PASSWORD_OWNER
\getenv app_password DATABASE_PASSWORD_APP
\getenv worker_password DATABASE_PASSWORD_WORKER
\getenv ops_password DATABASE_PASSWORD_OPS
SET client_min_messages = warning;
SET password_encryption = 'scram-sha-256';

SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY['billing_owner', 'billing_app', 'billing_worker', 'billing_ops']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

ALTER ROLE billing_owner WITH LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE billing_app WITH LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE billing_worker WITH LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'worker_password';
ALTER ROLE billing_ops WITH LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS PASSWORD :'ops_password';

SELECT 'CREATE DATABASE billing OWNER billing_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'billing')
\gexec

ALTER DATABASE billing OWNER TO billing_owner;
REVOKE ALL ON DATABASE billing FROM PUBLIC;
-- Bulk work is staged in temporary tables, for COPY into a table under row-level security is refused.
GRANT CONNECT, TEMPORARY ON DATABASE billing TO billing_app, billing_worker;
GRANT CONNECT ON DATABASE billing TO billing_ops;
