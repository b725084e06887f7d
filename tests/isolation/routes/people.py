"""Memberships, invitations and the ways between them."""

from __future__ import annotations

from tests.isolation.routes.route import EVERYBODY, Route

INVITED = {"email": "new@example.com"}

ROUTES = (
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
)
