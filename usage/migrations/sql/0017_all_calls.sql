-- The calls of all of a provider's tenants are read from the newest on.
CREATE INDEX usage_event_all_calls ON usage_event (provider_id, at, source_id, event_id) WHERE type = 'voice.call';
