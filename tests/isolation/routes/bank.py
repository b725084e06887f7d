"""Bank transfers: a tenant's own orders, and a provider's statements. In the walk nothing was ordered or imported."""

from __future__ import annotations

from tests.isolation.routes.client_actions import POSTS
from tests.isolation.routes.route import STAFF, Route

ADMIN = ("admin",)
OWNER = ("owner",)
LINE = {"line": "bkl_none"}

ROUTES = (
    Route("billing-bank", "tenant", ADMIN),
    Route("billing-bank-order", "tenant", ADMIN, "post", is_refused=True),
    Route(
        "billing-bank-cancel",
        "tenant",
        ADMIN,
        "post",
        args={"document": "doc_none"},
        is_missing=True,
    ),
    Route("provider-bank", "provider", STAFF),
    Route("provider-bank-csv", "provider", STAFF),
    Route("provider-bank-equal", "provider", POSTS),
    Route("provider-bank-equal-same", "provider", POSTS, "post", is_refused=True),
    Route("provider-bank-equal-others", "provider", POSTS, "post", is_refused=True),
    Route("provider-bank-line", "provider", STAFF, args=LINE, is_missing=True),
    *(
        Route(f"provider-bank-{verb}", "provider", POSTS, "post", args=LINE, is_missing=True)
        for verb in (
            *("match", "approve", "decline", "unmatch"),
            *("return", "aside", "another", "again"),
        )
    ),
    Route("provider-statements", "provider", STAFF),
    Route("provider-statement-new", "provider", POSTS),
    Route("provider-statement-shown", "provider", POSTS, "post", is_refused=True),
    Route("provider-statement", "provider", STAFF, args={"statement": "stm_none"}, is_missing=True),
    Route("provider-bank-accounts", "provider", OWNER),
    *(
        Route(
            f"provider-bank-account-{verb}",
            "provider",
            OWNER,
            "post",
            args={"iban": "DE00"},
            is_missing=True,
        )
        for verb in ("on", "off")
    ),
    Route("provider-bank-profile", "provider", POSTS),
    Route("provider-bank-profile-save", "provider", POSTS, "post", is_refused=True),
)
