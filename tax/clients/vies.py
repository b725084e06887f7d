"""Asks VIES, the EU's register of VAT numbers, one question; whatever happens is an answer of three kinds.

Only a clear word is taken for one: everything else (a fault, garbage, silence) is `unavailable` and says nothing
against the number.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import requests
from django.conf import settings

from tax.enums import CheckOutcome

API_URL: Final = "https://ec.europa.eu/taxation_customs/vies/rest-api"
CODE: Final = "vies"
TIMEOUT_S: Final = (5, 20)
BYTES_MAX: Final = 65_536
_FAULT: Final = re.compile(r"[A-Z_]{3,64}")
# Says that the number cannot be one, the only fault that is a word about the number.
_NO_NUMBER: Final = "INVALID_INPUT"
_HIDDEN: Final = "---"
# Says that whoever asks has no number that VIES knows; nothing about the number that was asked about.
NO_REQUESTER: Final = "INVALID_REQUESTER_INFO"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    Attributes:
        outcome: of CheckOutcome.
        fault: why there was no answer, or "".
        consultation_number: proves that it was asked; only when a requester was named.
        name, address: of the trader, "" where the member state hides them.
        raw: as it came, cut to what is kept.
    """

    outcome: str
    fault: str = ""
    consultation_number: str = ""
    name: str = ""
    address: str = ""
    raw: str = ""


def ask(number: tuple[str, str], requester: tuple[str, str] | None) -> Answer:
    """Ask whether a number is valid.

    Args:
        number: the member state's code as VIES writes it, and what follows.
        requester: the same of whoever asks, for a consultation number; None for a question without.

    Returns:
        The answer; nothing is raised for what happens outside.

    Source: VIES, "checkVatApprox" over REST: POST check-vat-number; faults come as `errorWrappers` with status 200.
    """
    url = _url()
    if not url:
        return Answer(CheckOutcome.UNAVAILABLE, "NOT_CONFIGURED")
    body = {"countryCode": number[0], "vatNumber": number[1]}
    if requester is not None:
        body |= {"requesterMemberStateCode": requester[0], "requesterNumber": requester[1]}
    try:
        status, raw = _post(f"{url}/check-vat-number", body)
    except requests.Timeout:
        return Answer(CheckOutcome.UNAVAILABLE, "NO_ANSWER_IN_TIME")
    except requests.RequestException:
        return Answer(CheckOutcome.UNAVAILABLE, "NOT_REACHED")
    return _read(status, raw, number)


def _url() -> str:
    endpoint = settings.GATEWAY_ENDPOINTS.get(CODE, {}).get("url", "")
    # Among simulators nobody outside is asked.
    return str(endpoint) or ("" if settings.GATEWAY_SIMULATORS else API_URL)


def _post(url: str, body: dict[str, str]) -> tuple[int, bytes]:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(url, json=body, timeout=TIMEOUT_S, allow_redirects=False, stream=True)
        with answer:
            pieces = bytearray()
            for piece in answer.iter_content(8192):
                pieces += piece
                if len(pieces) > BYTES_MAX:
                    break
            return answer.status_code, bytes(pieces)


def _read(status: int, raw: bytes, number: tuple[str, str]) -> Answer:
    text = raw.decode(errors="replace").replace("\x00", "")[:4000]
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        fault = "UNREADABLE" if status == 200 else f"HTTP_{status}"
        return Answer(CheckOutcome.UNAVAILABLE, fault, raw=text)
    if not isinstance(body, dict):
        return Answer(CheckOutcome.UNAVAILABLE, "UNREADABLE", raw=text)
    if fault := _fault_of(body):
        outcome = CheckOutcome.INVALID if fault == _NO_NUMBER else CheckOutcome.UNAVAILABLE
        return Answer(outcome, "" if fault == _NO_NUMBER else fault, raw=text)
    echo = (body.get("countryCode"), body.get("vatNumber"))
    if status != 200 or type(body.get("valid")) is not bool or echo != number:
        fault = "UNREADABLE" if status == 200 else f"HTTP_{status}"
        return Answer(CheckOutcome.UNAVAILABLE, fault, raw=text)
    return Answer(
        CheckOutcome.VALID if body["valid"] else CheckOutcome.INVALID,
        consultation_number=_text(body.get("requestIdentifier"), 64),
        name=_text(body.get("name"), 300),
        address=_text(body.get("address"), 500),
        raw=text,
    )


def _fault_of(body: dict[str, Any]) -> str:
    wrappers = body.get("errorWrappers")
    if not isinstance(wrappers, list):
        return "" if body.get("actionSucceed") is not False else "UNREADABLE"
    first = wrappers[0] if wrappers else None
    code = first.get("error") if isinstance(first, dict) else None
    return code if isinstance(code, str) and _FAULT.fullmatch(code) else "UNREADABLE"


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or value == _HIDDEN:
        return ""
    return value.replace("\x00", "").strip()[:most]
