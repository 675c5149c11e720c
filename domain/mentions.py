"""Searching texts: what is asked, in words of the domain; each database answers with its own index."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal
from sqlalchemy.sql.functions import FunctionElement

SHORTEST = 3  # trigrams know nothing shorter; such words are looked for by reading every text


class Mentions(FunctionElement[bool]):
    """Whether the posting's title, company or description contains the words, in whatever case.

    Compiled by `infra.database`. The words are taken as they are: no wildcard, no operator.
    """

    inherit_cache = True
    name = "mentions"
    type = Boolean()

    def __init__(self, posting_id: ColumnElement[Any], words: str) -> None:
        super().__init__(posting_id, literal(words, String()), literal(like(words), String()))


def like(words: str) -> str:
    """The LIKE pattern of a text that contains the words, with a backslash as its escape character."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
