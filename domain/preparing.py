"""What `job_prep` makes of a person's facts and a posting, as it runs in the CPU pool."""

from dataclasses import dataclass
from typing import Any

from domain.letters import LetterMaterial, Tone, material_facts, write_letter, write_prep_notes


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sentences`: the letter's sentences, each with the facts it rests on in the documents' own words."""

    letter: str
    notes: str
    sentences: list[dict[str, Any]]


def prepare(material: LetterMaterial, tone: Tone) -> Prepared:
    letter = write_letter(material, tone)
    words = {fact.id: fact.text for fact in material_facts(material)}
    sentences = [
        {
            "text": sentence.text,
            "connective": sentence.connective,
            "facts": [{"id": id, "text": words[id]} for id in sentence.fact_ids],
        }
        for sentence in letter.sentences
    ]
    return Prepared(letter.text, write_prep_notes(material), sentences)
