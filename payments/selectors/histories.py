"""Which changes of connections and methods are kept, for the audit log, and what connections are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payments.models import Connection
from tenants.selectors.changes import History

if TYPE_CHECKING:
    from collections.abc import Iterable

CONNECTION_HISTORIES: Final = (
    History("connection", "payments_connection_event"),
    History("credential", "payments_credential_event"),
    History("bank_account", "payments_bank_account_event"),
)
METHOD_HISTORIES: Final = (
    History("payment_method", "payments_method_event", tenant="e.tenant_id"),
    History("auto_pay", "payments_auto_pay_event", tenant="e.tenant_id"),
    History("topup_limit", "payments_topup_limit_event", tenant="e.tenant_id"),
    History("recharge_rule", "payments_recharge_rule_event", tenant="e.tenant_id"),
)


def connection_labels(provider_id: int, connection_ids: Iterable[int]) -> dict[int, str]:
    """Return what connections are called by their ids, by one query.

    Args:
        provider_id: whose; its scope is open.
        connection_ids: which.
    """
    wanted = set(connection_ids)
    if not wanted:
        return {}
    rows = Connection.objects.filter(provider_id=provider_id, pk__in=wanted)
    return dict(rows.values_list("pk", "label"))
