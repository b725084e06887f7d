"""Stripe as a gateway that connections can be made of: its keys, and which of them move real money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from payments.gateways.errors import GatewayRejected
from payments.gateways.forms import FormScript
from payments.gateways.kinds import CredentialField, GatewayKind, address_of
from payments.gateways.stripe.client import API_URL
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.texts import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.gateways.kinds import Endpoint, WebhookSecrets

# https://docs.stripe.com/security/guide#content-security-policy
SCRIPT_URL: Final = "https://js.stripe.com/v3/"
FRAMES: Final = ("https://js.stripe.com", "https://hooks.stripe.com")
SECRET_KEY: Final = CredentialField(
    name="secret_key",
    label=gettext_noop("Restricted or secret key"),
    pattern=r"(sk|rk)_(test|live)_\w{1,240}",
    is_secret=True,
    help=gettext_noop(
        "Developers, API keys. A restricted key (rk_…) with write on Customers, PaymentIntents, SetupIntents,"
        " PaymentMethods, Checkout Sessions, Charges and Refunds, and Webhook Endpoints, and read on Accounts,"
        " Events, Disputes and Balance is enough."
    ),
    warns=r"sk_\w+",
    warning=gettext_noop(
        "This is a secret key: whoever gets hold of it may do everything with your Stripe account. Replace it by a"
        " restricted key (rk_…) that may only do what is needed here."
    ),
)
PUBLISHABLE_KEY: Final = CredentialField(
    name="publishable_key",
    label=gettext_noop("Publishable key"),
    pattern=r"pk_(test|live)_\w{1,240}",
    is_secret=False,
    help=gettext_noop("Developers, API keys. It is shown to browsers."),
)


def is_live(credentials: Mapping[str, str]) -> bool:
    """Tell from the key's prefix whether real money moves.

    Args:
        credentials: by the fields' names.
    """
    return credentials.get("secret_key", "")[2:8] == "_live_"


def connect(
    credentials: Mapping[str, str], secrets: WebhookSecrets, endpoint: Endpoint
) -> StripeGateway:
    """Make a connection of one provider's keys; nothing is asked of Stripe yet.

    Args:
        credentials: by the fields' names; the publishable key may be missing.
        secrets: of the webhook.
        endpoint: where Stripe answers.

    Raises:
        GatewayRejected: one key is live and the other is not (`keys_differ`), a live key at a simulator
            (`live_refused`), or an address that is not encrypted (`endpoint_insecure`).
    """
    shown = credentials.get("publishable_key", "")
    if shown and (shown[2:8] == "_live_") != is_live(credentials):
        raise GatewayRejected("keys_differ", "One key is live, the other is a test key.")
    url = address_of(endpoint, API_URL, is_live=is_live(credentials), label="Stripe")
    return StripeGateway(
        api_key=credentials["secret_key"],
        secrets=secrets,
        api_url=url,
        form_script=_form_script(shown, endpoint),
    )


def _form_script(public_key: str, endpoint: Endpoint) -> FormScript | None:
    """Return where browsers get Stripe.js; a stand-in's place counts for a simulator only."""
    if not public_key:
        return None
    if not endpoint.is_simulated:
        return FormScript(SCRIPT_URL, public_key, frames=FRAMES, calls=(API_URL,))
    if not endpoint.script_url:
        return None
    parts = urlsplit(endpoint.script_url)
    return FormScript(endpoint.script_url, public_key, frames=(f"{parts.scheme}://{parts.netloc}",))


def _dispute_page(dispute_id: str, is_live: bool) -> str:  # noqa: FBT001 - called by position
    mode = "" if is_live else "test/"
    return f"https://dashboard.stripe.com/{mode}disputes/{quote(dispute_id, safe='')}"


KIND: Final = GatewayKind(
    code="stripe",
    label="Stripe",
    fields=(SECRET_KEY, PUBLISHABLE_KEY),
    is_live=is_live,
    connect=connect,
    dispute_page=_dispute_page,
    first_currencies=("USD", "EUR", "GBP"),
)
