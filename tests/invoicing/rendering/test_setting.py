"""How documents are set: names of any script, nothing fetched, nothing taken for markup, whole archives."""

from __future__ import annotations

import gc
import io
import re
import socket
import urllib.request
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override
from PIL import Image
from pypdf import PdfReader

from billing_platform.benchmarks.pdf_documents import sample_document
from billing_platform.kernel.money import Money
from invoicing.errors import RenderFailed
from invoicing.rendering.assets import LOGO, Assets, on_paper
from invoicing.rendering.html import document_html, style_sheet, style_source
from invoicing.rendering.parties import seller_of
from invoicing.rendering.pdf import ARCHIVE, render_pdf
from invoicing.rendering.qr import payment_qr
from invoicing.rendering.scripts import clean, text_of
from invoicing.services.files import pdf_of
from tests.invoicing.rendering.reading import drawn_text

if TYPE_CHECKING:
    from invoicing.types import WholeDocument

EVIL = (
    "<img src=file:///etc/passwd><img src='http://169.254.169.254/x'><link rel=attachment href=file:///etc/hostname>"
    "<style>@import 'http://127.0.0.1:9/x'; *{background:url(file:///etc/passwd)}</style>"
    "</style></title><script>alert(1)</script>{{ page }}{% now %}<svg><image href='file:///etc/passwd'/></svg>"
)


def named(name: str, country: str = "", *, lines: int = 2, **content: Any) -> WholeDocument:
    """Return a document on which everything that people type is one name."""
    party = {
        "name": name,
        "address": [name],
        "country": country,
        "tax_id": name,
        "customer_no": name,
    }
    whole = sample_document(
        lines=lines,
        **{
            "seller": {**party, "registration_no": name, "email": name},
            "buyer": party,
            "brand": name,
            "note": name,
            "reason": name,
            "payment_terms": name,
            "legal_text": name,
            "color": name,
            "payment": {"holder": name, "iban": name, "bic": name, "reference": name},
            **content,
        },
    )
    sold = tuple(replace(line, name=name, detail=name, unit=name[:40]) for line in whole.lines)
    taxes = tuple(replace(tax, name=name[:40], reason=name) for tax in whole.taxes)
    return replace(whole, lines=sold, taxes=taxes)


class TestNothingIsFetched:
    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[object]:
        """Return what somebody tried to open, over the network or as a file beside the program's own."""
        found: list[object] = []

        def refuse(*args: object, **_: object) -> None:
            found.append(args)
            raise OSError("refused")

        render_pdf("<p>", Assets(), identifier=b"1")  # what is loaded once
        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)
        return found

    def test_addresses_in_every_text_are_words(self, asked: list[object]) -> None:
        text = drawn_text(named(EVIL))

        assert asked == []
        assert "file:///etc/passwd" in text.replace(" ", "")
        assert "root:" not in text
        assert "<script>alert(1)</script>" in text.replace(" ", "")

    @pytest.mark.parametrize(
        "source", ["file:///etc/passwd", "http://127.0.0.1:9/logo.png", "/etc/passwd", "data:,x"]
    )
    def test_a_logo_from_elsewhere_is_not_shown(self, asked: list[object], source: str) -> None:
        html = document_html(sample_document(lines=1), Assets(logo=b"x")).replace(LOGO, source)

        pdf = render_pdf(html, Assets(), identifier=b"1")

        assert asked == []
        assert len(PdfReader(io.BytesIO(pdf)).pages[0].images) == 0

    def test_a_page_that_stands_alone_holds_words_and_one_style(self) -> None:
        html = document_html(named(EVIL), Assets(), is_alone=True)

        assert html.count("<style>") == 1
        assert html.count("</style>") == 1
        for tag in ("<img", "<script", "<link", "<svg", "{{", "url("):
            assert tag not in html.replace("{{ page }}", "").replace("url(file", "")
        assert style_source(html).startswith("'sha256-")


class TestScripts:
    @pytest.mark.parametrize(
        ("name", "font"),
        [
            ("Müller & Søn ŁÓDŹ", "Noto-Sans"),
            ("Общество «Ромашка»", "Noto-Sans"),
            ("Ελληνική Εταιρεία", "Noto-Sans"),
            ("株式会社クラウド", "CJK-JP"),
            ("한국전력공사", "CJK-KR"),
            ("मेघ क्लाउड", "Devanagari"),
        ],
    )
    def test_names_are_set_in_their_own_letters(self, name: str, font: str) -> None:
        pdf = pdf_of(named(name, lines=1), Assets())
        reader = PdfReader(io.BytesIO(pdf))
        fonts = {
            str(face.get_object()["/BaseFont"])
            for face in reader.pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
        }

        assert any(font in face for face in fonts), fonts
        if font != "Devanagari":  # its marks are drawn in another order than they are written
            assert name in " ".join(reader.pages[0].extract_text().split())

    @pytest.mark.parametrize(
        ("name", "turned"), [("شركة ABC", "rtl"), ("ABC شركة", ""), ("ענן בע״מ", "rtl"), ("12", "")]
    )
    def test_a_name_runs_as_its_first_letter_does(self, name: str, turned: str) -> None:
        assert text_of(name).turned == turned

    def test_arabic_letters_are_there(self) -> None:
        text = drawn_text(named("شركة السحابة", lines=1))

        assert {sign for sign in "شركةالسحابة" if sign not in text} == set()

    @pytest.mark.parametrize(
        ("country", "language"),
        [("JP", "ja"), ("TW", "zh-Hant"), ("CN", "zh-Hans"), ("DE", "zh-Hans")],
    )
    def test_shared_signs_are_drawn_as_at_home(self, country: str, language: str) -> None:
        assert text_of("直骨", country).language == language

    def test_what_is_not_seen_is_not_kept(self) -> None:
        assert clean("a\u202eb\u0000c\u2066d\u00ad\nx\u2028y") == "abcd x y"
        assert clean("می\u200cخواهم") == "می\u200cخواهم"
        assert clean(None) == ""

    def test_a_page_is_in_the_documents_language(self) -> None:
        html = document_html(sample_document(lines=1, language="de"), Assets())

        assert '<html lang="de" dir="ltr">' in html
        assert "0,012345" in html
        with override("de"):
            other = document_html(sample_document(lines=1, language="xx"), Assets())
        assert '<html lang="en"' in other

    def test_our_own_words_are_not_broken(self) -> None:
        text = drawn_text(sample_document(lines=1, language="de"))

        for word in ("Abrechnungszeitraum", "Bemessungsgrundlage", "Ausstellungsdatum"):
            assert word in text

    @pytest.mark.parametrize("lines", [1, 75])
    def test_endless_words_and_huge_figures_stay_on_paper(self, lines: int) -> None:
        whole = named("Endless" * 40, lines=lines)
        huge = Money(2**63 - 1, "EUR")
        sold = tuple(replace(line, net=huge, discount=huge) for line in whole.lines[:1])

        text = drawn_text(replace(whole, lines=(*sold, *whole.lines[1:])))

        assert "92,233,720,368,547,758.07" in text.replace(" ", "")


class TestSpeed:
    def test_every_element_has_a_style(self) -> None:
        found = set(
            re.findall(r"<([a-z][a-z0-9]*)", document_html(named("Ж"), Assets(logo=_logo())))
        )
        rules = style_sheet("elements").partition("*/")[2]
        known = set(re.findall(r"[a-z][a-z0-9]*", " ".join(re.findall(r"([^{}]+)\{", rules))))

        assert found - known == set()

    def test_only_figures_that_do_not_fit_are_broken(self) -> None:
        whole = sample_document(lines=1)
        huge = replace(whole.lines[0], net=Money(10**12, "EUR"))

        assert 'class="lines"' in document_html(whole, Assets())
        assert 'class="lines tight"' in document_html(replace(whole, lines=(huge,)), Assets())

    def test_lines_say_their_rate_where_there_are_several(self) -> None:
        whole = sample_document()
        other = replace(whole.lines[0], tax_group="s7")
        seven = replace(whole.taxes[0], tax_group="s7", rate=Decimal(7))
        mixed = replace(whole, lines=(other, *whole.lines[1:]), taxes=(*whole.taxes, seven))

        assert document_html(whole, Assets()).count("<td>19 %</td>") == 0
        page = document_html(mixed, Assets())
        assert (page.count("<td>19 %</td>"), page.count("<td>7 %</td>")) == (19, 1)

    def test_garbage_is_looked_for_again_after_a_fault(self) -> None:
        with pytest.raises(RenderFailed):
            render_pdf("<p>", Assets(), identifier="no bytes", variant="none")  # type: ignore[arg-type]

        assert gc.isenabled()

    def test_an_address_is_one_text_where_it_runs_one_way(self) -> None:
        seller = {"name": "A", "address": ["1, Main St", "Springfield", "شارع 1"], "country": "US"}

        found = seller_of({"seller": seller}, "en")

        assert [lines.text for lines in found.address] == [
            "1, Main St\nSpringfield",
            "شارع 1",
            "United States",
        ]
        assert [lines.turned for lines in found.address] == ["", "rtl", ""]


class TestFile:
    def test_the_same_document_gives_the_same_bytes(self) -> None:
        whole = sample_document(lines=2)

        assert pdf_of(whole, Assets()) == pdf_of(whole, Assets())

    def test_it_says_what_it_is(self) -> None:
        info = PdfReader(io.BytesIO(pdf_of(sample_document(lines=1), Assets()))).metadata

        assert info is not None
        assert info.title == "Invoice INV-2026-00042"
        assert info.author == "Nimbus Cloud GmbH"
        assert str(info.creation_date) == "2026-12-01 09:30:00+00:00"

    def test_an_archive_has_intent_metadata_and_all_fonts(self) -> None:
        whole = sample_document(lines=1)
        assets = Assets(logo=on_paper(_logo()), qr=_qr(whole))
        html = document_html(whole, assets)

        reader = PdfReader(
            io.BytesIO(render_pdf(html, assets, identifier=b"\x01" * 16, variant=ARCHIVE))
        )

        root: Any = reader.trailer["/Root"]
        xmp = root["/Metadata"].get_object().get_data().decode()
        assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
        assert 'part="3"' in xmp
        assert 'conformance="B"' in xmp
        assert "Invoice INV-2026-00042" in xmp
        assert len(reader.pages[0].images) == 2
        fonts: Any = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
        for face in fonts.values():
            inner = face.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(inner)

    def test_what_cannot_be_laid_out_is_a_refusal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            @staticmethod
            def draw(*_: object) -> bytes:
                raise AssertionError

        monkeypatch.setattr("invoicing.rendering.pdf._drawing", Broken)

        with pytest.raises(RenderFailed):
            render_pdf("<p>", Assets(), identifier=b"1")


class TestQr:
    PAYMENT = {
        "iban": "DE89370400440532013000",
        "holder": "Nimbus",
        "reference": "RF18539007547034",
    }

    @pytest.mark.parametrize(
        ("change", "amount", "has_code"),
        [
            ({}, Money(100, "EUR"), True),
            ({"reference": ""}, Money(100, "EUR"), True),
            ({"qr": "anything"}, Money(100, "USD"), True),
            ({}, Money(100, "USD"), False),
            ({}, Money(0, "EUR"), False),
            ({"iban": ""}, Money(100, "EUR"), False),
            ({"holder": ""}, Money(100, "EUR"), False),
        ],
    )
    def test_there_is_a_code_where_a_bank_reads_one(
        self, change: dict[str, str], amount: Money, has_code: bool
    ) -> None:
        assert bool(payment_qr({**self.PAYMENT, **change}, amount, "INV-1")) is has_code


def _qr(whole: WholeDocument) -> bytes:
    return payment_qr(whole.content["payment"], whole.head.total, whole.head.number)


def _logo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 0, 0, 90)).save(drawn, format="PNG")
    return drawn.getvalue()
