"""The project's own source files, for the tests that hold its structure."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = (
    "billing_platform",
    "tenants",
    "accounts",
    "usage",
    "payments",
    "invoicing",
    "promotions",
    "tax",
    "gateway_simulators",
)


@cache
def python_files(*parts: str) -> tuple[Path, ...]:
    """Return the Python files of some parts, migrations left out."""
    found = (path for part in parts or PARTS for path in sorted((ROOT / part).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def syntax_tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return `file:line` of a node, for messages."""
    line = f":{getattr(node, 'lineno', 0)}" if node is not None else ""
    return f"{path.relative_to(ROOT)}{line}"
