"""Benchmarks against hand-written SQL: each builds its own data in a scratch database; `manage.py bench` calls them."""
