"""Codes, bonus and discount, grants. Nothing lives here yet; the border is held from the start."""
