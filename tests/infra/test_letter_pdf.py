"""The letter as a PDF: read back by pypdf, whoever signs it and whatever the text tries."""

import io
import pickle
import unicodedata
from datetime import date

import pypdf
import pytest

from domain.errors import ValidationError
from domain.letter_pages import LetterPage, letter_file_name
from domain.letter_text import letter_paragraphs
from infra.letter_pdf import MAX_CHARACTERS, letter_pdf

BODY = "I am applying for the Nurse role.\n\nAt Mercy Ward I cut falls from 11 to 3."


def _page(name: str = "Ana Ruiz", body: str = BODY, **more: str | None) -> LetterPage:
    return LetterPage(name, body, date(2025, 12, 26), **more)


def _read(page: LetterPage) -> str:
    return "\n".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(letter_pdf(page))).pages)


def test_contact_date_greeting_body_closing_and_name_stand_in_this_order() -> None:
    lines = _read(
        _page(phone="+1 555 0100", email="ana@example.com", location="Boise, ID", website="ana.example.com")
    ).splitlines()
    assert lines == [
        "Ana Ruiz",
        "+1 555 0100",
        "ana@example.com",
        "Boise, ID",
        "ana.example.com",
        "December 26, 2025",
        "Dear Hiring Manager,",
        "I am applying for the Nurse role.",
        "At Mercy Ward I cut falls from 11 to 3.",
        "Sincerely,",
        "Ana Ruiz",
    ]


def test_missing_contact_lines_are_left_out() -> None:
    lines = _read(_page(email="ana@example.com")).splitlines()
    assert lines[:3] == ["Ana Ruiz", "ana@example.com", "December 26, 2025"]


def test_the_sheet_is_us_letter() -> None:
    sheet = pypdf.PdfReader(io.BytesIO(letter_pdf(_page()))).pages[0]
    assert (sheet.mediabox.width, sheet.mediabox.height) == (612, 792)


@pytest.mark.parametrize(
    "frame",
    [
        "Dear Hiring Manager,\n\n{body}\n\nSincerely,\n\nAna Ruiz",
        "Dear Ms. O'Hara,\n{body}\nBest regards,\nAna Ruiz",
        "Hello,\n\n{body}\n\nKind regards\nANA RUIZ",
        "To whom it may concern:\n\n{body}\n\nYours sincerely, Ana Ruiz",
        "Dear team, {body}\n\nThanks,\n[Your Name]",
        "Ana Ruiz\n\nDear Hiring Team!\n\n{body}\n\nRespectfully,\n\n— Ana Ruiz",
    ],
)
def test_greeting_closing_and_name_inside_the_text_do_not_appear_twice(frame: str) -> None:
    text = _read(_page(body=frame.format(body=BODY)))
    assert text.count("Dear") == 1
    assert text.lower().count("ana ruiz") == 2
    assert "regards" not in text.lower()
    assert "I am applying for the Nurse role." in text


def test_sentences_that_only_begin_like_a_closing_stay() -> None:
    body = "Best practice matters to me.\n\nThank you for reading my application.\n\nHi-fi repair is a hobby."
    assert letter_paragraphs(body, "Ana Ruiz") == body.split("\n\n")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ångström", "Łukasz Wrzosek", "Nguyễn Thị Ánh Đào", "Юрий Щербаков", "Αθηνά Παπαδοπούλου", "Þórður Ğülşen İçyüz",
        "王小明", "山田 太郎", "김민수", "שרה כהן", "محمد عبد الرحمن", "فاطمة الزهراء", "สมชาย ใจดี", "Գոռ Հակոբյան", "ნინო ბერიძე",
        "አበበ በቀለ", "Renée (王) O'Neil-Šimić",
    ],
)  # fmt: skip
def test_any_name_is_read_back_as_it_is_written(name: str) -> None:
    text = _read(_page(name))
    assert text.count(name) == 2
    assert "\ufffd" not in text


@pytest.mark.parametrize("name", ["अनिल कुमार शर्मा", "কবির হোসেন", "தமிழ் செல்வன்", "గీత రెడ్డి", "සුනිල් පෙරේරා", "ខ្មែរ សុខ"])
def test_the_letters_of_shaped_scripts_are_all_there(name: str) -> None:
    text = unicodedata.normalize("NFC", _read(_page(name)).replace(" ", ""))
    assert name.replace(" ", "") in text


def test_markup_is_text_and_nothing_is_fetched() -> None:
    body = (
        '<img src="http://evil.example/x.png"> <b>bold</b> &lt; <a href="http://evil.example">link</a> <font size=99>'
    )
    raw = letter_pdf(_page(body=body))
    assert "<b>bold</b> &lt;" in _read(_page(body=body))
    sheet = pypdf.PdfReader(io.BytesIO(raw)).pages[0]
    assert "/Annots" not in sheet
    assert not sheet.images


def test_control_and_invisible_characters_are_dropped() -> None:
    text = _read(_page(body="One\u200b two\x00 three\u202e four\x07.\r\n\r\nNext\tline."))
    assert "One two three four." in text
    assert "Next line." in " ".join(text.split())


def test_a_long_letter_runs_over_several_pages_and_loses_no_word() -> None:
    words = [f"word{number}" for number in range(2000)]
    page = _page(body="\n\n".join(" ".join(words[at : at + 50]) for at in range(0, 2000, 50)))
    assert len(pypdf.PdfReader(io.BytesIO(letter_pdf(page))).pages) >= 2
    assert [word for word in _read(page).split() if word.startswith("word")] == words


def test_words_wider_than_the_page_are_cut_not_lost() -> None:
    assert "".join(_read(_page(body="w" * 500)).split()).count("w") >= 500


def test_a_letter_that_is_too_long_or_empty_is_refused_with_its_size() -> None:
    with pytest.raises(
        ValidationError, match=f"at most {MAX_CHARACTERS} characters; this one has {MAX_CHARACTERS + 1}"
    ):
        letter_pdf(_page(body="x" * (MAX_CHARACTERS + 1)))
    for empty in ("", " \n ", "Dear team,\n\nSincerely,\nAna Ruiz"):
        with pytest.raises(ValidationError, match="empty"):
            letter_pdf(_page(body=empty))


def test_the_same_page_gives_the_same_bytes_also_after_other_letters() -> None:
    for name in ("Ana Ruiz", "محمد عبد الرحمن", "अनिल शर्मा"):
        first = letter_pdf(_page(name))
        letter_pdf(_page("فاطمة 王 शर्मा Ж", body="Something else, في القاهرة."))
        assert letter_pdf(_page(name)) == first


def test_pages_cross_processes() -> None:
    page = _page(company="Acme")
    assert pickle.loads(pickle.dumps(page)) == page
    assert pickle.loads(pickle.dumps(letter_pdf)) is letter_pdf


@pytest.mark.parametrize(
    ("name", "company", "expected"),
    [
        ("Ana María Ruiz", "Acme & Sons, Inc.", "Ana_Ruiz_CoverLetter_Acme_Sons_Inc.pdf"),
        ("Cher", "A", "Cher_CoverLetter_A.pdf"),
        ("Łukasz Wrzosek", None, "Lukasz_Wrzosek_CoverLetter.pdf"),
        ("Bo Li", "../../etc/passwd\r\nX: y", "Bo_Li_CoverLetter_etcpasswdX_y.pdf"),
        ("Bo Li", 'A"B;C', "Bo_Li_CoverLetter_ABC.pdf"),
        ("王小明", "東京", "CoverLetter.pdf"),
        ("Bo Li", "x" * 80, f"Bo_Li_CoverLetter_{'x' * 30}.pdf"),
    ],
)
def test_the_file_name_is_plain_ascii(name: str, company: str | None, expected: str) -> None:
    assert letter_file_name(name, company) == expected
