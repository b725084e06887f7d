"""The stand-in of Stripe.js: the script, the frame that a card is typed into, and what the frame sends off."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import Answer, as_json
from gateway_simulators.stripe.account import shown
from gateway_simulators.stripe.cards import card_of_number
from gateway_simulators.stripe.problems import Form, Problem, check
from gateway_simulators.stripe.setups import must_be_open, try_setup

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

FOLDER: Final = Path(__file__).parent / "browser"
FILES: Final = {
    "/v3/": ("stripe.js", "text/javascript; charset=utf-8"),
    "/elements/frame": ("frame.html", "text/html; charset=utf-8"),
}


def browser_file(path: str) -> Answer | None:
    """Return the script or the frame, None when a path is neither.

    Args:
        path: behind the gateway's prefix.
    """
    if path not in FILES:
        return None
    name, kind = FILES[path]
    return Answer(200, (FOLDER / name).read_bytes(), kind, {"Cache-Control": "no-store"})


def confirm(account: Account, form: Form) -> Answer:
    """Save the card that was typed into the frame.

    Args:
        account: of the publishable key.
        form: client secret, number, expiry, cvc, holder and return_url.

    Returns:
        The SetupIntent, or the error as Stripe.js tells it.
    """
    try:
        return as_json(200, {"setup_intent": shown(_confirmed(account, form))})
    except Problem as problem:
        return as_json(200, problem.body)


def _confirmed(account: Account, form: Form) -> dict[str, object]:
    required = ("client_secret", "number", "expiry", "cvc")
    check(form, required=required, optional=("key", "holder", "return_url"))
    setup = account.find("setup_intent", form["client_secret"].partition("_secret_")[0])
    if setup["client_secret"] != form["client_secret"]:
        raise Problem(400, "The client secret provided does not match.", param="client_secret")
    must_be_open(setup, "confirm")
    card = card_of_number(form["number"])
    _must_be_valid(form)
    setup["_return_url"] = form.get("return_url", "")
    try_setup(account, setup, card, holder=form.get("holder", ""))
    return setup


def _must_be_valid(form: Form) -> None:
    found = re.fullmatch(r"(0[1-9]|1[0-2])\D*(\d\d)", form["expiry"].strip())
    today = time.gmtime()
    if not found or (2000 + int(found[2]), int(found[1])) < (today.tm_year, today.tm_mon):
        words = "Your card's expiration date is invalid or in the past."
        raise Problem(402, words, "card_error", code="invalid_expiry_year", param="exp_year")
    if not re.fullmatch(r"\d{3,4}", form["cvc"].strip()):
        words = "Your card's security code is invalid."
        raise Problem(402, words, "card_error", code="invalid_cvc", param="cvc")
