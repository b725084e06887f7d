-- Call History reads a tenant's calls from the newest on, whatever else the tenant uses.
CREATE INDEX usage_event_call ON usage_event (provider_id, tenant_id, at, source_id, event_id)
    WHERE type = 'voice.call';
