"""Logins: django-allauth by e-mail address, second factors, rate limits, and looking through a customer's eyes."""

from typing import Any

from pghistory.config import ForeignKey

from billing_platform.settings.environment import env

LOGIN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "hijack",
    "pgtrigger",
    "pghistory",
]


def login_settings() -> dict[str, Any]:
    """Return the settings of logins.

    The same answer is given for known and unknown addresses; failed logins are counted per address and per network
    address, which comes from `X-Forwarded-For` only when `TRUSTED_PROXY_COUNT` says how many proxies stand before us.
    """
    return {
        "AUTHENTICATION_BACKENDS": [
            "django.contrib.auth.backends.ModelBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "after-login",
        "LOGOUT_REDIRECT_URL": "after-login",
        "ALLAUTH_TRUSTED_PROXY_COUNT": env.int("TRUSTED_PROXY_COUNT", 0),
        "ACCOUNT_ADAPTER": "tenants.adapter.AccountAdapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_CHANGE_EMAIL": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_RATE_LIMITS": {
            "login": "30/m/ip",
            "login_failed": "10/m/ip,5/5m/key",
            "reset_password": "20/m/ip,5/m/key",
            "reset_password_from_key": "20/m/ip",
            "confirm_email": "1/3m/key",
            "reauthenticate": "10/m/user",
        },
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_ADAPTER": "tenants.factors.FactorAdapter",
        "USERSESSIONS_TRACK_ACTIVITY": False,
        "HIJACK_PERMISSION_CHECK": "tenants.hijacking.may_hijack",
        "HIJACK_INSERT_BEFORE": None,
        "PGHISTORY_MIDDLEWARE_METHODS": ("POST", "PUT", "PATCH", "DELETE"),
        # The histories have one index each, led by the provider.
        "PGHISTORY_FOREIGN_KEY_FIELD": ForeignKey(db_index=False),
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}"}
            for name in (
                "UserAttributeSimilarityValidator",
                "MinimumLengthValidator",
                "CommonPasswordValidator",
                "NumericPasswordValidator",
            )
        ],
    }
