"""Whatever comes in at a webhooks' address, signed or not, is never a server error, at any gateway."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payments.shop import Sent, Shop
from tests.payments.wire import event_of

if TYPE_CHECKING:
    from collections.abc import Callable

FUZZ: Final = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEADERS: Final = {
    "paypal": [
        f"Paypal-{word}"
        for word in ("Transmission-Id", "Transmission-Time", "Transmission-Sig", "Cert-Url")
    ],
    "razorpay": ["X-Razorpay-Signature", "X-Razorpay-Event-Id"],
    "stripe": ["Stripe-Signature"],
}
KINDS: Final = {
    "paypal": ("PAYMENT.CAPTURE.COMPLETED", "capture"),
    "razorpay": ("payment.captured", "payment"),
    "stripe": ("payment_intent.succeeded", "payment_intent"),
}
# What a header may carry on the wire, and words that look like parts of signatures.
WORDS: Final = st.one_of(
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=80),
    st.sampled_from(
        ["t=1,v1=", "t=,v1=é", "t=99999999999999999999,v1=a", "v0=a", "a" * 64, "é" * 64, "=" * 9]
    ),
)
# Values that a signed body may carry where another is expected: what databases, clocks and readers stumble over.
ODD: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(
        [
            "\0",
            "a\0b",
            "\ud800",
            "9999-12-31T23:59:59-14:00",
            "0001-01-01T00:00:00+14:00",
            "x" * 5000,
        ]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to each value inside a body."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """Return a body with another value in one place."""
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], odd)
    return copy


class TestHooks:
    def test_noise_is_refused(self, shop: Shop) -> None:
        names = HEADERS[shop.gateway]

        @FUZZ
        @given(
            body=st.binary(max_size=200),
            words=st.lists(WORDS, min_size=len(names), max_size=len(names)),
        )
        def send(body: bytes, words: list[str]) -> None:
            assert shop.deliver(Sent(body, dict(zip(names, words, strict=True)))) == 400

        send()
        assert shop.events() == []

    def test_a_signed_body_with_one_odd_value_breaks_nothing(self, shop: Shop) -> None:
        whole = json.loads(
            event_of(shop, KINDS[shop.gateway][0], "foreign_1", KINDS[shop.gateway][1])
        )
        ways = places(whole)
        sign: Callable[[bytes], Sent] = shop.signer()

        @FUZZ
        @given(way=st.sampled_from(ways), odd=ODD)
        def send(way: tuple[Any, ...], odd: Any) -> None:
            body = json.dumps(put(whole, way, odd)).encode()
            assert shop.deliver(sign(body)) in {200, 400}

        send()
        assert set(shop.work_off()) <= {"ignored", "received"}
        assert shop.balance() == 0
