"""The entries of a posting are read by the range of its proof: no index names the posting, so all would be read."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import ROOT, place, python_files, syntax_tree

# Entries that are looked for by their posting; a posting that is looked for by its entry is found by its key.
BY_POSTING = re.compile(r"\be\.posting_id\s*=\s*", re.IGNORECASE)
ENTRIES = re.compile(r"\b(FROM|JOIN)\s+accounts_entry\s+e\b", re.IGNORECASE)
RANGE = re.compile(r"\be\.id\s+(BETWEEN|>=)\s", re.IGNORECASE)
# Looks for an entry of which the id itself was changed, once a fault was found.
WHOLE = ("accounts/services/audit_sql.py",)


def reads_all(sql: str) -> bool:
    """Say whether a statement looks for the entries of postings in the whole ledger."""
    return bool(ENTRIES.search(sql) and BY_POSTING.search(sql) and not RANGE.search(sql))


class TestLedgerReads:
    def test_entries_are_found_by_the_range_of_their_posting(self) -> None:
        found = [
            place(path, node)
            for path in python_files()
            if str(path.relative_to(ROOT)) not in WHOLE
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and reads_all(node.value)
        ]

        assert found == []

    @pytest.mark.parametrize(
        ("sql", "reads"),
        [
            ("SELECT FROM p JOIN accounts_entry e ON e.posting_id = p.id", True),
            ("SELECT FROM accounts_entry e WHERE e.posting_id = ANY(%s)", True),
            (
                "SELECT FROM p JOIN accounts_entry e ON e.posting_id = p.id AND e.id BETWEEN f.a AND f.b",
                False,
            ),
            ("SELECT FROM accounts_entry e JOIN accounts_posting p ON p.id = e.posting_id", False),
        ],
    )
    def test_it_tells_one_from_the_other(self, sql: str, *, reads: bool) -> None:
        assert reads_all(sql) is reads

    def test_what_is_let_through_is_there(self) -> None:
        assert [name for name in WHOLE if not (ROOT / name).exists()] == []
