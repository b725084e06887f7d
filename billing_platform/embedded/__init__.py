"""The PostgreSQL that this project starts for itself; standard library only, for manage.py, the demo and tests."""

from billing_platform.embedded.errors import EmbeddedError
from billing_platform.embedded.places import owner_url, var_dir
from billing_platform.embedded.server import Lease, acquire

__all__ = ["EmbeddedError", "Lease", "acquire", "owner_url", "var_dir"]
