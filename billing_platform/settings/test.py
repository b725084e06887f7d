"""Settings of the tests: one login that may take each role, so that every test runs as `app` unless it says otherwise."""

import os

from billing_platform.settings.base import *  # noqa: F403
from billing_platform.settings.base import DATABASES

SECRET_KEY = "test-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["USER"] = "billing_tester"
DATABASES["default"]["PASSWORD"] = os.environ.get("DATABASE_PASSWORD_TESTER", "tester")
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_billing")}
# A read without a scope is an error here, not an empty page.
DATABASES["default"]["OPTIONS"]["options"] += " -c app.strict=on"
