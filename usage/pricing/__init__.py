"""Pricing without a database: what a price says, its tiers, and the one function that rates a quantity."""
