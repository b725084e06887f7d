"""Razorpay's error bodies and its strict reading of parameters; the account's operations raise and call them."""

from __future__ import annotations

from typing import Any, Final

Body = dict[str, Any]
Object = dict[str, Any]

# Below it Razorpay takes no payment, in subunits.
MINIMUM: Final = 100
NOTES_MAX: Final = 15
# Currencies that do not have hundredths.
PLACES: Final = {"JPY": 0, "KWD": 3, "BHD": 3, "OMR": 3}


class Problem(Exception):
    """An answer that is an error, as Razorpay words it."""

    def __init__(
        self, status: int, words: str, *, field: str = "", reason: str = "input_validation_failed"
    ) -> None:
        self.status = status
        code = "BAD_REQUEST_ERROR" if status < 500 else "SERVER_ERROR"
        self.body = {
            "error": {
                "code": code,
                "description": words,
                "source": "business",
                "step": "payment_initiation",
                "reason": reason,
                "metadata": {},
                **({"field": field} if field else {}),
            }
        }
        super().__init__(words)


def check(body: Body, *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> None:
    """Refuse unknown and missing parameters.

    Args:
        body: what was sent.
        required: names that must be there.
        optional: names that may be there.

    Raises:
        Problem: `… is/are not required and should not be sent`, or `The … field is required.`
    """
    for name in body:
        if name not in {*required, *optional}:
            raise Problem(400, f"{name} is/are not required and should not be sent", field=name)
    for name in required:
        if body.get(name) in (None, ""):
            raise Problem(400, f"The {name} field is required.", field=name)


def price(body: Body) -> tuple[int, str]:
    """Read an amount that Razorpay would take.

    Args:
        body: with `amount` in subunits and `currency`.

    Raises:
        Problem: no whole number, too small, or no currency.
    """
    amount, currency = body["amount"], str(body.get("currency", "INR"))
    if type(amount) is not int:
        raise Problem(400, "The amount must be an integer.", field="amount")
    if amount < MINIMUM and currency in {"INR", "USD"}:
        raise Problem(
            400, f"The amount must be at least {currency} {MINIMUM / 100:.2f}", field="amount"
        )
    if len(currency) != 3 or not currency.isupper():
        raise Problem(400, "Currency is not supported", field="currency")
    return amount, currency


def notes_of(body: Body) -> dict[str, str]:
    """Read the notes.

    Args:
        body: what was sent.

    Raises:
        Problem: more than 15 pairs, or no pairs of text.
    """
    notes = body.get("notes") or {}
    if not isinstance(notes, dict) or not all(isinstance(word, str) for word in notes.values()):
        raise Problem(400, "notes should be an object", field="notes")
    if len(notes) > NOTES_MAX:
        raise Problem(400, "Number of fields in notes should be less than or equal to 15")
    return dict(notes)


def amount_words(found: Object) -> str:
    """Return an entity's amount as pages write it.

    Args:
        found: with `amount` in subunits and `currency`.
    """
    amount, currency = found["amount"], found["currency"]
    places = PLACES.get(currency, 2)
    whole, part = divmod(amount, 10**places)
    return f"{whole}.{part:0{places}d} {currency}" if places else f"{whole} {currency}"
