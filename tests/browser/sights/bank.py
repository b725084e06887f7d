"""Pages of bank transfers."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("own-bank", "nimbus", "nimbus acme admin", "/billing/bank/"),
    Sight("bank", "nimbus", "nimbus owner", "/provider/bank/"),
    Sight("bank-line", "nimbus", "nimbus owner", "/provider/bank/lines/bkl_seen/"),
    Sight("bank-equal", "nimbus", "nimbus owner", "/provider/bank/equal/"),
    Sight("statements", "nimbus", "nimbus owner", "/provider/bank/statements/"),
    Sight("statement", "nimbus", "nimbus owner", "/provider/bank/statements/stm_seen/"),
    Sight("statement-new", "nimbus", "nimbus owner", "/provider/bank/statements/new"),
    Sight("bank-accounts", "nimbus", "nimbus owner", "/provider/bank/accounts/"),
    Sight("bank-profile", "nimbus", "nimbus owner", "/provider/bank/profile/"),
)
