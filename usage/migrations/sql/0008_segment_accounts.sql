-- A wallet's id, provider and tenant are those of its account; see the ledger's 0006_light_wallets.
ALTER TABLE usage_rate_segment
    DROP CONSTRAINT usage_rate_segment_wallet_scoped_fk,
    ADD CONSTRAINT usage_rate_segment_wallet_scoped_fk FOREIGN KEY (provider_id, wallet_id, tenant_id)
        REFERENCES accounts_account (provider_id, id, tenant_id);
