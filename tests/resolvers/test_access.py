"""Every question says who may ask it, and is asked of nobody else."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any
from uuid import uuid4

import pytest

import resolvers
from domain.errors import AuthenticationError, AuthorizationError
from domain.scopes import Scope
from domain.viewers import Role, Viewer
from resolvers.access import Rule, access, admin, anyone, rule_of, signed_in

STRANGER, USER, ADMIN = Viewer(), Viewer(uuid4()), Viewer(uuid4(), Role.ADMIN)
PRETENDER = Viewer(None, Role.ADMIN)


def scope(viewer: Viewer) -> Scope:
    return Scope(viewer, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "viewer", "refusal"),
    [
        (anyone, STRANGER, None),
        (anyone, ADMIN, None),
        (signed_in, STRANGER, AuthenticationError),
        (signed_in, PRETENDER, AuthenticationError),
        (signed_in, USER, None),
        (signed_in, ADMIN, None),
        (admin, STRANGER, AuthenticationError),
        (admin, PRETENDER, AuthenticationError),
        (admin, USER, AuthorizationError),
        (admin, ADMIN, None),
    ],
)
async def test_a_rule_lets_through_whom_it_names(rule: Rule, viewer: Viewer, refusal: type[Exception] | None) -> None:
    ran: list[int] = []

    @access(rule)
    async def question(scope: Scope, number: int) -> int:
        """Answers."""
        ran.append(number)
        return number

    @access(rule)
    async def stream(scope: Scope, number: int) -> AsyncIterator[int]:
        """Answers again and again."""
        ran.append(number)
        yield number

    if refusal is None:
        assert await question(scope(viewer), 5) == 5
        assert [value async for value in stream(scope(viewer), number=6)] == [6]
    else:
        with pytest.raises(refusal):
            await question(scope(viewer), 5)
        with pytest.raises(refusal):
            await anext(stream(scope(viewer), 6))
        assert ran == []


async def test_a_stream_that_is_left_early_is_closed_at_once() -> None:
    closed: list[bool] = []

    @access(anyone)
    async def stream(scope: Scope) -> AsyncIterator[int]:
        """Answers for ever."""
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    async with aclosing(stream(scope(STRANGER))) as values:
        await anext(values)
    assert closed == [True]


def test_a_guarded_question_keeps_its_name_sentence_and_parameters() -> None:
    @access(signed_in)
    async def question(scope: Scope, number: int = 3) -> int:
        """Answers."""
        return number

    assert (question.__name__, question.__doc__) == ("question", "Answers.")
    assert list(inspect.signature(question).parameters) == ["scope", "number"]
    assert rule_of(question) is signed_in


def test_what_names_no_rule_cannot_be_shown() -> None:
    async def question(scope: Scope) -> None:
        """Answers."""

    with pytest.raises(TypeError, match=r"expected a resolver with @access\(…\), found .*question"):
        rule_of(question)


NO_FACE = {"resolvers.previews"}
"""What a tool's proposal shows is made within a question and is none itself."""


def questions() -> list[Any]:
    found = []
    for module_info in pkgutil.iter_modules(resolvers.__path__, "resolvers."):
        if module_info.name in NO_FACE:
            continue
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                parameters = list(inspect.signature(value).parameters)
                if parameters[:1] in (["scope"], ["_scope"]):
                    found.append(value)
    return found


@pytest.mark.parametrize("question", questions(), ids=lambda question: f"{question.__module__}.{question.__name__}")
def test_every_question_names_its_rule_and_says_in_a_sentence_what_it_answers(question: Callable[..., Any]) -> None:
    assert isinstance(rule_of(question), Rule)
    sentence = inspect.getdoc(question)
    assert sentence
    assert sentence[0].isupper()
    assert sentence.split("\n\n")[0].rstrip().endswith(".")


OPEN = {
    "register",
    "login",
    "refresh",
    "logout",
    "pipelines",
    "pipeline",
    "current_datetime",
    "sign_in_with_identity",
    "public_config",
}


def test_strangers_may_ask_only_what_is_known_to_be_open() -> None:
    """Whoever opens another question to everybody says so here."""
    opened = {question.__name__ for question in questions() if rule_of(question) is anyone}
    assert opened == OPEN
