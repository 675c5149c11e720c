"""From a file to its facts: people of tests/data/people.json typeset as PDF and Word, read and understood."""

import io
import json
from pathlib import Path

import docx
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Table,
)

from domain.facts import read_resume
from infra.documents import DocumentReader

PEOPLE = {
    person["email"]: person
    for person in json.loads((Path(__file__).parent.parent / "data" / "people.json").read_text("utf-8"))
}
# Helvetica writes these without a font of their own.
WRITTEN = ["jane.doe@example.com", "jose.nunez@example.es", "siobhan.obs@example.ie", "wlchen@example.com"]
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13)
HEAD = ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=13, leading=18)


def span(job: dict) -> str:
    return " – ".join(filter(None, (job["started"], job["ended"])))


def dated_table(person: dict) -> bytes:
    """Dates in a narrow left column, as in a Lebenslauf."""
    flow = [
        Paragraph(person["name"], HEAD),
        Paragraph(f"{person['email']} · {person['phone']} · {person['place']}", BODY),
    ]
    flow.append(Paragraph(person["headings"]["experience"], HEAD))
    for job in person["jobs"]:
        cell = [Paragraph(job["role"], BODY), Paragraph(f"{job['employer']}, {job['place']}", BODY)]
        cell += [Paragraph(line, BODY, bulletText="•") for line in job["lines"]]
        flow.append(
            Table(
                [[Paragraph(span(job), BODY), cell]], colWidths=[90, 380], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]
            )
        )
    out = io.BytesIO()
    SimpleDocTemplate(out).build(flow)
    return out.getvalue()


def two_columns(person: dict) -> bytes:
    """Name and e-mail in the page's header, contact and skills in a side column, the name again in the footer."""

    def header(canvas, document) -> None:
        canvas.setFont("Helvetica", 16)
        canvas.drawString(50, 760, person["name"])
        canvas.setFont("Helvetica", 8)
        canvas.drawRightString(560, 760, person["email"])
        canvas.drawCentredString(300, 20, f"{person['name']} – page {document.page}")

    flow = [Paragraph("Contact", HEAD), Paragraph(person["phone"], BODY), Paragraph(person["place"], BODY)]
    flow += [Paragraph("Skills", HEAD), *(Paragraph(skill, BODY) for skill in person["skills"]), FrameBreak()]
    flow += [Paragraph(person["headline"], BODY), Paragraph(person["headings"]["experience"], HEAD)]
    for job in person["jobs"]:
        flow += [Paragraph(job["employer"], BODY), Paragraph(job["role"], BODY)]
        flow.append(Paragraph(f"{span(job)} | {job['place']}", BODY))
        flow += [Paragraph(line, BODY, bulletText="•") for line in job["lines"]]
    out = io.BytesIO()
    document = BaseDocTemplate(out)
    frames = [Frame(40, 40, 150, 700), Frame(200, 40, 370, 700)]
    document.addPageTemplates(PageTemplate(frames=frames, onPage=header))
    document.build(flow)
    return out.getvalue()


def word_of(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_table(person: dict) -> bytes:
    """The name in the header, the e-mail in the footer, the positions in a table."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = person["name"]
    document.sections[0].footer.paragraphs[0].text = f"{person['email']} | {person['phone']}"
    document.add_paragraph(person["headline"])
    document.add_paragraph(person["place"])
    document.add_heading(person["headings"]["experience"], 1)
    table = document.add_table(rows=0, cols=3)
    for job in person["jobs"]:
        for cell, text in zip(table.add_row().cells, (span(job), job["role"], job["employer"]), strict=True):
            cell.text = text
    return word_of(document)


def word_columns(person: dict) -> bytes:
    """A side column and a main column as the two cells of a layout table."""
    document = docx.Document()
    side, main = document.add_table(rows=1, cols=2).rows[0].cells
    side.text = "\n".join(["CONTACT", person["email"], person["phone"], person["place"], "SKILLS", *person["skills"]])
    main.text = person["name"]
    main.add_paragraph(person["headline"])
    main.add_paragraph(person["headings"]["experience"].upper())
    for job in person["jobs"]:
        main.add_paragraph(f"{job['role']} | {job['employer']}")
        main.add_paragraph(f"{job['place']} | {span(job)}")
        for line in job["lines"]:
            main.add_paragraph(line, style="List Bullet")
    return word_of(document)


@pytest.mark.parametrize(
    "layout", [dated_table, two_columns, word_table, word_columns], ids=lambda layout: layout.__name__
)
@pytest.mark.parametrize("email", WRITTEN)
async def test_a_typeset_resume_is_understood(email: str, layout):
    person = PEOPLE[email]
    document = await DocumentReader().read(layout(person), "cv")
    read = read_resume(document.text)
    assert read.contact.name == person["name"].removesuffix(", PhD")
    assert (read.contact.email, read.contact.phone, read.contact.place) == (email, person["phone"], person["place"])
    assert [job.employer for job in read.employments] == [job["employer"] for job in person["jobs"]]
    assert [job.role for job in read.employments] == [job["role"] for job in person["jobs"]]
    if layout is not word_table:
        assert [list(job.lines) for job in read.employments] == [job["lines"] for job in person["jobs"]]
