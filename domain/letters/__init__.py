"""Cover letters and prep notes: the embedded writer, and the claims check that any writer's letter goes through."""

from collections.abc import Sequence
from enum import StrEnum

from domain.claims.check import CheckedLetter, Letter, Removal, Sentence, check_claims
from domain.claims.posting import PostingWords
from domain.facts import Fact
from domain.letters.brief import LetterMaterial, brief_of, material_facts
from domain.letters.prep_notes import write_prep_notes
from domain.letters.writing import write_sentences

__all__ = [
    "CheckedLetter",
    "Letter",
    "LetterMaterial",
    "PostingWords",
    "Removal",
    "Sentence",
    "Tone",
    "check_claims",
    "check_letter",
    "material_facts",
    "write_letter",
    "write_prep_notes",
]


class Tone(StrEnum):
    PROFESSIONAL = "professional"
    CONVERSATIONAL = "conversational"
    ENTHUSIASTIC = "enthusiastic"


def write_letter(material: LetterMaterial, tone: Tone) -> Letter:
    """A letter every claim of which rests on a fact; short where there are few facts."""
    facts = material_facts(material)
    return _checked(material, write_sentences(brief_of(material, tone.value, facts)), facts).letter


def check_letter(material: LetterMaterial, letter: str | list[Sentence]) -> CheckedLetter:
    """Any writer's letter against the material's facts."""
    return _checked(material, letter, material_facts(material))


def _checked(material: LetterMaterial, letter: str | list[Sentence], facts: Sequence[Fact]) -> CheckedLetter:
    posting = PostingWords(material.title, material.company, material.description)
    return check_claims(letter, facts, posting, material.today)
