"""Writes of tax."""
