"""What stands on the page of a cover letter."""

from dataclasses import dataclass
from datetime import date


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
