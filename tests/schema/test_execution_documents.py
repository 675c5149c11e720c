"""The document cache: what is kept, for whom, and for how long."""

import pytest
import strawberry

from schema.execution.documents import Documents
from schema.execution.errors import Refusal
from schema.execution.limits import Limits


@strawberry.type
class Query:
    word: str = "x"


schema = strawberry.Schema(Query)


def documents(**options: int) -> Documents:
    return Documents(schema._schema, Limits(), **options)


def test_a_text_is_read_once():
    cache = documents()
    first = cache.prepare("{ word }", None, {})
    second = cache.prepare("{ word }", None, {})
    assert first.document is second.document
    assert (cache.misses, cache.hits) == (1, 1)


def test_texts_that_are_refused_are_not_kept():
    cache = documents()
    for text in ("{", "{ nothing }", "{ " + " ".join(f"a{i}: word" for i in range(40)) + " }"):
        for _ in range(2):
            with pytest.raises(Refusal):
                cache.prepare(text, None, {})
    assert not cache.known
    assert cache.held == 0


def test_the_least_recently_used_text_leaves_first():
    cache = documents(entries=2)
    for text in ("{ word }", "{ a: word }", "{ word }", "{ b: word }"):
        cache.prepare(text, None, {})
    assert list(cache.known) == ["{ word }", "{ b: word }"]


def test_large_texts_push_out_more_than_small_ones():
    cache = documents(characters=1_000)
    for index in range(20):
        cache.prepare("{ word } #" + str(index) + "x" * 300, None, {})
    assert len(cache.known) == 3
    assert cache.held == sum(map(len, cache.known)) <= 1_000


def test_a_text_larger_than_the_cache_is_run_but_not_kept():
    cache = documents(characters=10)
    assert cache.prepare("{ word } # much longer", None, {}).name is None
    assert not cache.known
    assert cache.held == 0
