"""Pages of payments that belong to no person: the gateways' webhooks."""
