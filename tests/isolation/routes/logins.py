"""Logins, drawn by django-allauth."""

from __future__ import annotations

from tests.isolation.routes.route import Route

ROUTES = (
    *(
        Route(name, "login")
        for name in (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_signup",
            "account_reauthenticate",
            "account_email",
            "account_email_verification_sent",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_confirm_login_code",
            "account_reset_password_from_key_done",
            "account_reset_password_done",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
            "mfa_login_webauthn",
            "usersessions_list",
        )
    ),
    Route("account_confirm_email", "login", args={"key": "no-such-key"}),
    Route("account_reset_password_from_key", "login", args={"uidb36": "1", "key": "no-such-key"}),
    Route("mfa_remove_webauthn", "login", args={"pk": "1"}),
    Route("mfa_edit_webauthn", "login", args={"pk": "1"}),
    # Looking through a customer's eyes has tests of its own.
    Route("hijack:acquire", "login", method="post", data={"user_pk": "0"}),
    Route("hijack:release", "login", method="post"),
)
