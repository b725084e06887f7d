-- The tests' own login: a member of every role that starts with the rights of none; made on the embedded server only.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

SELECT 'CREATE ROLE billing_tester'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'billing_tester')
\gexec

ALTER ROLE billing_tester WITH LOGIN CREATEDB NOINHERIT NOSUPERUSER NOBYPASSRLS PASSWORD 'tester';
GRANT billing_owner, billing_app, billing_worker, billing_ops TO billing_tester;
