DROP INDEX usage_event_call;
