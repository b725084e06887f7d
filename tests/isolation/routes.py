"""Every route of the web, with what each kind of person gets. A new route is one line here; without it the walk fails.

A route says what its address or body names (a tenant's public id, a member), and what a lawful POST sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.isolation.world import World

STAFF = ("owner", "billing", "support", "read_only")
EVERYBODY = ("admin", "user")


@dataclass(frozen=True)
class Route:
    """A route.

    Attributes:
        name: as the resolver knows it.
        kind: whose page it is: a provider's people, a tenant's people, any person, anybody, or a library's login page.
        roles: which roles may, for the first two kinds.
        method: the method that does the work.
        tenant_arg: the keyword that holds a tenant's public id, or empty.
        args: further keywords of the address.
        data: the body of a POST.
        foreign_user_in: the field of the body that names a user, tried with strangers.
    """

    name: str
    kind: Literal["provider", "tenant", "person", "public", "login"]
    roles: tuple[str, ...] = ()
    method: Literal["get", "post"] = "get"
    tenant_arg: str = ""
    args: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    foreign_user_in: str = ""

    def kwargs(self, world: World, tenant: str) -> dict[str, Any]:
        """Return the keywords of the address for one tenant."""
        named = {self.tenant_arg: world.public_ids[tenant]} if self.tenant_arg else {}
        return {**self.args, **named}


SETTING = {"name": "ingestion.late_days"}
INVITED = {"email": "new@example.com"}

ROUTES = (
    # The shell.
    Route("home", "person"),
    Route("welcome", "tenant", EVERYBODY),
    Route("set-theme", "public", method="post", data={"theme": "dark"}),
    Route("brand-css", "public", args={"color": "1f5eff", "digest": "0"}),
    Route("brand-icon", "public", args={"color": "1f5eff", "initial": "N"}),
    # A provider's pages.
    Route("provider-clients", "provider", STAFF),
    Route("provider-clients-csv", "provider", STAFF),
    Route("provider-client", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-ledger-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-settings", "provider", STAFF),
    Route("provider-setting", "provider", ("owner",), "post", args=SETTING, data={"value": "20"}),
    Route("provider-setting-reset", "provider", ("owner",), "post", args=SETTING),
    # A tenant's pages.
    Route("billing", "tenant", ("admin",)),
    Route("billing-ledger-csv", "tenant", ("admin",)),
    # People and places.
    Route("after-login", "person"),
    Route("choose-membership", "login"),
    Route("suspended", "tenant", EVERYBODY),
    Route("accept-invitation", "public", args={"token": "no-such-token"}),
    Route("provider-members", "provider", ("owner",)),
    Route(
        "provider-members-invite",
        "provider",
        ("owner",),
        "post",
        data={**INVITED, "role": "support"},
    ),
    Route("provider-members-withdraw", "provider", ("owner",), "post", data=INVITED),
    Route(
        "provider-members-role",
        "provider",
        ("owner",),
        "post",
        data={"role": "support"},
        foreign_user_in="member",
    ),
    Route("provider-members-remove", "provider", ("owner",), "post", foreign_user_in="member"),
    Route("tenant-members", "tenant", ("admin",)),
    Route("tenant-members-invite", "tenant", ("admin",), "post", data={**INVITED, "role": "user"}),
    Route("tenant-members-withdraw", "tenant", ("admin",), "post", data=INVITED),
    Route(
        "tenant-members-role",
        "tenant",
        ("admin",),
        "post",
        data={"role": "user"},
        foreign_user_in="member",
    ),
    Route("tenant-members-remove", "tenant", ("admin",), "post", foreign_user_in="member"),
    # Logins, drawn by django-allauth.
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
# The API knows providers by key and people not at all; `test_api_walk` goes through these.
API_ROUTES = {
    "api-docs",
    "openapi-json",
    "send_events",
    "get_entitlement",
    "api-root",
    "api-not-found",
}
