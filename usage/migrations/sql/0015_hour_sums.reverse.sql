DROP TRIGGER usage_hour_gone ON usage_hour;
DROP TRIGGER usage_hour_changed ON usage_hour;
DROP TRIGGER usage_hour_added ON usage_hour;
DROP FUNCTION usage_hours_gone();
DROP FUNCTION usage_hours_changed();
DROP FUNCTION usage_hours_added();
