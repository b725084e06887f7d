"""Routes of payments: a customer pays and looks back; the provider's people watch over them."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import (
    disputes,
    gateway_events,
    gateways,
    method_forms,
    methods,
    own_refunds,
    pay,
    payments,
    recharge_links,
    recharges,
    refund_requests,
    refunds,
    topup,
    topup_limits,
)

_OWN = "billing/payments/<str:payment>"
_METHOD = "billing/methods/<str:method>"
_SETUP = "billing/methods/setups/<str:setup>"
_RECHARGE = "billing/auto-recharge"
_LINK = "pay/recharge/<str:token>"
_ONE = "provider/payments/<str:payment>"
_REQUEST = "provider/refund-requests/<str:wanted>"
_DISPUTE = "provider/disputes/<str:dispute>"
_GATEWAY = "provider/gateways/<str:connection>"

ROUTES = (
    path("billing/pay/", topup.topup, name="billing-pay"),
    path("billing/pay/quote", topup.quote, name="billing-topup-quote"),
    path("billing/pay/limits", topup_limits.limits, name="billing-topup-limits"),
    path("billing/payments/", pay.history, name="billing-payments"),
    path("billing/payments.csv", pay.history_csv, name="billing-payments-csv"),
    path(f"{_OWN}/", pay.payment, name="billing-payment"),
    path(f"{_OWN}/continue", pay.go_on, name="billing-payment-continue"),
    path(f"{_OWN}/return", pay.come_back, name="billing-payment-return"),
    path(f"{_OWN}/refund", own_refunds.ask, name="billing-payment-refund"),
    path(f"{_OWN}/refund/withdraw", own_refunds.withdraw, name="billing-payment-withdraw"),
    path("billing/methods/", methods.methods, name="billing-methods"),
    path("billing/methods/setup", methods.start, name="billing-method-setup"),
    path("billing/methods/form", method_forms.begin, name="billing-method-form"),
    path("billing/methods/refresh", methods.refresh, name="billing-methods-refresh"),
    path(f"{_SETUP}/continue", methods.go_on, name="billing-method-continue"),
    path(f"{_SETUP}/return", methods.come_back, name="billing-method-return"),
    path(f"{_METHOD}/default", methods.make_default, name="billing-method-default"),
    path(f"{_METHOD}/delete", methods.delete, name="billing-method-delete"),
    path(f"{_RECHARGE}/", recharges.recharges, name="billing-recharges"),
    path(f"{_RECHARGE}/auto-pay/off", recharges.stop_auto_pay, name="billing-auto-pay-off"),
    path(f"{_RECHARGE}/<str:recharge>/pay", recharges.pay, name="billing-recharge-pay"),
    path(f"{_RECHARGE}/<str:currency>/off", recharges.switch_off, name="billing-recharge-off"),
    path(_LINK, recharge_links.pay, name="recharge-link"),
    path(f"{_LINK}/continue", recharge_links.go_on, name="recharge-link-continue"),
    path(f"{_LINK}/return", recharge_links.come_back, name="recharge-link-return"),
    path("provider/payments/", payments.payments, name="provider-payments"),
    path("provider/payments.csv", payments.payments_csv, name="provider-payments-csv"),
    path(f"{_ONE}/", payments.payment, name="provider-payment"),
    path(f"{_ONE}/ask", payments.ask, name="provider-payment-ask"),
    path(f"{_ONE}/refund", refunds.refund, name="provider-payment-refund"),
    path(f"{_ONE}/give-up", refunds.give_up, name="provider-payment-give-up"),
    path(f"{_ONE}/not-made", payments.give_up, name="provider-payment-not-made"),
    path(f"{_ONE}/accept", payments.accept, name="provider-payment-accept"),
    path(f"{_ONE}/replay", payments.replay, name="provider-payment-replay"),
    path("provider/refund-requests/", refund_requests.queue, name="provider-refund-requests"),
    path(
        "provider/refund-requests.csv",
        refund_requests.queue_csv,
        name="provider-refund-requests-csv",
    ),
    path(f"{_REQUEST}/", refund_requests.one, name="provider-refund-request"),
    path(f"{_REQUEST}/approve", refund_requests.approve, name="provider-refund-request-approve"),
    path(f"{_REQUEST}/reject", refund_requests.reject, name="provider-refund-request-reject"),
    path(f"{_REQUEST}/confirm", refund_requests.confirm, name="provider-refund-request-confirm"),
    path(f"{_REQUEST}/decline", refund_requests.decline, name="provider-refund-request-decline"),
    path("provider/disputes/", disputes.disputes, name="provider-disputes"),
    path("provider/disputes.csv", disputes.disputes_csv, name="provider-disputes-csv"),
    path(f"{_DISPUTE}/", disputes.dispute, name="provider-dispute"),
    path(f"{_DISPUTE}/ask", disputes.ask, name="provider-dispute-ask"),
    path(f"{_DISPUTE}/accept", disputes.accept, name="provider-dispute-accept"),
    path(f"{_DISPUTE}/release", disputes.release, name="provider-dispute-release"),
    path("provider/gateway-events/", gateway_events.gateway_events, name="provider-gateway-events"),
    *(
        path(f"provider/gateway-events/{word}", view, name=f"provider-gateway-events-{word}")
        for word, view in (
            ("again", gateway_events.again),
            ("all", gateway_events.all_again),
            ("aside", gateway_events.aside),
        )
    ),
    path("provider/gateways/", gateways.gateways, name="provider-gateways"),
    path("provider/gateways/new/<str:gateway>", gateways.connect, name="provider-gateway-new"),
    path(f"{_GATEWAY}/", gateways.gateway, name="provider-gateway"),
    path(f"{_GATEWAY}/change", gateways.change, name="provider-gateway-change"),
    path(f"{_GATEWAY}/credentials", gateways.credentials, name="provider-gateway-credentials"),
    path(f"{_GATEWAY}/webhook", gateways.webhook, name="provider-gateway-webhook"),
    path(f"{_GATEWAY}/secret", gateways.secret, name="provider-gateway-secret"),
    path(f"{_GATEWAY}/secret/new", gateways.new_secret, name="provider-gateway-secret-new"),
    path(f"{_GATEWAY}/test", gateways.check, name="provider-gateway-test"),
)
