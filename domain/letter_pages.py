"""What stands on the page of a cover letter."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_FOLDED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe"}
    | {"Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "\u0131": "i"}
)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """What stands on the page. `body` is the stored letter: paragraphs apart by an empty line."""

    name: str
    body: str
    written_on: date
    company: str | None = None
    phone: str | None = None
    email: str | None = None
    location: str | None = None
    website: str | None = None
    greeting: str = "Dear Hiring Manager,"
    closing: str = "Sincerely,"


def letter_file_name(name: str, company: str | None) -> str:
    """`<First>_<Last>_CoverLetter_<Company>.pdf` in ASCII; a part that has no ASCII letter is left out."""
    words = [word for word in (_ascii(part) for part in name.split()) if word]
    ends = words if len(words) < 2 else [words[0], words[-1]]  # noqa: PLR2004 - first and last
    firm = _ascii((company or "").replace(" ", "_"))[:30].strip("_")
    return "_".join([*(end[:40] for end in ends), "CoverLetter", *([firm] if firm else [])]) + ".pdf"


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_FOLDED)).encode("ascii", "ignore").decode()
    return re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "", folded)).strip("_")
