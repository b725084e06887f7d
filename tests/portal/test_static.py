"""Static files fit together: what templates name exists, what exists is named, what is vendored has its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from billing_platform.portal.icons import icon_svg

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"


def sources() -> str:
    """Return every template and page module as one text."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "billing_platform").rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


class TestIcons:
    def test_every_icon_that_is_drawn_exists(self) -> None:
        drawn = set(re.findall(r'{% icon "([a-z0-9-]+)" %}', sources()))
        drawn |= set(re.findall(r'icon_name="([a-z0-9-]+)"', sources()))

        assert drawn
        for name in drawn:
            assert 'aria-hidden="true"' in icon_svg(name)

    def test_an_unknown_icon_is_refused(self) -> None:
        with pytest.raises(ValueError, match="There is no icon"):
            icon_svg("no-such-icon")


class TestStyles:
    def test_the_main_file_joins_every_other(self) -> None:
        css = STATIC / "css"
        joined = set(re.findall(r'@import url\("([^"]+)"\)', (css / "main.css").read_text()))

        assert joined == {
            str(path.relative_to(css)) for path in css.rglob("*.css") if path.name != "main.css"
        }

    def test_every_address_leads_to_a_file(self) -> None:
        for path in (STATIC / "css").rglob("*.css"):
            for address in re.findall(r'url\("([^"]+)"\)', path.read_text()):
                assert (path.parent / address).resolve().is_file(), f"{path}: {address}"


class TestScripts:
    def test_every_file_is_used(self) -> None:
        text = sources()

        assert [path.name for path in (STATIC / "js").glob("*.js") if path.name not in text] == []

    def test_every_static_name_exists(self) -> None:
        named = re.findall(r"{% static '([^']+)' %}", sources())

        missing = [
            name
            for name in named
            if not name.startswith("django_htmx/") and not (STATIC / name).is_file()
        ]
        assert missing == []


class TestVendored:
    def test_every_folder_has_its_licence_and_version(self) -> None:
        read_me = (STATIC / "vendor" / "README.md").read_text()
        folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]

        assert folders
        for folder in [*folders, STATIC / "icons"]:
            assert list(folder.glob("LICENSE*")), folder
        for folder in folders:
            assert f"`{folder.name}`" in read_me

    def test_no_file_points_to_a_map_that_is_not_there(self) -> None:
        for path in (STATIC / "vendor").rglob("*.min.*"):
            assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path
