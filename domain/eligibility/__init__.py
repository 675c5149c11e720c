"""Whether a person may have a posting at all: verdicts that rest on quoted sentences, apart from the score."""

from domain.eligibility.model import Eligibility, Person, Standing, Topic
from domain.eligibility.people import read_person
from domain.eligibility.reading import read_eligibility

__all__ = ["Eligibility", "Person", "Standing", "Topic", "read_eligibility", "read_person"]
