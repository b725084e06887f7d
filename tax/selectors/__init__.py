"""Reads of tax."""
