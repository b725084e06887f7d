"""Stripe's API on loopback: strict, idempotent, with magic cards and faults."""
