-- Each key that points to a wallet is checked whenever a wallet is updated, which the hourly run does to all of them.
-- A wallet's id, provider and tenant are those of its account, which is never updated: the keys point there.
ALTER TABLE accounts_period
    DROP CONSTRAINT accounts_period_wallet_fk,
    ADD CONSTRAINT accounts_period_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
ALTER TABLE accounts_wallet_change
    DROP CONSTRAINT accounts_wallet_change_wallet_fk,
    ADD CONSTRAINT accounts_wallet_change_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
ALTER TABLE accounts_reservation
    DROP CONSTRAINT accounts_reservation_wallet_fk,
    ADD CONSTRAINT accounts_reservation_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
ALTER TABLE accounts_warning_level
    DROP CONSTRAINT accounts_warning_level_wallet_fk,
    ADD CONSTRAINT accounts_warning_level_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
ALTER TABLE accounts_burn_rate
    DROP CONSTRAINT accounts_burn_rate_wallet_fk,
    ADD CONSTRAINT accounts_burn_rate_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
ALTER TABLE accounts_credit_grant
    DROP CONSTRAINT accounts_credit_grant_wallet_fk,
    ADD CONSTRAINT accounts_credit_grant_wallet_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
