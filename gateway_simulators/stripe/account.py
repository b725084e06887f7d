"""One Stripe account in memory: its objects and what may be done with them; the server calls it under a lock."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.stripe.problems import Problem, check, metadata, missing, positive

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = dict[str, Any]

# Stripe's own names of test cards: last four digits, and the decline when they are charged off-session.
CARDS: Final = {
    "pm_card_visa": ("4242", "", ""),
    "pm_card_authenticationRequired": (
        "3155",
        "authentication_required",
        "authentication_required",
    ),
    "pm_card_chargeCustomerFail": ("0341", "card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("9995", "card_declined", "insufficient_funds"),
}


class Account:
    """The objects of one account; another account's ids do not exist here."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.now = 1_795_000_000
        self.objects: dict[str, Answer] = {}
        self.kept: dict[str, tuple[Any, int, Answer]] = {}
        self._numbers = count(1)
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"/v1/account", self._account),
            ("POST", r"/v1/customers", self._create_customer),
            ("GET", r"/v1/customers/(\w+)", self._read("customer")),
            ("POST", r"/v1/payment_methods/(\w+)/attach", self._attach),
            ("GET", r"/v1/payment_methods/(\w+)", self._read("payment_method")),
            ("POST", r"/v1/payment_intents", self._create_payment),
            ("GET", r"/v1/payment_intents/(\w+)", self._read("payment_intent")),
            ("POST", r"/v1/refunds", self._create_refund),
            ("GET", r"/v1/refunds/(\w+)", self._read("refund")),
        ]

    def answer(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, Answer]:
        """Do one request, once per key: its answer, a decline too, is kept for 24 hours."""
        if not key or method != "POST":
            return self._do(method, path, form)
        asked = (path, form, self.now)
        before = self.kept.get(key)
        if before is not None and self.now - before[0][2] < 86_400:
            if before[0][:2] != asked[:2]:
                words = "Keys for idempotent requests can only be used with the same parameters."
                raise Problem(400, words, "idempotency_error")
            return before[1], before[2]
        status, body = self._do(method, path, form)
        self.kept[key] = (asked, status, body)
        return status, body

    def _do(self, method: str, path: str, form: dict[str, str]) -> tuple[int, Answer]:
        for verb, pattern, work in self._routes:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                try:
                    return 200, work(form, *found.groups())
                except Problem as problem:
                    # Stripe keeps an answer under its key once the work has begun: a decline is one.
                    if problem.status == 402:
                        return 402, problem.body
                    raise
        raise Problem(404, f"Unrecognized request URL ({method}: {path}).")

    def _add(self, prefix: str, noun: str, **fields: Any) -> Answer:
        # Ids carry the account, as random ones would: no two accounts ever share one.
        name = f"{prefix}_{self.account_id[5:]}{next(self._numbers):06d}"
        made = {"id": name, "object": noun, "livemode": False, "created": self.now, **fields}
        self.objects[name] = made
        return dict(made)

    def _find(self, noun: str, name: str) -> Answer:
        found = self.objects.get(name)
        if found is None or found["object"] != noun:
            raise missing(noun, name)
        return found

    def _read(self, noun: str) -> Callable[..., Answer]:
        def read(form: dict[str, str], name: str) -> Answer:
            check(form, required=(), optional=("expand",))
            return dict(self._find(noun, name))

        return read

    def _account(self, form: dict[str, str]) -> Answer:
        check(form, required=(), optional=())
        return {"id": self.account_id, "object": "account", "charges_enabled": True}

    def _create_customer(self, form: dict[str, str]) -> Answer:
        check(form, required=(), optional=("email", "name", "metadata"))
        return self._add("cus", "customer", email=form.get("email"), metadata=metadata(form))

    def _attach(self, form: dict[str, str], card: str) -> Answer:
        check(form, required=("customer",), optional=())
        if card not in CARDS:
            raise missing("payment_method", card)
        customer = self._find("customer", form["customer"])
        last4 = CARDS[card][0]
        shown = {"brand": "visa", "last4": last4, "exp_month": 12, "exp_year": 2030}
        made = self._add("pm", "payment_method", type="card", customer=customer["id"], card=shown)
        self.objects[made["id"]]["_card"] = card
        return made

    def _create_payment(self, form: dict[str, str]) -> Answer:
        required = ("amount", "currency", "customer", "payment_method", "confirm", "off_session")
        check(form, required=required, optional=("metadata", "description"))
        amount = positive(form, "amount")
        self._find("customer", form["customer"])
        method = self._find("payment_method", form["payment_method"])
        if method["customer"] != form["customer"]:
            raise Problem(
                400, "The payment method does not belong to the customer.", param="payment_method"
            )
        _, code, decline = CARDS[method["_card"]]
        made = self._add(
            "pi",
            "payment_intent",
            amount=amount,
            amount_received=0 if code else amount,
            currency=form["currency"],
            customer=form["customer"],
            status="requires_payment_method" if code else "succeeded",
            metadata=metadata(form),
            last_payment_error={"code": code, "decline_code": decline} if code else None,
        )
        if code:
            words = "Your card was declined."
            fields = {"code": code, "decline_code": decline, "payment_intent": made}
            raise Problem(402, words, "card_error", **fields)
        return made

    def _create_refund(self, form: dict[str, str]) -> Answer:
        check(form, required=("payment_intent",), optional=("amount", "reason", "metadata"))
        payment = self._find("payment_intent", form["payment_intent"])
        if payment["status"] != "succeeded":
            words = "This PaymentIntent does not have a successful charge to refund."
            raise Problem(400, words, code="payment_intent_unexpected_state")
        given = [r for r in self.objects.values() if r.get("payment_intent") == payment["id"]]
        left = payment["amount_received"] - sum(r["amount"] for r in given)
        amount = positive(form, "amount") if "amount" in form else left
        if left == 0:
            raise Problem(400, "Charge has already been refunded.", code="charge_already_refunded")
        if amount > left:
            words = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise Problem(400, words, param="amount")
        return self._add(
            "re",
            "refund",
            amount=amount,
            currency=payment["currency"],
            payment_intent=payment["id"],
            status="succeeded",
            metadata=metadata(form),
        )
