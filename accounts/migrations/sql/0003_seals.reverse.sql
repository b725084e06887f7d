DROP TRIGGER accounts_rollup_digested ON accounts_rollup;
DROP FUNCTION accounts_digest_rollup();
DROP TRIGGER accounts_seal_digested ON accounts_seal;
DROP FUNCTION accounts_digest_seal();
DROP FUNCTION accounts_rollup_digest(accounts_rollup);
DROP FUNCTION accounts_seal_digest(accounts_seal);
