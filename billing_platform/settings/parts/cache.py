"""The cache: Redis when there is one, else a table of the database; what is in it may vanish at any time."""

import os
from typing import Any

CACHE_TABLE = "platform_cache"


def cache_settings() -> dict[str, dict[str, Any]]:
    """Return Django's `CACHES`, from `REDIS_URL`."""
    redis_url = os.environ.get("REDIS_URL")
    if redis_url:
        return {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": redis_url,
            }
        }
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": CACHE_TABLE,
        }
    }
