DROP TRIGGER usage_period_line_opened ON usage_period_line;
DROP TRIGGER usage_period_line_closed ON usage_period_line;
DROP FUNCTION usage_close_revenue();
