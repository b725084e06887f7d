"""The command imports and matches a file, says when it was known, and refuses in words."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import Bank, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast


def run(path: Path, kind: str = "mt940", provider: str = "nimbus") -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_statement",
        *("--provider", provider, "--format", kind, str(path), "--json"),
        stdout=out,
        stderr=io.StringIO(),
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_a_file_is_imported_and_matched_once(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "november.sta"
    with as_role("worker"):
        desk = BankDesk.open(cast.nimbus)
        order = desk.order(cast.acme)
        path.write_bytes(
            Bank().came(desk.paid(order), Moved(cents=5), Moved(cents=-7, text="fees")).mt940()
        )

        first, second = run(path), run(path)

        assert (first["duplicate"], first["lines"], first["known"]) == (False, 3, 0)
        assert (first["matched"], first["open"], first["outgoing"]) == (1, 1, 1)
        assert (second["duplicate"], second["lines"], second["statements"]) == (True, 0, [])
        assert desk.balance(cast.acme) == desk.clearing() == 10_000
        assert desk.agrees()


def test_what_it_refuses(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(Bank().came(Moved(cents=5)).camt())
    with as_role("worker"):
        with pytest.raises(CommandError, match="bank account"):
            run(path, "camt053")
        BankDesk.open(cast.nimbus)
        for kind, words in (("mt940", "no MT940"), ("csv", "how your bank writes")):
            with pytest.raises(CommandError, match=words):
                run(path, kind)
        with pytest.raises(CommandError):
            run(path, "camt053", "nobody")
        with pytest.raises(CommandError, match="No such file"):
            run(tmp_path / "none")
        assert run(path, "camt053")["lines"] == 1
