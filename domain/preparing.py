"""What `job_prep` makes of a person's facts and a posting, as it runs in the CPU pool."""

from dataclasses import dataclass
from typing import Any

from domain.letters import LetterMaterial, Tone, write_letter, write_prep_notes


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sentences`: the letter's sentences with the facts they rest on."""

    letter: str
    notes: str
    sentences: list[dict[str, Any]]


def prepare(material: LetterMaterial, tone: Tone) -> Prepared:
    letter = write_letter(material, tone)
    sentences = [
        {"text": sentence.text, "fact_ids": list(sentence.fact_ids), "connective": sentence.connective}
        for sentence in letter.sentences
    ]
    return Prepared(letter.text, write_prep_notes(material), sentences)
