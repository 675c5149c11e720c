"""The fonts of a letter: Source Serif for Latin, Greek and Cyrillic, and one fallback font for each further script.

Fonts are read when a letter first needs them. `Typesetter.runs` cuts text into runs of one font; scripts whose
letters join or move (Arabic, the Indic scripts...) are shaped by HarfBuzz. A shaped glyph gets a code point of
the private use area, and its ToUnicode entry is the text it stands for, so that a reader of the PDF finds the
words as they were written.
"""

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
BODY, BOLD, HAN = "SourceSerif4-Regular", "SourceSerif4-SemiBold", "DroidSansFallback"

# First and last code point of a Unicode block (Blocks.txt) and the font that has it.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0530, 0x058F, "NotoSansArmenian-Regular"),
    (0x0590, 0x05FF, "NotoSerifHebrew-Regular"),
    (0xFB1D, 0xFB4F, "NotoSerifHebrew-Regular"),
    (0x0600, 0x077F, "NotoNaskhArabic-Regular"),
    (0x08A0, 0x08FF, "NotoNaskhArabic-Regular"),
    (0xFB50, 0xFEFC, "NotoNaskhArabic-Regular"),
    (0x0900, 0x097F, "NotoSerifDevanagari-Regular"),
    (0x0980, 0x09FF, "NotoSansBengali-Regular"),
    (0x0A00, 0x0A7F, "NotoSansGurmukhi-Regular"),
    (0x0A80, 0x0AFF, "NotoSansGujarati-Regular"),
    (0x0B80, 0x0BFF, "NotoSansTamil-Regular"),
    (0x0C00, 0x0C7F, "NotoSansTelugu-Regular"),
    (0x0C80, 0x0CFF, "NotoSansKannada-Regular"),
    (0x0D00, 0x0D7F, "NotoSansMalayalam-Regular"),
    (0x0D80, 0x0DFF, "NotoSansSinhala-Regular"),
    (0x0E00, 0x0E7F, "NotoSansThai-Regular"),
    (0x0E80, 0x0EFF, "NotoSansLao-Regular"),
    (0x1000, 0x109F, "NotoSansMyanmar-Regular"),
    (0x10A0, 0x10FF, "NotoSansGeorgian-Regular"),
    (0x1200, 0x139F, "NotoSansEthiopic-Regular"),
    (0x1780, 0x17FF, "NotoSansKhmer-Regular"),
)
_UNSHAPED = {
    BODY,
    BOLD,
    HAN,
    *(f"NotoSans{script}-Regular" for script in ("Armenian", "Georgian", "Ethiopic")),
}
_PRIVATE = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shaped glyph: its character in the font, advance and offsets in thousandths of the font size."""

    character: str
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one font, in the order it was written; `glyphs` are in the order they are drawn, None when unshaped."""

    font: str
    text: str
    glyphs: tuple[Glyph, ...] | None
    rtl: bool


def _font_name(character: str, latin: str) -> str:
    code = ord(character)
    if code < 0x0530:  # noqa: PLR2004 - the end of Latin, Greek and Cyrillic
        return latin
    return next((font for first, last, font in _BLOCKS if first <= code <= last), "")


def is_rtl(character: str) -> bool:
    return unicodedata.bidirectional(character) in {"R", "AL"}


@functools.cache
def _plain_font(name: str) -> Any:
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(name, str(FONTS / f"{name}.ttf"), validate=0, shapable=False)
    registerFont(font)
    return font


@functools.cache
def _shaped_font_class() -> Any:
    from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

    class ShapedFont(TTFont):  # type: ignore[misc]
        """A font for one document: glyphs are added as they are shaped."""

        def glyph(self, gid: int, text: str) -> str:
            """The private character that draws `gid` and reads as `text`."""
            known = self.__dict__.setdefault("_glyphs", {})
            if (gid, text) not in known:
                code = _PRIVATE[len(known)]
                known[gid, text] = code
                self.face.charToGlyph[code] = gid
                advances = self.face.hmetrics
                self.face.charWidths[code] = advances[min(gid, len(advances) - 1)][0]
            return chr(known[gid, text])

        def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
            subsets = [list(subset) for subset in self.state[doc].subsets]
            super().addObjects(doc)
            texts = {code: text for (_, text), code in self.__dict__.get("_glyphs", {}).items()}
            for number, subset in enumerate(subsets):
                name = (SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("pdfdoc")
                stream = doc.idToObject[f"toUnicodeCMap:{name}"]
                stream.content = _with_texts(stream.content, subset, texts)

    return ShapedFont


def _with_texts(cmap: str, subset: list[int], texts: dict[int, str]) -> str:
    """The ToUnicode table with every private code replaced by the text it stands for."""
    for index, code in enumerate(subset):
        if code in texts:
            units = texts[code].encode("utf-16-be").hex().upper()
            cmap = cmap.replace(f"<{index:02X}> <{code:04X}>", f"<{index:02X}> <{units}>")
    return cmap


class Typesetter:
    """The fonts of one document."""

    def __init__(self) -> None:
        self._shaped: dict[str, Any] = {}

    def runs(self, text: str, *, bold: bool = False) -> Iterator[Run]:
        """`text` cut where the font changes; digits apart, since they run left to right in every script.

        Characters that no font has are left out.
        """
        latin = BOLD if bold else BODY
        if self._has_all(text, latin):
            yield Run(latin, text, None, rtl=False)
            return
        current, digits, piece = "", False, ""
        for character in text:
            font = self._choose(character, current, latin)
            if font is None:
                continue
            if piece and (font != current or (font not in _UNSHAPED and character.isdigit() != digits)):
                yield self._run(current, piece)
                piece = ""
            current, digits, piece = font, character.isdigit(), piece + character
        if piece:
            yield self._run(current, piece)

    def _has_all(self, text: str, font: str) -> bool:
        return bool(text) and self._face(font).charToGlyph.keys() >= set(map(ord, text))

    def _choose(self, character: str, current: str, latin: str) -> str | None:
        """A font that has the character; the one in use goes on through marks, digits and punctuation."""
        wanted = _font_name(character, latin)
        order = [wanted, latin, current, HAN] if character.isalnum() else [current, wanted, latin, HAN]
        return next((name for name in order if name and ord(character) in self._face(name).charToGlyph), None)

    def _face(self, name: str) -> Any:
        return self._font(name).face

    def _font(self, name: str) -> Any:
        if name in _UNSHAPED:
            return _plain_font(name)
        if name not in self._shaped:
            from reportlab.pdfbase.pdfmetrics import getFont, getRegisteredFontNames, registerFont

            if name in getRegisteredFontNames():  # the previous document's, with its glyphs
                getFont(name).unregister()
            self._shaped[name] = _shaped_font_class()(name, str(FONTS / f"{name}.ttf"), validate=0)
            registerFont(self._shaped[name])
        return self._shaped[name]

    def _run(self, name: str, text: str) -> Run:
        rtl = any(is_rtl(character) for character in text)
        glyphs = None if name in _UNSHAPED else self._shape(self._font(name), text)
        return Run(name, text, glyphs, rtl)

    def _shape(self, font: Any, text: str) -> tuple[Glyph, ...]:
        import uharfbuzz  # type: ignore[import-untyped]

        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb_font = uharfbuzz.Font(font.hbFace)
        uharfbuzz.shape(hb_font, buffer)
        starts = sorted({info.cluster for info in buffer.glyph_infos})
        ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
        scale = 1000 / font.hbFace.upem
        seen: set[int] = set()
        glyphs = []
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            cluster = "" if info.cluster in seen else text[info.cluster : ends[info.cluster]]
            seen.add(info.cluster)
            glyphs.append(
                Glyph(
                    font.glyph(info.codepoint, cluster),
                    position.x_advance * scale,
                    position.x_offset * scale,
                    position.y_offset * scale,
                )
            )
        return tuple(glyphs)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """In points."""
        latin = BOLD if bold else BODY
        if text.isascii() and text.isprintable():
            return float(_plain_font(latin).stringWidth(text, size))
        return sum(self.run_width(run, size) for run in self.runs(text, bold=bold))

    def run_width(self, run: Run, size: float) -> float:
        if run.glyphs is not None:
            return sum(glyph.advance for glyph in run.glyphs) * size / 1000
        return float(self._font(run.font).stringWidth(run.text, size))
