"""A cover letter as a PDF: US letter size, contact block, date, greeting, body, closing, name.

Text is drawn as text: nothing in a letter is read as markup, and nothing is fetched. The same page gives the
same bytes. Everything here can be pickled and runs in the CPU pool; ReportLab is imported when first needed.
"""

import io
import re
from typing import Any

from domain.errors import ValidationError
from domain.letter_pages import LetterPage
from domain.letter_text import clean, letter_paragraphs
from infra.letter_fonts import Run, Typesetter, is_rtl

MAX_CHARACTERS = 20_000
_WIDTH, _HEIGHT, _MARGIN = 612.0, 792.0, 72.0
_SIZE, _LEADING, _SMALL, _NAME_SIZE = 11.0, 15.5, 9.5, 20.0
_INK, _MUTED, _RULE = (0.11, 0.12, 0.14), (0.36, 0.38, 0.42), (0.72, 0.74, 0.78)
_FIELD_LIMIT = 200


def _field(value: str | None) -> str:
    return " ".join(clean(value or "").split())[:_FIELD_LIMIT]


def letter_pdf(page: LetterPage) -> bytes:
    """The PDF's bytes. Raises `ValidationError` for a letter without text, or longer than `MAX_CHARACTERS`."""
    if len(page.body) > MAX_CHARACTERS:
        raise ValidationError(
            f"A cover letter may have at most {MAX_CHARACTERS} characters; this one has {len(page.body)}"
        )
    paragraphs = letter_paragraphs(page.body, page.name)
    if not paragraphs:
        raise ValidationError("A cover letter needs text; this one is empty")
    sheet = _Sheet(page)
    sheet.head(page)
    for paragraph in paragraphs:
        sheet.paragraph(paragraph)
    sheet.sign(page)
    return sheet.finish()


class _Sheet:
    """The pages being drawn, and how far down the current one is filled."""

    def __init__(self, page: LetterPage) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1, pageCompression=1)
        self._canvas.setTitle(_field(f"Cover letter, {page.name}" + (f", {page.company}" if page.company else "")))
        self._canvas.setAuthor(_field(page.name))
        self._type = Typesetter()
        self._y = _HEIGHT - _MARGIN

    def head(self, page: LetterPage) -> None:
        self._write(_field(page.name), _NAME_SIZE, 24, bold=True)
        self._y -= 8
        for value in (page.phone, page.email, page.location, page.website):
            self._write(_field(value), _SMALL, 13, ink=_MUTED)
        self._y -= 10
        self._canvas.setStrokeColorRGB(*_RULE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)
        self._y -= 26
        day = page.written_on
        self._write(f"{day:%B} {day.day}, {day.year}", _SIZE, _LEADING)
        self._y -= 12
        self._write(_field(page.greeting), _SIZE, _LEADING)
        self._y -= 7

    def paragraph(self, text: str) -> None:
        for line in text.split("\n"):
            self._write(line, _SIZE, _LEADING)
        self._y -= 7

    def sign(self, page: LetterPage) -> None:
        """Closing and name stay together on one page."""
        self._y -= 5
        self._room(_LEADING * 3)
        self._write(_field(page.closing), _SIZE, _LEADING)
        self._y -= 12
        self._write(_field(page.name), _SIZE, _LEADING, bold=True)

    def finish(self) -> bytes:
        self._canvas.save()
        return self._buffer.getvalue()

    def _room(self, needed: float) -> None:
        if self._y - needed < _MARGIN:
            self._canvas.showPage()
            self._y = _HEIGHT - _MARGIN

    def _write(
        self, text: str, size: float, leading: float, *, bold: bool = False, ink: tuple[float, ...] = _INK
    ) -> None:
        """Wraps and draws; a text whose first letter is written right to left hangs on the right margin."""
        rtl = next((is_rtl(c) for c in text if c.isalpha()), False)
        for line in self._wrap(text, size, bold=bold):
            self._room(leading)
            self._y -= leading
            runs = list(self._type.runs(line, bold=bold))
            width = sum(self._type.run_width(run, size) for run in runs)
            self._draw(runs[::-1] if rtl else runs, _WIDTH - _MARGIN - width if rtl else _MARGIN, size, ink)

    def _wrap(self, text: str, size: float, *, bold: bool) -> list[str]:
        """Lines that fit between the margins, filled greedily."""
        room, lines, line, used = _WIDTH - 2 * _MARGIN, [], "", 0.0
        for piece in _pieces(text):
            width = self._type.width(piece, size, bold=bold)
            bare = self._type.width(piece.rstrip(), size, bold=bold)
            if line and used + bare > room:
                lines.append(line.rstrip())
                line, used = "", 0.0
            if bare > room:
                *full, piece = self._chop(piece, size, room, bold=bold)  # noqa: PLW2901 - the rest goes on
                lines += full
                width = self._type.width(piece, size, bold=bold)
            line, used = line + piece, used + width
        return [*lines, line.rstrip()] if line.strip() else lines

    def _chop(self, word: str, size: float, room: float, *, bold: bool) -> list[str]:
        """A word wider than the page, in parts that fit."""
        parts = [""]
        for character in word:
            if parts[-1] and self._type.width(parts[-1] + character, size, bold=bold) > room:
                parts.append("")
            parts[-1] += character
        return parts

    def _draw(self, runs: list[Run], x: float, size: float, ink: tuple[float, ...]) -> None:
        pen = self._canvas.beginText(x, self._y)
        pen.setFillColorRGB(*ink)
        for run in runs:
            pen.setFont(run.font, size)
            if run.glyphs is None:
                pen.textOut(run.text)
            else:
                _draw_glyphs(pen, run, x, self._y, size)
            x += self._type.run_width(run, size)
            if run.glyphs is not None:
                pen.setTextOrigin(x, self._y)
        self._canvas.drawText(pen)


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces and hyphens, and between Han, kana and Thai characters."""
    return re.findall(
        r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]\s*|[^\s\u2e80-\u9fff]+\s*|\s+",
        text,
    )


def _draw_glyphs(pen: Any, run: Run, x: float, y: float, size: float) -> None:
    """Glyphs that follow each other by their own widths are drawn as one string, so that readers see one word."""
    from reportlab.pdfbase.pdfmetrics import getFont

    font, text, at = getFont(run.font), "", x
    for glyph in run.glyphs or ():
        natural = font.face.charWidths[ord(glyph.character)]
        if glyph.dx or glyph.dy:
            pen.textOut(text)
            text = ""
            pen.setTextOrigin(at + glyph.dx * size / 1000, y + glyph.dy * size / 1000)
            pen.textOut(glyph.character)
            pen.setTextOrigin(at + glyph.advance * size / 1000, y)
        else:
            text += glyph.character
            if abs(natural - glyph.advance) > 1:
                pen.textOut(text)
                text = ""
                pen.setTextOrigin(at + glyph.advance * size / 1000, y)
        at += glyph.advance * size / 1000
    pen.textOut(text)
