DROP FUNCTION usage_ensure_event_month(timestamptz);
DROP TABLE usage_event;
