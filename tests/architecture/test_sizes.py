"""Files and functions stay small enough to be held in the head; the list of exceptions may only shrink."""

from __future__ import annotations

import ast
import tomllib

from tests.architecture.source import ROOT, place, python_files, syntax_tree

FILE_LINES = 300
FUNCTION_LINES = 60


def lines_of(function: ast.FunctionDef) -> int:
    """Return the length of a function's body without its docstring, which is for readers and may be long."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


class TestSizes:
    def test_files_are_short(self) -> None:
        baseline = tomllib.loads((ROOT / "tests/architecture/baseline.toml").read_text())[
            "long_files"
        ]

        long = {
            place(path): n
            for path in python_files()
            if (n := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES
        }

        assert {name: n for name, n in long.items() if n > baseline.get(name, FILE_LINES)} == {}
        assert set(baseline) <= set(long), "a file became short enough: take it off the list"

    def test_functions_are_short(self) -> None:
        long = [
            f"{place(path, node)} {node.name}"
            for path in python_files()
            for node in ast.walk(syntax_tree(path))
            if isinstance(node, ast.FunctionDef) and lines_of(node) > FUNCTION_LINES
        ]

        assert long == []
