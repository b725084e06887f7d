"""In what order several processes take the tests: the long ones first, so that all processes end together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    import pytest

BROWSER: Final = "tests/browser/"
# What a test of a kind takes, in plain tests; only the order of magnitude matters.
FORKS: Final = 60
COMMITS: Final = 10
LOOKS: Final = 15
# Plain tests to a second, for those that say how long they take.
A_SECOND: Final = 5


class Schedule(LoadFileScheduling):  # type: ignore[misc]  # xdist tells no types
    """Give each process file after file in the collection's order; whoever opens the browser keeps all of its files.

    The demo that the browser looks at takes longer to make than most of its pages to be looked at.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def put_long_files_first(items: list[pytest.Item]) -> None:
    """Order files by what their tests are likely to take; within a file nothing moves."""
    weights: dict[str, int] = {}
    for item in items:
        name = _scope(item)
        weights[name] = weights.get(name, 0) + _weight(item)
    items.sort(key=lambda item: -weights[_scope(item)])


def _scope(item: pytest.Item) -> str:
    return BROWSER if item.nodeid.startswith(BROWSER) else item.nodeid.partition("::")[0]


def _weight(item: pytest.Item) -> int:
    if takes := item.get_closest_marker("takes"):
        return A_SECOND * int(takes.kwargs["seconds"])
    if item.get_closest_marker("browser"):
        return LOOKS
    if item.get_closest_marker("processes"):
        return FORKS
    return COMMITS if "committed_db" in getattr(item, "fixturenames", ()) else 1
