"""Providers, tenants, users and roles, settings, suspension, and who may see what.

Logins live here; `accounts` is the ledger.
"""
