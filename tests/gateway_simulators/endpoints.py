"""Which endpoints a simulator's `match` statements know, so that none can be without its tests of strictness."""

from __future__ import annotations

import ast
from pathlib import Path

# Of a `case` that does not say its verb.
OF_FUNCTIONS = {
    "_post": "POST",
    "_post_v1": "POST",
    "_read": "GET",
    "_read_list": "GET",
    "_forget": "DELETE",
}
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def matched(*files: str | None) -> set[str]:
    """Return the endpoints of files as `VERB path/*/word`; a `case` without a verb is of the function's name."""
    found: set[str] = set()
    for file in files:
        assert file
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                verb = OF_FUNCTIONS.get(function.name, "")
                found |= {
                    name
                    for node in ast.walk(function)
                    if isinstance(node, ast.match_case)
                    if (name := _endpoint(node.pattern, verb))
                }
    return found


def _endpoint(pattern: ast.pattern, verb: str) -> str:
    if not isinstance(pattern, ast.MatchSequence):
        return ""
    words = [_word(one) for one in pattern.patterns]
    if "" in words:
        return ""
    if words[0] in VERBS:
        return f"{words[0]} {'/'.join(words[1:])}"
    return f"{verb} {'/'.join(words)}" if verb else ""


def _word(pattern: ast.pattern) -> str:
    if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant):
        return str(pattern.value.value)
    return "*" if isinstance(pattern, ast.MatchAs) and pattern.pattern is None else ""
