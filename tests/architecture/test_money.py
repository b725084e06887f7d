"""No float comes near money, and one part writes the ledger."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.source import ROOT, place, python_files, syntax_tree

LEDGER_TABLES = ("accounts_entry", "accounts_posting", "accounts_wallet")
LEDGER_WRITE = re.compile(
    rf"(INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY)\s+({'|'.join(LEDGER_TABLES)})\b", re.IGNORECASE
)
# Seconds, ratios and pixels may be floats; amounts, quantities and prices live everywhere else. Folders and files from
# the project's root on, so that it does not matter where that lies.
FLOAT_ALLOWED = (
    "billing_platform/benchmarks",
    "billing_platform/demo",
    "billing_platform/embedded",
    "billing_platform/portal/brand_colors.py",
    "billing_platform/settings/parts/celery.py",
)


def is_near_money(path: Path, root: Path = ROOT) -> bool:
    """Say whether a file may hold no float."""
    within = path.relative_to(root)
    return not any(within.is_relative_to(allowed) for allowed in FLOAT_ALLOWED)


class TestMoney:
    def test_no_float_near_money(self) -> None:
        floats = [
            place(path, node)
            for path in python_files()
            if is_near_money(path)
            for node in ast.walk(syntax_tree(path))
            if (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "float"
            )
        ]

        assert floats == []

    def test_it_does_not_matter_where_the_project_lies(self) -> None:
        root = Path("/home/demo/billing_platform/settings")

        assert is_near_money(root / "accounts/services/posting.py", root)
        assert is_near_money(root / "invoicing/services/document_mails.py", root)
        assert not is_near_money(root / "billing_platform/demo/children.py", root)

    def test_every_place_that_may_hold_floats_is_there(self) -> None:
        assert [place for place in FLOAT_ALLOWED if not (ROOT / place).exists()] == []

    def test_only_accounts_writes_the_ledger(self) -> None:
        writers = [
            place(path)
            for path in python_files(
                "billing_platform", "tenants", "usage", "payments", "invoicing", "promotions", "tax"
            )
            if LEDGER_WRITE.search(path.read_text(encoding="utf-8"))
            and "benchmarks" not in path.parts
        ]

        assert writers == []

    def test_entries_are_inserted_by_the_posting_services_alone(self) -> None:
        pattern = re.compile(r"INSERT\s+INTO\s+accounts_entry\b", re.IGNORECASE)
        writers = {
            path.name
            for path in python_files("accounts")
            if pattern.search(path.read_text(encoding="utf-8"))
        }

        assert writers <= {"posting.py", "dues.py", "dues_sql.py", "posting_sql.py"}
        assert writers
