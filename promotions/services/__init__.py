"""Writes of promotions; each runs in its caller's transaction."""
