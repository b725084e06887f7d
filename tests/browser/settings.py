"""The demo's settings for a browser that logs in often: a password costs nothing to check."""

from billing_platform.settings.dev import *  # noqa: F403

# The strength that people get takes a second of processor per person and login.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A deployment's files are cached for good by their names; asking again for each of twenty takes longer than a page.
WHITENOISE_MAX_AGE = 3600
