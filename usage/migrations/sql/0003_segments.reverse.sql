DROP INDEX usage_rate_segment_continuing;
ALTER TABLE usage_rate_segment DROP CONSTRAINT usage_rate_segment_wallet_scoped_fk;
ALTER TABLE usage_subscription_item DROP CONSTRAINT usage_subscription_item_full_hours;
ALTER TABLE usage_subscription_item ADD CONSTRAINT usage_subscription_item_full_hours
    CHECK (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid)))) NOT VALID;
ALTER TABLE usage_rate_segment DROP CONSTRAINT usage_rate_segment_full_hours;
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_full_hours
    CHECK (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid)))) NOT VALID;
