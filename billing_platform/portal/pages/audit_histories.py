"""All histories that the audit log tells of, each part's own."""

from __future__ import annotations

from typing import Final

from invoicing.selectors.histories import DOCUMENT_HISTORIES
from payments.selectors.histories import CONNECTION_HISTORIES, METHOD_HISTORIES
from promotions.selectors.histories import PROMOTION_HISTORIES
from tax.selectors.histories import TAX_HISTORIES
from tenants.selectors.changes import OWN_HISTORIES
from usage.selectors.histories import CATALOGUE_HISTORIES, SYSTEM_HISTORIES

HISTORIES: Final = (
    *OWN_HISTORIES,
    *CATALOGUE_HISTORIES,
    *SYSTEM_HISTORIES,
    *CONNECTION_HISTORIES,
    *METHOD_HISTORIES,
    *PROMOTION_HISTORIES,
    *DOCUMENT_HISTORIES,
    *TAX_HISTORIES,
)
