"""Razorpay as a gateway that connections can be made of: its key, and which of them move real money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from payments.gateways.kinds import CredentialField, GatewayKind, address_of
from payments.gateways.razorpay.client import API_URL
from payments.gateways.razorpay.gateway import RazorpayGateway
from payments.gateways.texts import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.gateways.kinds import Endpoint, WebhookSecrets

FIELDS: Final = (
    CredentialField(
        name="key_id",
        label=gettext_noop("Key id"),
        pattern=r"rzp_(test|live)_\w{1,64}",
        is_secret=False,
        help=gettext_noop("Account and settings, API keys."),
    ),
    CredentialField(
        name="key_secret",
        label=gettext_noop("Key secret"),
        pattern=r"\w{8,128}",
        is_secret=True,
        help=gettext_noop("Shown once, when the key is made."),
    ),
    CredentialField(
        name="account_id",
        label=gettext_noop("Merchant id"),
        pattern=r"acc_\w{1,64}",
        is_secret=False,
        help=gettext_noop(
            "Account and settings; begins with acc_. Deliveries of another account are refused."
        ),
    ),
    CredentialField(
        name="recurring",
        label=gettext_noop("Recurring payments: on or off"),
        pattern=r"on|off",
        is_secret=False,
        help=gettext_noop(
            "Empty is off. Razorpay switches them on for an account on request; rupees only."
        ),
    ),
)


def is_live(credentials: Mapping[str, str]) -> bool:
    """Tell from the key's prefix whether real money moves.

    Args:
        credentials: by the fields' names.
    """
    return credentials.get("key_id", "").startswith("rzp_live_")


def connect(
    credentials: Mapping[str, str], secrets: WebhookSecrets, endpoint: Endpoint
) -> RazorpayGateway:
    """Make a connection of one provider's key; nothing is asked of Razorpay yet.

    Args:
        credentials: by the fields' names.
        secrets: of the webhook.
        endpoint: where Razorpay answers.

    Raises:
        GatewayRejected: a live key at a simulator (`live_refused`), or an address that is not encrypted
            (`endpoint_insecure`).
    """
    url = address_of(endpoint, API_URL, is_live=is_live(credentials), label="Razorpay")
    return RazorpayGateway(
        key_id=credentials["key_id"],
        key_secret=credentials["key_secret"],
        account_id=credentials["account_id"],
        secrets=secrets,
        api_url=url,
        is_recurring=credentials.get("recurring") == "on",
    )


def _dispute_page(dispute_id: str, is_live: bool) -> str:  # noqa: FBT001 - one dashboard for both
    return f"https://dashboard.razorpay.com/app/disputes/{quote(dispute_id, safe='')}"


KIND: Final = GatewayKind(
    code="razorpay",
    label="Razorpay",
    fields=FIELDS,
    is_live=is_live,
    connect=connect,
    dispute_page=_dispute_page,
    first_currencies=("INR",),
)
