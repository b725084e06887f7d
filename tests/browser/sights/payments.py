"""Pages of payments."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

HARBOR = ("nimbus", "nimbus blue-harbor admin")

SIGHTS = (
    Sight("pay", "nimbus", "nimbus acme admin", "/billing/pay/"),
    Sight("own-payments", "nimbus", "nimbus acme admin", "/billing/payments/"),
    Sight("methods", "nimbus", "nimbus acme admin", "/billing/methods/"),
    Sight("recharges", "nimbus", "nimbus acme admin", "/billing/auto-recharge/"),
    Sight("topup-limits", "nimbus", "nimbus acme admin", "/billing/pay/limits"),
    Sight("recharge-link-gone", "nimbus", "", "/pay/recharge/none", 404),
    Sight("own-payment-none", "nimbus", "nimbus acme admin", "/billing/payments/none/", 404),
    Sight("method-delete", *HARBOR, "/billing/methods/met_seen/delete"),
    Sight("recharge-pay", *HARBOR, "/billing/auto-recharge/rec_seen/pay"),
    Sight(
        "client-method-remove",
        "nimbus",
        "nimbus owner",
        "client:Blue Harbor Shipping/methods/met_seen/remove",
    ),
    Sight("client-methods", "nimbus", "nimbus owner", "client:Globex Logistics/methods/"),
    Sight("payments", "nimbus", "nimbus owner", "/provider/payments/"),
    Sight("payments-none", "nimbus", "nimbus owner", "/provider/payments/?state=quarantined"),
    Sight("payment", "nimbus", "nimbus owner", "/provider/payments/pay_seen/"),
    Sight("refund-none", "nimbus", "nimbus owner", "/provider/payments/none/refund", 404),
    Sight("own-payment", "nimbus", "nimbus acme admin", "/billing/payments/pay_seen/"),
    Sight("own-refund", "nimbus", "nimbus acme admin", "/billing/payments/pay_free/refund"),
    Sight("refund", "nimbus", "nimbus owner", "/provider/payments/pay_free/refund"),
    Sight("refund-requests", "nimbus", "nimbus owner", "/provider/refund-requests/"),
    Sight("refund-decided", "nimbus", "nimbus owner", "/provider/refund-requests/?state=decided"),
    Sight("refund-request", "nimbus", "nimbus owner", "/provider/refund-requests/rrq_seen/"),
    Sight("disputes", "nimbus", "nimbus owner", "/provider/disputes/"),
    Sight("dispute", "nimbus", "nimbus owner", "/provider/disputes/dis_seen/"),
    Sight("disputes-none", "nimbus", "nimbus owner", "/provider/disputes/?state=lost"),
    Sight("gateway-events-none", "nimbus", "nimbus owner", "/provider/gateway-events/"),
    Sight("gateways", "nimbus", "nimbus owner", "/provider/gateways/"),
    Sight("gateway", "nimbus", "nimbus owner", "/provider/gateways/gwc_seen/"),
    Sight("gateway-new", "nimbus", "nimbus owner", "/provider/gateways/new/stripe"),
)
