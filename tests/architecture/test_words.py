"""Every module and public function says what it is for."""

from __future__ import annotations

import ast

from tests.architecture.source import place, python_files, syntax_tree


class TestWords:
    def test_every_module_begins_with_a_sentence(self) -> None:
        silent = [
            place(path)
            for path in python_files()
            if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(syntax_tree(path))
        ]

        assert silent == []

    def test_money_services_state_their_errors(self) -> None:
        silent = []
        for path in python_files("accounts", "promotions", "tax", "usage", "tenants", "payments"):
            if "services" not in path.parts:
                continue
            for node in syntax_tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    raises = any(
                        isinstance(inner, ast.Raise) and inner.exc is not None
                        for inner in ast.walk(node)
                    )
                    if raises and "Raises:" not in (ast.get_docstring(node) or ""):
                        silent.append(f"{place(path, node)} {node.name}")

        assert silent == []
