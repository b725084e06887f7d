"""Acme Pay: a gateway with hosted pages and refunds, and no saved methods."""
