"""Meters, plans, events, rating and the hourly charging."""
