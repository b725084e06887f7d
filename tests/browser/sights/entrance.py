"""The ways in, and the pages of logins."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("login", "nimbus", "", "/accounts/login/"),
    Sight("login-yellow", "sonora", "", "/accounts/login/"),
    Sight("reset", "sonora", "", "/accounts/password/reset/"),
    Sight("reset-done", "sonora", "", "/accounts/password/reset/done/"),
    Sight("signup-closed", "nimbus", "", "/accounts/signup/"),
    Sight("invitation", "nimbus", "", "/invitations/an-invitation-to-look-at"),
    Sight("not-found", "sonora", "", "/no-such-page/", 404),
    Sight("choose", "sonora", "vera@books.example", "/choose"),
    Sight("second-factor", "nimbus", "nimbus acme admin", "/accounts/2fa/"),
    Sight("sessions", "nimbus", "nimbus acme admin", "/accounts/sessions/"),
    Sight("password", "nimbus", "nimbus acme admin", "/accounts/password/change/"),
    Sight("email", "nimbus", "nimbus acme admin", "/accounts/email/"),
    Sight("totp", "nimbus", "nimbus acme admin", "/accounts/2fa/totp/activate/"),
    Sight("jump", "nimbus", "nimbus owner", "/jump?q=globex"),
    Sight("own-jump", "nimbus", "nimbus acme admin", "/jump?q=nothing"),
    Sight("logout", "nimbus", "nimbus acme admin", "/accounts/logout/"),
)
