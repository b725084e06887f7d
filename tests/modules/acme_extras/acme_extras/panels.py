"""Two panels: the provider's own accounts, and a customer's wallets; both read through published selectors."""

from accounts.selectors.balances import provider_balances, wallets_of
from billing_platform.kernel.money import Money
from billing_platform.portal.panels import Figure, Panel, PanelPage, PanelRequest, Portal, Table


def balances(request: PanelRequest) -> PanelPage:
    """Show what each of the provider's accounts holds."""
    found = provider_balances(request.provider_id)
    rows = [(kind, Money(minor, currency)) for (kind, currency), minor in sorted(found.items())]
    return PanelPage(
        intro="Each account of the provider, from the ledger.",
        figures=[Figure("Accounts", len(rows), "as of now")],
        tables=[Table("Accounts", ["Account", "Balance"], rows, "No account was used yet.")],
    )


def credit(request: PanelRequest) -> PanelPage:
    """Show what a customer has left, per currency."""
    if request.tenant_id is None:
        return PanelPage()
    wallets = wallets_of(request.provider_id, [request.tenant_id])
    figures = [Figure("Left", Money(wallet.available, wallet.currency)) for wallet in wallets]
    rows = [(wallet.currency, Money(wallet.settled, wallet.currency)) for wallet in wallets]
    return PanelPage(figures=figures, tables=[Table("Wallets", ["Currency", "Settled"], rows)])


BALANCES = Panel(
    code="acme-balances",
    label="Accounts of ours",
    portal=Portal.PROVIDER,
    roles=frozenset({"owner", "billing"}),
    compose=balances,
    icon="coins",
)
CREDIT = Panel(
    code="acme-credit",
    label="Credit <b>left</b>",
    portal=Portal.CUSTOMER,
    roles=frozenset({"admin"}),
    compose=credit,
)
