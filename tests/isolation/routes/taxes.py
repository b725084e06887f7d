"""Tax: a provider's rates, its clients' tax details, and a tenant's own."""

from __future__ import annotations

from tests.isolation.routes.client_actions import POSTS
from tests.isolation.routes.route import STAFF, Route

ADMIN = ("admin",)
NUMBER = {"country": "FR", "number": "FR40303265045"}

ROUTES = (
    Route("provider-taxes", "provider", STAFF),
    Route("provider-tax-preview", "provider", STAFF),
    Route("provider-tax-report", "provider", STAFF),
    Route("provider-tax-report-csv", "provider", STAFF),
    Route("provider-sales-list-csv", "provider", STAFF),
    Route("provider-oss-csv", "provider", STAFF),
    Route("provider-exchange-rates", "provider", STAFF),
    Route("provider-exchange-rate-new", "provider", POSTS),
    Route("provider-exchange-rates-upload", "provider", POSTS),
    Route("provider-tax-review", "provider", POSTS),
    Route("provider-tax-rate-new", "provider", POSTS),
    Route("provider-tax-registration-new", "provider", POSTS),
    Route("provider-tax-rate-end", "provider", POSTS, "post", is_missing=True),
    Route("provider-tax-rate-drop", "provider", POSTS, "post", is_missing=True),
    Route("provider-tax-registration-end", "provider", POSTS, "post", is_missing=True),
    Route(
        "provider-tax-category",
        "provider",
        POSTS,
        "post",
        data={"code": "voice", "name": "Voice"},
    ),
    Route("provider-client-tax", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-tax-edit", "provider", POSTS, tenant_arg="public_id"),
    Route(
        "provider-client-tax-number-add",
        "provider",
        POSTS,
        "post",
        tenant_arg="public_id",
        data=NUMBER,
    ),
    *(
        Route(
            f"provider-client-tax-{what}",
            "provider",
            POSTS,
            "post",
            tenant_arg="public_id",
            data={"number": "txn_none", "says": "1", "note": "x"},
            is_missing=True,
        )
        for what in ("number-remove", "number-check", "number-record", "exemption-decide")
    ),
    Route(
        "provider-client-tax-proof-add",
        "provider",
        POSTS,
        "post",
        tenant_arg="public_id",
        data={"kind": "bank", "country": "FR", "detail": "IBAN FR"},
    ),
    Route(
        "provider-client-tax-file",
        "provider",
        STAFF,
        tenant_arg="public_id",
        args={"exemption": "exm_none"},
        is_missing=True,
    ),
    Route("company-tax", "tenant", ADMIN),
    Route("company-tax-edit", "tenant", ADMIN),
    Route("company-tax-number-add", "tenant", ADMIN, "post", data=NUMBER),
    Route("company-tax-number-remove", "tenant", ADMIN, "post", is_missing=True),
    Route("company-tax-exemption-add", "tenant", ADMIN, "post", is_refused=True),
    # A certificate of nobody; `test_taxes` tries a stranger's.
    Route("company-tax-file", "tenant", ADMIN, args={"exemption": "exm_none"}, is_missing=True),
)
