"""GraphQL inputs are made from the domain's models: absent and null stay apart, refusals carry their path."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
import strawberry
from pydantic import BaseModel, EmailStr, Field
from strawberry.scalars import JSON
from strawberry.types import get_object_definition

from domain.errors import ValidationError
from domain.inputs import ABSENT, EmailAddress, Input
from schema.inputs import camel, enum_of, given, graphql_type, input_of, refuse, to_model


class Colour(StrEnum):
    RED = "red"


class Part(Input):
    """One part of a thing.

    Not this.
    """

    part_name: str = Field(max_length=5, description="What it is called.")
    amount: int = ABSENT


class Thing(Input):
    owner_id: UUID
    email: EmailAddress
    colour: Colour = Colour.RED
    note: str | None = None
    parts: list[Part] | None = None
    best_part: Part | None = None
    words: list[Annotated[str, Field(max_length=3)]] = ABSENT
    extra: dict[str, Any] | None = None
    at: datetime | None = None


enum_of(Colour, "A colour.")


@input_of(Part)
class PartInput: ...


@input_of(Thing)
class ThingInput: ...


def types_of(kind: type) -> dict[str, Any]:
    return {field.python_name: field for field in get_object_definition(kind, strict=True).fields}


def test_an_input_has_the_models_fields_and_only_the_required_ones_are_required() -> None:
    fields = types_of(ThingInput)
    assert list(fields) == list(Thing.model_fields)
    required = {name for name, field in fields.items() if field.default is not strawberry.UNSET}
    assert required == {"owner_id", "email"}
    assert types_of(PartInput)["part_name"].description == "What it is called."
    assert get_object_definition(PartInput, strict=True).description == "One part of a thing."


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, str),
        (int | None, int | None),
        (UUID, strawberry.ID),
        (UUID | None, strawberry.ID | None),
        (list[UUID], list[strawberry.ID]),
        (EmailStr, str),
        (dict[str, Any], JSON),
        (Any, JSON),
        (Part, PartInput),
        (list[Part], list[PartInput]),
        (Part | None, PartInput | None),
        (Colour, Colour),
    ],
    ids=str,
)
def test_every_annotation_has_its_graphql_side(hint: Any, expected: Any) -> None:
    assert graphql_type(hint) == expected


def test_what_was_left_out_is_not_given_at_any_depth() -> None:
    value = ThingInput(owner_id="x", email="a@example.com", note=None, best_part=PartInput(part_name="é"), parts=[])
    assert given(value) == {
        "owner_id": "x",
        "email": "a@example.com",
        "note": None,
        "best_part": {"part_name": "é"},
        "parts": [],
    }


def test_the_model_knows_what_was_sent() -> None:
    id = "6f1f3f8e-6a0e-4a54-9a53-1a2b3c4d5e6f"
    value = ThingInput(owner_id=id, email="A@Example.COM", extra={"aB_c": [1, None]}, parts=[PartInput(part_name="a")])
    thing = to_model(Thing, value)
    assert thing.given() == {
        "owner_id": UUID(id),
        "email": "A@example.com",
        "extra": {"aB_c": [1, None]},
        "parts": [Part(part_name="a")],
    }
    assert thing.parts[0].given() == {"part_name": "a"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"owner_id": "x"}, ["ownerId"]),
        ({"email": "x"}, ["email"]),
        ({"words": ["abc", "abcd"]}, ["words", 1]),
        ({"words": None}, ["words"]),
        ({"parts": [PartInput(part_name="a"), PartInput(part_name="toolong")]}, ["parts", 1, "partName"]),
        ({"best_part": PartInput(part_name="a", amount=None)}, ["bestPart", "amount"]),
        ({"note": "\x00"}, ["note"]),
        ({"extra": {"a": "\x00"}}, ["extra"]),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_refusal_names_the_field_as_the_client_knows_it(change: dict[str, Any], path: list[Any]) -> None:
    sent = {"owner_id": "6f1f3f8e-6a0e-4a54-9a53-1a2b3c4d5e6f", "email": "a@example.com"} | change
    with pytest.raises(ValidationError) as refused:
        to_model(Thing, ThingInput(**sent))
    assert refused.value.details["errors"][0]["path"] == path
    assert refused.value.message.startswith(".".join(map(str, path)) + ": ")


def test_every_error_is_told_and_no_value_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        to_model(Thing, ThingInput(owner_id="hunter2", email="hunter2"))
    assert len(refused.value.details["errors"]) == 2
    assert "hunter2" not in str(refused.value.details)


def test_an_error_of_the_whole_has_no_path() -> None:
    class Whole(BaseModel):
        pass

    from pydantic import ValidationError as Wrong

    with pytest.raises(Wrong) as wrong:
        Whole.model_validate([])
    assert not refuse(wrong.value).message.startswith(":")


@pytest.mark.parametrize(("name", "expected"), [("a", "a"), ("a_bc_d", "aBcD"), (3, 3), ("", "")])
def test_names_are_written_as_in_graphql(name: Any, expected: Any) -> None:
    assert camel(name) == expected
