"""What a provider enters to connect Acme Pay."""

from collections.abc import Mapping

from acme_extras.acme_pay.client import AcmeClient
from acme_extras.acme_pay.gateway import AcmePay
from payments.gateways.declines import Decline, DeclineClass
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import CredentialField, Endpoint, GatewayKind, WebhookSecrets

DECLINES = {
    "acme_wallet_shut": Decline(DeclineClass.NEVER, "Your Acme wallet is shut. Use another one."),
    # Ours, whatever another package says.
    "expired_card": Decline(DeclineClass.LATER, "Never shown."),
}
API_URL = "https://api.acme-pay.example"


def is_live(credentials: Mapping[str, str]) -> bool:
    """Tell by the key's prefix whether real money moves."""
    return credentials["api_key"].startswith("acme_live_")


def connect(credentials: Mapping[str, str], secrets: WebhookSecrets, endpoint: Endpoint) -> AcmePay:
    """Make a connection; a live key never meets a simulator."""
    if endpoint.is_simulated and is_live(credentials):
        raise GatewayRejected("live_refused", "Live keys are refused while simulators are on.")
    return AcmePay(AcmeClient(endpoint.url or API_URL, credentials["api_key"]), secrets)


KIND = GatewayKind(
    code="acme_pay",
    label="Acme Pay",
    fields=(CredentialField("api_key", "API key", r"acme_(test|live)_\w{8,64}", is_secret=True),),
    is_live=is_live,
    connect=connect,
    first_currencies=("EUR", "USD"),
    declines=DECLINES,
)
