"""Payments: of a tenant's own, and of a provider's clients. In the walk a payment is named as its tenant."""

from __future__ import annotations

from tests.isolation.routes.client_actions import POSTS
from tests.isolation.routes.route import STAFF, Route

ADMIN = ("admin",)
OWNER = ("owner",)

ROUTES = (
    Route("billing-pay", "tenant", ADMIN),
    Route("billing-topup-quote", "tenant", ADMIN, "post"),
    Route("billing-topup-limits", "tenant", ADMIN),
    Route("billing-payments", "tenant", ADMIN),
    Route("billing-payments-csv", "tenant", ADMIN),
    Route("billing-payment", "tenant", ADMIN, tenant_arg="payment"),
    Route("billing-payment-continue", "tenant", ADMIN, tenant_arg="payment"),
    # The gateway is asked outside of any transaction, which the walk cannot undo: it names nothing.
    Route("billing-payment-return", "tenant", ADMIN, args={"payment": "pay_none"}, is_missing=True),
    Route("billing-payment-refund", "tenant", ADMIN, tenant_arg="payment"),
    Route(
        "billing-payment-withdraw",
        "tenant",
        ADMIN,
        "post",
        args={"payment": "pay_none"},
        is_missing=True,
    ),
    Route("billing-methods", "tenant", ADMIN),
    Route("billing-method-setup", "tenant", ADMIN, "post", is_missing=True),
    Route("billing-method-form", "tenant", ADMIN, "post", is_missing=True),
    Route("billing-methods-refresh", "tenant", ADMIN, "post"),
    *(
        Route(
            f"billing-method-{step}",
            "tenant",
            ADMIN,
            args={"setup": "set_none"},
            is_missing=True,
        )
        for step in ("continue", "return")
    ),
    Route("billing-method-delete", "tenant", ADMIN, args={"method": "met_none"}, is_missing=True),
    Route(
        "billing-method-default",
        "tenant",
        ADMIN,
        "post",
        args={"method": "met_none"},
        is_missing=True,
    ),
    Route("billing-recharges", "tenant", ADMIN),
    Route("billing-auto-pay-off", "tenant", ADMIN, "post"),
    *(
        Route(f"recharge-link{step}", "public", args={"token": "no-such-token"})
        for step in ("", "-continue", "-return")
    ),
    Route("billing-recharge-pay", "tenant", ADMIN, args={"recharge": "rec_none"}, is_missing=True),
    Route(
        "billing-recharge-off",
        "tenant",
        ADMIN,
        "post",
        args={"currency": "JPY"},
        is_missing=True,
    ),
    Route("provider-payments", "provider", STAFF),
    Route("provider-payments-csv", "provider", STAFF),
    Route("provider-payment", "provider", STAFF, tenant_arg="payment"),
    *(
        Route(
            f"provider-payment-{verb}",
            "provider",
            POSTS,
            "post",
            args={"payment": "pay_none"},
            is_missing=True,
        )
        for verb in ("ask", "accept", "give-up", "not-made", "replay")
    ),
    Route(
        "provider-payment-refund",
        "provider",
        POSTS,
        args={"payment": "pay_none"},
        is_missing=True,
    ),
    Route("provider-refund-requests", "provider", POSTS),
    Route("provider-refund-requests-csv", "provider", POSTS),
    Route("provider-refund-request", "provider", POSTS, tenant_arg="wanted"),
    *(
        Route(
            f"provider-refund-request-{verb}",
            "provider",
            POSTS,
            "post",
            args={"wanted": "rrq_none"},
            is_missing=True,
        )
        for verb in ("approve", "reject", "confirm", "decline")
    ),
    Route("provider-disputes", "provider", STAFF),
    Route("provider-disputes-csv", "provider", STAFF),
    Route("provider-dispute", "provider", STAFF, args={"dispute": "dis_none"}, is_missing=True),
    *(
        Route(
            f"provider-dispute-{verb}",
            "provider",
            POSTS,
            "post",
            args={"dispute": "dis_none"},
            is_missing=True,
        )
        for verb in ("ask", "accept", "release")
    ),
    Route("provider-gateway-events", "provider", STAFF),
    *(
        Route(f"provider-gateway-events-{verb}", "provider", POSTS, "post", is_missing=True)
        for verb in ("again", "aside")
    ),
    Route("provider-gateway-events-all", "provider", POSTS, "post"),
    Route("provider-gateways", "provider", OWNER),
    Route("provider-gateway-new", "provider", OWNER, args={"gateway": "stripe"}),
    Route("provider-gateway", "provider", OWNER, args={"connection": "gwc_none"}, is_missing=True),
    *(
        Route(
            f"provider-gateway-{verb}",
            "provider",
            OWNER,
            "post",
            args={"connection": "gwc_none"},
            is_missing=True,
        )
        for verb in ("change", "credentials", "webhook", "secret", "secret-new", "test")
    ),
)
