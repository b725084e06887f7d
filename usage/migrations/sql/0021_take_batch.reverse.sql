DROP FUNCTION usage_take_batch(bigint, timestamptz, boolean);
