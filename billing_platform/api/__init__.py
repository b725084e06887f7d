"""The HTTP API of providers' systems: usage in, entitlements out. Keyed per provider; every error is problem+json."""
