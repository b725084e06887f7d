"""Frozen objects that pages are drawn from, and the functions that compose them from the parts' selectors."""
