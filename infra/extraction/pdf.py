"""Text of a PDF through PDFium, in reading order, without what is not there to be read."""

import codecs
import ctypes
import math
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from infra.extraction.refusal import Limits, Reading, RefusalError
from infra.extraction.sniff import PDF, WANTED

TAIL = 1024  # ISO 32000, annex H: readers look for the end marker in the last 1,024 bytes
SMALLEST = 3.0  # points: nobody reads smaller letters, machines do
WIDE_DROP = 1.5  # usual line distances: an empty line stands between
SAME_LINE = 0.3  # letter heights by which a line may jump
WIDE_GAP = 2.0  # letter heights between two words of a line: a column, not a space
SCAN_COVER = 0.5  # share of a page that a picture covers when the page is a scan
SCAN_LETTERS = 40  # a scanner's stamp is shorter than any page of text
BREAK = "\n"
WORD_BREAK = 0x02
LINE_FEED = 0x0A
BLANKS = frozenset(map(ord, "\r\t \u00a0"))
UTF16 = codecs.lookup("utf-16-le")  # here, because the child opens no file once it reads


def read_pdf(data: bytes, name: str, limits: Limits) -> Reading:
    _check_frame(data, name)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _closed(error, name) from None
    pages = len(document)
    if pages == 0:
        raise RefusalError("empty", f"Expected a PDF with text, but {name} has no pages")
    if pages > limits.pages:
        raise RefusalError("too_complex", f"Expected at most {limits.pages} pages, but {name} has {pages:,}")
    texts, scans, letters = [], 0, 0
    for number in range(pages):
        page = _load(document, number, name)
        text = _Page(page, name, limits).text()
        texts.append(text)
        letters += len(text)
        if letters > 2 * limits.characters:
            raise RefusalError("too_large", f"Expected at most {limits.characters:,} characters in {name}")
        scans += sum(map(str.isalnum, text)) < SCAN_LETTERS and _drawn(page)
        page.close()
    if scans == pages or (scans and not any(map(str.isalnum, "".join(texts)))):
        raise RefusalError(
            "scanned",
            f"Expected a PDF with a text layer, but {name} holds only pictures of pages: run OCR on it first",
        )
    return Reading(BREAK.join(texts), PDF, pages)


def _check_frame(data: bytes, name: str) -> None:
    """A PDF runs from its header to its end marker; what stands before or after is another file's."""
    body = data.rstrip(b"\0\r\n\t ")
    end = body.rfind(b"%%EOF")
    if end < 0 or end < len(body) - TAIL:
        raise RefusalError("corrupt", f"Expected a whole PDF, but {name} ends before its end marker: it was cut off")
    head = data[:TAIL].lower()
    if b"PK\x05\x06" in body[end:] or any(mark in head for mark in (b"<html", b"<script", b"<!doctype", b"<svg")):
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} is a PDF and another kind of file at once")


def _closed(error: pypdfium2.PdfiumError, name: str) -> RefusalError:
    if getattr(error, "err_code", None) in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
        return RefusalError(
            "encrypted", f"Expected a PDF that opens without a password, but {name} is protected by one"
        )
    return RefusalError("corrupt", f"Expected a whole PDF, but the structure of {name} is damaged")


def _load(document: pypdfium2.PdfDocument, number: int, name: str) -> pypdfium2.PdfPage:
    try:
        return document[number]
    except pypdfium2.PdfiumError:
        raise RefusalError("corrupt", f"Expected a whole PDF, but page {number + 1} of {name} is damaged") from None


def _drawn(page: pypdfium2.PdfPage) -> bool:
    """Whether anything is painted on the page: a picture, or outlines instead of letters."""
    return any(
        True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH], max_depth=4)
    )


def _covered(page: pypdfium2.PdfPage) -> bool:
    """Whether a picture covers the page, as in a scan whose recognised text lies invisibly on top."""
    area = page.get_width() * page.get_height()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) >= SCAN_COVER * area:
            return True
    return False


class _Page:
    """The letters of one page, as PDFium orders them."""

    def __init__(self, page: pypdfium2.PdfPage, name: str, limits: Limits) -> None:
        self.page = page
        self.letters = page.get_textpage()
        self.count = self.letters.count_chars()
        if self.count > 2 * limits.characters:
            raise RefusalError("too_large", f"Expected at most {limits.characters:,} characters in {name}")
        self.seen: dict[int | None, bool] = {}
        self.scan: bool | None = None

    def text(self) -> str:
        out: list[str] = []
        ends: dict[int, float] = {}  # where `out` holds line ends, and how far below the next line stands
        last: int | None = None  # the index of the letter before
        between = ""  # what PDFium put since then: nothing, a blank or the end of a line
        for index in range(self.count):
            code = pdfium.FPDFText_GetUnicode(self.letters.raw, index)
            if code == LINE_FEED:
                between = BREAK
            elif code in BLANKS:
                between = between or " "
            elif self._visible(index):
                if between and last is not None:
                    space, drop = self._space(last, index, between)
                    if space == BREAK:
                        ends[len(out)] = drop
                    out.append(space)
                # PDFium writes a word break at a line's end as U+0002 and leaves the line end out.
                out.append("-\n" if code == WORD_BREAK else chr(code))
                last, between = index, ""
        usual = median(drops) if (drops := [drop for drop in ends.values() if drop > 0]) else 0.0
        for place, drop in ends.items():
            out[place] = BREAK * (1 + (drop > WIDE_DROP * usual))
        pairs, _ = UTF16.encode("".join(out), "surrogatepass")
        return UTF16.decode(pairs, "replace")[0]

    def _visible(self, index: int) -> bool:
        run = pdfium.FPDFText_GetTextObject(self.letters.raw, index)
        address = ctypes.cast(run, ctypes.c_void_p).value
        if address is None:
            return True
        if address not in self.seen:
            self.seen[address] = self._shown(run)
        return self.seen[address]

    def _shown(self, run: object) -> bool:
        if self._size(run) < SMALLEST:
            return False
        if pdfium.FPDFTextObj_GetTextRenderMode(run) != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
            return True
        if self.scan is None:
            self.scan = _covered(self.page)
        return self.scan

    def _size(self, run: object) -> float:
        """The letters' height on the page in points: the font's size through the run's matrix."""
        size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
        if not pdfium.FPDFTextObj_GetFontSize(run, size) or not pdfium.FPDFPageObj_GetMatrix(run, matrix):
            return math.inf
        return abs(size.value) * math.hypot(matrix.c, matrix.d)

    def _space(self, last: int, index: int, between: str) -> tuple[str, float]:
        """What separates two letters as the eye sees it (a space, a tab for a column's gap, a line end), and the drop.

        PDFium also ends a line where a kerned or right-aligned run begins, and joins what stands further left.
        """
        before, after = self._box(last), self._box(index)
        height = max(before[3] - before[2], after[3] - after[2], 1.0)
        gap = after[0] - before[1]
        is_level = abs(after[2] - before[2]) < SAME_LINE * height
        if gap < -height or (between == BREAK and not (is_level and gap > -SAME_LINE * height)):
            return BREAK, before[2] - after[2]
        return ("\t" if gap > WIDE_GAP * height else " "), 0.0

    def _box(self, index: int) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of a letter."""
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self.letters.raw, index, box)
        return box.left, box.right, box.bottom, box.top
