"""Every text of pages, mails and messages is translated, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest
from babel.messages.extract import extract_from_file
from django.conf import settings
from django.template import Engine
from django.templatetags.i18n import BlockTranslateNode

from billing_platform.catalogues import catalogue, catalogue_files, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT: Final[Path] = settings.BASE_DIR
TEMPLATES: Final = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())
PARTS: Final = (
    *("billing_platform", "tenants", "accounts", "usage"),
    *("payments", "invoicing", "promotions", "tax"),
)
KEYWORDS: Final = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    "ngettext": (1, 2),
}
VISIBLE: Final = ("title", "placeholder", "aria-label", "alt", "data-label")
# What reads the same in every language.
ALLOWED: Final = {"ID", "IRN", "URL", "IP", "TXT", "UTC", "SHA-256"}
_CALLS: Final = re.compile(r"""(?:{%\s*(?:translate|trans)\s+|_\()("[^"]+"|'[^']+')""")
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|%s|\{\w+\}|%%")
_SPOKEN: Final = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


def texts_of_template(path: Path) -> Iterator[str]:
    """Yield the texts that a template says."""
    source = path.read_text()
    for match in _CALLS.finditer(source):
        yield match.group(1)[1:-1]
    template = Engine.get_default().get_template(str(path.relative_to(ROOT / "templates")))
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        assert isinstance(node, BlockTranslateNode)
        text, _ = node.render_token_list(node.singular)
        yield re.sub(r"\s+", " ", text).strip() if node.trimmed else text


def texts_of_code(path: Path) -> Iterator[str]:
    """Yield the texts that a module says."""
    for _, message, _, _ in extract_from_file("python", str(path), keywords=KEYWORDS):
        yield message if isinstance(message, str) else message[0]


def modules() -> Iterator[Path]:
    """Yield every module that may say something."""
    for part in PARTS:
        yield from (ROOT / part).rglob("*.py")


def said() -> dict[str, str]:
    """Return every text with a file that says it."""
    found: dict[str, str] = {}
    for path in TEMPLATES:
        if path.suffix in {".html", ".txt"}:
            found.update(dict.fromkeys(texts_of_template(path), path.name))
    for path in modules():
        found.update({text: path.name for text in texts_of_code(path) if text})
    return found


class Reader(HTMLParser):
    """Collects what a person would see or hear of a template, apart from what is translated."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes."""
        self._silent += tag in {"script", "style", "code"}
        self.found += [text for name, text in attrs if name in VISIBLE and text]

    def handle_endtag(self, tag: str) -> None:
        """Hear again."""
        self._silent -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        """Read the text."""
        if not self._silent:
            self.found.append(data)


def test_there_is_german() -> None:
    assert [path.parent.parent.name for path in catalogue_files()] == ["de"]


@pytest.mark.parametrize("path", catalogue_files(), ids=lambda path: path.parent.parent.name)
class TestCatalogue:
    def test_the_compiled_form_is_its_own(self, path: Path) -> None:
        assert path.with_suffix(".mo").read_bytes() == compiled(path), "run `make messages`"

    def test_nothing_is_missing(self, path: Path) -> None:
        known = {
            message.id if isinstance(message.id, str) else message.id[0]
            for message in catalogue(path)
            if message.id and not message.fuzzy and all(_forms(message.string))
        }
        missing = {text: file for text, file in said().items() if text not in known}
        assert missing == {}, "run `make messages` and translate"

    def test_placeholders_agree(self, path: Path) -> None:
        wrong = [
            message.id
            for message in catalogue(path)
            if message.id
            and any(
                set(_PLACEHOLDER.findall(form)) != set(_PLACEHOLDER.findall(_forms(message.id)[-1]))
                for form in _forms(message.string)
            )
        ]
        assert wrong == []


def test_what_collects_texts_knows_the_functions_that_say_them() -> None:
    alias = re.compile(r"\bn?gettext(?:_lazy|_noop)? as (?!_\b)\w+")
    assert [path.name for path in modules() if alias.search(path.read_text())] == []


def test_nothing_that_a_template_hands_on_is_left_out() -> None:
    plain = re.compile(r"""{%\s*include\b[^%]*\bwhat=["']""")
    assert [path.name for path in TEMPLATES if plain.search(path.read_text())] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_visible_is_left_out(path: Path) -> None:
    reader = Reader()
    reader.feed(_SPOKEN.sub("", path.read_text()))
    words = {text.strip() for text in reader.found if re.search(r"[A-Za-z]{2}", text)}
    assert words - ALLOWED == set()


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ("",))
