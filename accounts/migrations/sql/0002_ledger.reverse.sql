DROP TRIGGER accounts_proof_kept ON accounts_proof;
DROP TRIGGER accounts_credit_grant_kept ON accounts_credit_grant;
DROP TRIGGER accounts_period_kept ON accounts_period;
DROP TRIGGER accounts_tenant_balance_kept ON accounts_tenant_balance;
DROP TRIGGER accounts_wallet_kept ON accounts_wallet;
DROP TRIGGER accounts_proof_guarded ON accounts_proof;
DROP FUNCTION accounts_guard_proof();
DROP TRIGGER accounts_entry_checked ON accounts_entry;
DROP FUNCTION accounts_check_entries();
DROP TRIGGER accounts_posting_digested ON accounts_posting;
DROP FUNCTION accounts_digest_posting();
DROP FUNCTION accounts_posting_digest(accounts_posting);
DROP FUNCTION accounts_entry_hash(bigint, bigint, bigint, bigint, bigint, bigint, bigint);
DROP SEQUENCE accounts_state_mark;
ALTER TABLE accounts_burn_rate RESET (fillfactor);
ALTER TABLE accounts_period RESET (fillfactor);
ALTER TABLE accounts_tenant_balance RESET (fillfactor);
ALTER TABLE accounts_wallet RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE accounts_grant_consumption DROP CONSTRAINT accounts_grant_consumption_grant_fk;
ALTER TABLE accounts_credit_grant
    DROP CONSTRAINT accounts_credit_grant_wallet_fk, DROP CONSTRAINT accounts_credit_grant_scoped_wallet;
ALTER TABLE accounts_burn_rate DROP CONSTRAINT accounts_burn_rate_wallet_fk;
ALTER TABLE accounts_warning_level DROP CONSTRAINT accounts_warning_level_wallet_fk;
ALTER TABLE accounts_reservation DROP CONSTRAINT accounts_reservation_wallet_fk;
ALTER TABLE accounts_wallet_change DROP CONSTRAINT accounts_wallet_change_wallet_fk;
ALTER TABLE accounts_tenant_balance DROP CONSTRAINT accounts_tenant_balance_account_fk;
ALTER TABLE accounts_wallet DROP CONSTRAINT accounts_wallet_period_fk;
ALTER TABLE accounts_period
    DROP CONSTRAINT accounts_period_apart, DROP CONSTRAINT accounts_period_hours,
    DROP CONSTRAINT accounts_period_wallet_fk, DROP CONSTRAINT accounts_period_scoped_wallet;
ALTER TABLE accounts_wallet DROP CONSTRAINT accounts_wallet_account_fk, DROP CONSTRAINT accounts_wallet_scoped_tenant;
ALTER TABLE accounts_account
    DROP CONSTRAINT accounts_account_tenant_fk, DROP CONSTRAINT accounts_account_scoped_currency,
    DROP CONSTRAINT accounts_account_scoped_tenant, DROP COLUMN tenant_ref;
