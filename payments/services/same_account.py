"""Whether other credentials are of the account that a connection has taken money with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.errors import WrongAccount
from payments.errors_gateways import GatewayRefused
from payments.models import Attempt
from payments.services.asking import asking_anew
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from payments.gateways.protocol import Gateway
    from payments.models import Connection


def check_knows_ours(row: Connection, gateway: Gateway) -> None:
    """Refuse credentials that do not know the youngest payment of a connection.

    Razorpay tells nobody whose a key is, and PayPal's sandbox gives all of its apps one name; a payment is known to its
    own account alone.

    Args:
        row: the connection; no transaction is open.
        gateway: of the other credentials.

    Raises:
        WrongAccount: they know no such payment.
        GatewayRefused, GatewayDown: the gateway cannot be asked.
    """
    with own_transaction(row.provider_id):
        rows = Attempt.objects.filter(provider_id=row.provider_id, connection_id=row.pk)
        ours = rows.exclude(external_id="").order_by("-pk")
        youngest = ours.values_list("external_id", flat=True).first()
    if youngest is None:
        return
    try:
        with asking_anew():
            gateway.fetch_payment(youngest)
    except GatewayRefused as error:
        if error.is_missing:
            raise WrongAccount from error
        raise GatewayRefused(error.code, error.sentence) from error
