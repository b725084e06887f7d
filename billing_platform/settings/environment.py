"""The environment as typed values, for all settings."""

import environ

env = environ.Env()
