"""Events are stored with what they tell of, in order, and leave when they were handed on."""

from dataclasses import fields
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.events import Event, ItemCreated, JobCreated, UserDeleted
from domain.outbox import OutboxEntry, OutboxService
from domain.viewers import Viewer
from infra.database import EngineDatabase, open_database
from infra.settings import Settings


@pytest.fixture
async def database(settings: Settings) -> EngineDatabase:
    opened = open_database(settings)
    yield opened
    await opened.close()


@pytest.mark.parametrize("kind", Event.kinds.values(), ids=lambda kind: kind.name)
def test_every_event_survives_the_outbox(kind: type[Event]) -> None:
    text = {f.name: "é" for f in fields(kind) if f.type in {"str", str}}
    score = {"score": None} if kind is JobCreated else {}
    for owner in (uuid4(), None):
        event = kind(owner_id=owner, subject_id=uuid4(), **text, **score)
        assert kind.from_json(event.to_json()) == event


def test_every_event_has_a_name_of_its_own_with_a_noun_and_a_participle() -> None:
    for name, kind in Event.kinds.items():
        assert kind.name == name
        assert name.count(".") == 1


async def test_events_are_taken_oldest_first_and_forgotten_when_handed_on(database: EngineDatabase) -> None:
    events = [ItemCreated(owner_id=None, subject_id=uuid4(), title="\U0001f600 é") for _ in range(3)]
    events.append(UserDeleted(owner_id=uuid4(), subject_id=uuid4(), email="é@example.com"))
    async with database.write(Viewer()) as work:
        for event in events:
            work.emit(event)
        assert not await OutboxService(work).any()
    async with database.write(Viewer()) as work:
        outbox = OutboxService(work)
        assert await outbox.any()
        assert [entry.event for entry in await outbox.take(2)] == events[:2]
        await outbox.forget(await outbox.take(2))
        await outbox.forget([])
        assert [entry.event for entry in await outbox.take()] == events[2:]
    async with database.read(Viewer()) as work:
        owners = (await work.session.scalars(select(OutboxEntry.owner_id).order_by(OutboxEntry.id))).all()
        assert owners == [event.owner_id for event in events[2:]]
