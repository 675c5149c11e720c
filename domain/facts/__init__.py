"""Facts of a person's own documents: who they are, where they worked, what they did; each with its own words."""

from domain.facts.model import (
    Contact,
    Education,
    Employment,
    Fact,
    FactKind,
    ResumeFacts,
)
from domain.facts.resume import read_contact, read_education, read_employments, read_facts, read_resume

__all__ = [
    "Contact",
    "Education",
    "Employment",
    "Fact",
    "FactKind",
    "ResumeFacts",
    "read_contact",
    "read_education",
    "read_employments",
    "read_facts",
    "read_resume",
]
