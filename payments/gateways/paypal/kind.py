"""PayPal as a gateway that connections can be made of: its app's credentials, live or sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from payments.gateways.kinds import CredentialField, GatewayKind, address_of
from payments.gateways.paypal.api import LIVE_URL, SANDBOX_URL, Api
from payments.gateways.paypal.gateway import VAULT, PayPalGateway
from payments.gateways.texts import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.gateways.kinds import Endpoint, WebhookSecrets

FIELDS: Final = (
    CredentialField(
        name="client_id",
        label=gettext_noop("Client id"),
        pattern=r"[\w-]{16,200}",
        is_secret=False,
        help=gettext_noop("Developer dashboard, Apps and credentials."),
    ),
    CredentialField(
        name="client_secret",
        label=gettext_noop("Secret"),
        pattern=r"[\w-]{16,200}",
        is_secret=True,
        help=gettext_noop(
            "Of the same app. The app needs the features Accept payments, Webhooks, Vault, Transaction search"
            " and Customer disputes."
        ),
    ),
    CredentialField(
        name="environment",
        label=gettext_noop("Environment: live or sandbox"),
        pattern=r"live|sandbox",
        is_secret=False,
        help=gettext_noop("PayPal's credentials do not say themselves whether real money moves."),
    ),
    CredentialField(
        name="agreements",
        label=gettext_noop("Agreements: vault, reference or off"),
        pattern=r"vault|reference|off",
        is_secret=False,
        help=gettext_noop(
            "How payers agree to later charges. Empty is vault. Reference transactions (agreements with a number"
            " B-…) are for merchants that PayPal has approved for them; off takes single payments only."
        ),
    ),
)


def is_live(credentials: Mapping[str, str]) -> bool:
    """Tell whether real money moves.

    Args:
        credentials: by the fields' names.
    """
    return credentials.get("environment") == "live"


def connect(
    credentials: Mapping[str, str], secrets: WebhookSecrets, endpoint: Endpoint
) -> PayPalGateway:
    """Make a connection of one provider's app; nothing is asked of PayPal yet.

    Args:
        credentials: by the fields' names.
        secrets: ids of the webhook.
        endpoint: where PayPal answers.

    Raises:
        GatewayRejected: live credentials at a simulator (`live_refused`), or an address that is not encrypted
            (`endpoint_insecure`).
    """
    own = LIVE_URL if is_live(credentials) else SANDBOX_URL
    url = address_of(endpoint, own, is_live=is_live(credentials), label="PayPal")
    api = Api(
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        is_live=is_live(credentials),
        url=url,
    )
    return PayPalGateway(
        api,
        is_live=is_live(credentials),
        secrets=secrets,
        endpoint=endpoint,
        keeps=credentials.get("agreements") or VAULT,
    )


def _dispute_page(dispute_id: str, is_live: bool) -> str:  # noqa: FBT001 - called by position
    host = "www.paypal.com" if is_live else "www.sandbox.paypal.com"
    return f"https://{host}/resolutioncenter/{quote(dispute_id, safe='')}"


KIND: Final = GatewayKind(
    code="paypal",
    label="PayPal",
    fields=FIELDS,
    is_live=is_live,
    connect=connect,
    dispute_page=_dispute_page,
    first_currencies=("USD", "EUR", "GBP"),
)
