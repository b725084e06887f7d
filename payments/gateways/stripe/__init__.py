"""Stripe, behind its own SDK with the provider's own key."""
