"""QR codes: of a transfer, by which a banking app fills it in (EPC069-12), and of a registered document."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import segno
from segno import helpers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.kernel.money import Money


def payment_qr(payment: Mapping[str, str], amount: Money, number: str) -> bytes:
    """Return the code of a transfer as PNG; empty where there can be none.

    Args:
        payment: `iban`, `holder`, `bic` and `reference` (ISO 11649, or words); `qr` when it is worked out already.
        amount: what is to be paid; the standard knows euros only.
        number: of the document, for a transfer without a reference of its own.

    Source: EPC069-12 v3.1, Quick Response Code: guidelines to enable data capture for the initiation of a SEPA credit
        transfer.
    """
    made = payment.get("qr", "")
    if made:
        return _png(segno.make(made, error="m", micro=False))
    if amount.currency != "EUR" or amount.amount_minor <= 0 or not payment.get("iban"):
        return b""
    reference = payment.get("reference", "").replace(" ", "")
    is_structured = reference.startswith("RF")
    try:
        code = helpers.make_epc_qr(
            name=payment.get("holder", "")[:70],
            iban=payment["iban"],
            amount=amount.to_major(),
            text=None if is_structured else reference or number,
            reference=reference if is_structured else None,
            bic=payment.get("bic") or None,
            encoding="utf-8",
        )
    except ValueError:  # a holder that is empty, a text that is too long: people type it
        return b""
    return _png(code)


def signed_qr(text: str) -> bytes:
    """Return the code of a registered document as PNG.

    Args:
        text: as the portal signed it.

    Source: CGST Rules 2017, rule 46 (r): the code that has the Invoice Reference Number embedded.
    """
    return _png(segno.make(text, error="l", micro=False))


def _png(code: segno.QRCode) -> bytes:
    picture = BytesIO()
    code.save(picture, kind="png", scale=3, border=2)
    return picture.getvalue()
