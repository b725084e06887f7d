"""Loopback servers that behave as the gateways do. They import no app, and no app imports them."""
