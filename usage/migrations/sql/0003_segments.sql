-- A segment or item that a retroactive change takes back keeps its row with an empty range: totals and fees still point to it.
ALTER TABLE usage_rate_segment DROP CONSTRAINT usage_rate_segment_full_hours;
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_full_hours CHECK (isempty(valid)
    OR (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid)))));
ALTER TABLE usage_subscription_item DROP CONSTRAINT usage_subscription_item_full_hours;
ALTER TABLE usage_subscription_item ADD CONSTRAINT usage_subscription_item_full_hours CHECK (isempty(valid)
    OR (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid)))));

-- A segment charges a wallet of its own tenant.
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_wallet_scoped_fk
    FOREIGN KEY (provider_id, wallet_id, tenant_id) REFERENCES accounts_wallet (provider_id, id, tenant_id);

-- The hourly job looks for continuing tiers in each chunk; nearly every provider has none.
CREATE INDEX usage_rate_segment_continuing ON usage_rate_segment (provider_id, tenant_id) WHERE continues_id IS NOT NULL;
