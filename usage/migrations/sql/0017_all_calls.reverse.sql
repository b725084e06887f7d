DROP INDEX usage_event_all_calls;
