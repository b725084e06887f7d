DROP TRIGGER usage_meter_keep_rules ON usage_meter;
DROP FUNCTION usage_keep_meter_rules();
