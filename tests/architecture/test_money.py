"""No float comes near money, and one part writes the ledger."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import place, python_files, syntax_tree

LEDGER_TABLES = ("accounts_entry", "accounts_posting", "accounts_wallet")
LEDGER_WRITE = re.compile(
    rf"(INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY)\s+({'|'.join(LEDGER_TABLES)})\b", re.IGNORECASE
)
# Seconds, ratios and pixels may be floats; amounts, quantities and prices live everywhere else.
FLOAT_ALLOWED = (
    "benchmarks",
    "heartbeats.py",
    "embedded",
    "settings",
    "brand",
    "demo",
    "celery",
    "mail",
    "charts",
)


def money_files() -> list[str]:
    return [
        str(path) for path in python_files() if not any(word in str(path) for word in FLOAT_ALLOWED)
    ]


class TestMoney:
    def test_no_float_near_money(self) -> None:
        floats = [
            place(path, node)
            for path in python_files()
            if str(path) in set(money_files())
            for node in ast.walk(syntax_tree(path))
            if (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "float"
            )
        ]

        assert floats == []

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
