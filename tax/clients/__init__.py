"""Registers outside that are asked about tax numbers."""
