"""Letters and their PDFs, as ratios: `python -m bench.letters.measure`.

The PDF against the same lines drawn by bare ReportLab with the same embedded font (goal: at most 1.5 times its CPU),
and how many letters a core writes and checks per second.
"""

import io
import time
from datetime import date
from pathlib import Path
from statistics import median

from domain.letter_pages import LetterPage
from domain.letters import LetterMaterial, Tone, check_letter, write_letter
from infra.letter_fonts import BODY, BOLD, FONTS
from infra.letter_pdf import letter_pdf

ROUNDS = 7
RESUMES = sorted((Path(__file__).parents[2] / "tests" / "data" / "resumes").glob("*.txt"))
POSTING = ("Operations Engineer", "Harrowgate Supply", "You know Excel, SQL and Python.\n- Keep the records straight")


def main() -> None:
    materials = [LetterMaterial(path.read_text("utf-8"), *POSTING, today=date(2026, 11, 20)) for path in RESUMES[:20]]
    letters = [write_letter(material, Tone.PROFESSIONAL) for material in materials]
    pages = [LetterPage("Zoë Ångström", letter.text, date(2025, 12, 26), "Harrowgate") for letter in letters]
    bare = _bare_reportlab()
    ours, floor = [], []
    for _ in range(ROUNDS):
        ours.append(_cpu(lambda: [letter_pdf(page) for page in pages]) / len(pages))
        floor.append(_cpu(lambda: [bare(page) for page in pages]) / len(pages))
    written = median(_cpu(lambda: [write_letter(m, Tone.PROFESSIONAL) for m in materials]) for _ in range(3))
    texts = [letter.text for letter in letters]
    checked = median(
        _cpu(lambda: [check_letter(m, text) for m, text in zip(materials, texts, strict=True)]) for _ in range(3)
    )
    mine, theirs = median(ours), median(floor)
    print(f"PDF {mine * 1000:.1f} ms, bare ReportLab {theirs * 1000:.1f} ms: x {mine / theirs:.2f}")
    rates = len(materials) / written, len(materials) / checked
    print(f"letters a second: {rates[0]:.0f} written and checked, {rates[1]:.0f} checked")


def _cpu(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _bare_reportlab():
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    registerFont(TTFont("Bare", str(FONTS / f"{BODY}.ttf")))
    registerFont(TTFont("BareBold", str(FONTS / f"{BOLD}.ttf")))

    def draw(page: LetterPage) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(612, 792), invariant=1, pageCompression=1)
        canvas.setFont("BareBold", 20)
        canvas.drawString(72, 700, page.name)
        canvas.setFont("Bare", 11)
        y = 650
        for paragraph in ["December 26, 2025", page.greeting, *page.body.split("\n\n"), page.closing]:
            for line in simpleSplit(paragraph, "Bare", 11, 468):
                canvas.drawString(72, y, line)
                y -= 15.5
            y -= 7
        canvas.setFont("BareBold", 11)
        canvas.drawString(72, y, page.name)
        canvas.save()
        return buffer.getvalue()

    return draw


if __name__ == "__main__":
    main()
