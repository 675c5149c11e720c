"""What webhooks are told arrives: signed, once per attempt, retried, and without one receiver delaying another."""

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import standardwebhooks
import svix.webhooks
from sqlalchemy import func, select, update

from domain.attempts import AttemptService, Outcome
from domain.clock import utc_now
from domain.deliveries import Delivery, DeliveryRow, DeliveryService, DeliveryStatus
from domain.events import ItemCreated
from domain.items import ItemChanges, ItemDraft
from domain.outbox import OutboxEntry
from domain.pages import PageArgs
from domain.ports import DeliveryPolicy, Ports
from domain.scopes import Scope
from domain.users import UserChanges
from domain.viewers import Viewer
from domain.webhooks import Webhook, WebhookChanges, WebhookDraft, WebhookRow
from infra.runtime import Runtime
from infra.settings import Settings
from infra.webhook_calls import EgressWebhookCalls
from resolvers import webhooks as resolve
from resolvers.items import create_item, delete_item, update_item
from resolvers.operators import forget_old_deliveries
from resolvers.users import delete_user, update_me
from workers.sweeps import ring_again
from workers.webhooks import deliver_to_webhook

STANDARD = DeliveryPolicy()
AT_ONCE_AGAIN = replace(STANDARD, delays=(0.0,) * 8, open_after=1000)
MakeRuntime = Callable[..., AbstractAsyncContextManager[Runtime]]


@pytest.fixture
def works() -> bool:
    """Deliveries are made by the tests themselves, but where they say otherwise."""
    return False


@pytest.fixture
async def settings(settings: Settings, receiver: Any) -> Settings:
    return settings.model_copy(update={"WEBHOOK_ALLOW": (receiver.host,)})


def with_policy(runtime: Runtime, policy: DeliveryPolicy = AT_ONCE_AGAIN, **ports: Any) -> Ports:
    return replace(runtime.ports, policy=replace(runtime.ports.policy, webhooks=policy), **ports)


async def listen(scope: Scope, receiver: Any, *events: str, path: str = "/hook") -> WebhookRow:
    draft = WebhookDraft(name="Mine", url=f"{receiver.url}{path}", events=list(events or ("item.created",)))
    return await resolve.create_webhook(scope, draft)


async def deliveries(scope: Scope, webhook: WebhookRow, expected: int = 1) -> list[DeliveryRow]:
    """The deliveries of a webhook, newest first, once the relay has made as many."""
    for _ in range(250):
        found = (await resolve.webhook_deliveries(scope, webhook.id, PageArgs(first=100))).nodes
        if len(found) >= expected:
            break
        await asyncio.sleep(0.02)
    assert len(found) == expected
    return found


async def told(scope: Scope, webhook: WebhookRow, count: int = 1) -> list[DeliveryRow]:
    """So many items were made, and the webhook has a delivery for each."""
    for number in range(count):
        await create_item(scope, ItemDraft(title=f"item {number}"))
    return await deliveries(scope, webhook, count)


def pause_of(row: DeliveryRow) -> float:
    """Seconds between the last answer and the next attempt."""
    assert row.next_attempt_at is not None
    assert row.delivered_at is not None
    return (row.next_attempt_at - row.delivered_at).total_seconds()


async def stored(runtime: Runtime, id: UUID) -> Delivery:
    async with runtime.database.read(Viewer()) as work:
        return (await work.session.scalars(select(Delivery).where(Delivery.id == id))).one()


async def health(runtime: Runtime, webhook: WebhookRow) -> Webhook:
    async with runtime.database.read(Viewer()) as work:
        return (await work.session.scalars(select(Webhook).where(Webhook.id == webhook.id))).one()


async def make_due(runtime: Runtime) -> None:
    """Time passes: whatever waits may be sent now."""
    async with runtime.database.write(Viewer()) as work:
        waiting = update(Delivery).where(Delivery.status.in_(("pending", "sending")))
        await work.session.execute(waiting.values(due_at=utc_now() - timedelta(seconds=1)))
        await work.session.execute(update(Webhook).values(blocked_until=None, updated_at=Webhook.updated_at))


async def change(runtime: Runtime, webhook: WebhookRow, **values: Any) -> None:
    async with runtime.database.write(Viewer()) as work:
        await work.session.execute(update(Webhook).where(Webhook.id == webhook.id).values(**values))


def verify(asked: Any, secret: str) -> None:
    """As receivers do it: the two libraries and the documented header."""
    key = standardwebhooks.Webhook(resolve_secret(secret))
    assert key.verify(asked.body, asked.headers) == json.loads(asked.body)
    svix.webhooks.Webhook(resolve_secret(secret)).verify(asked.body, asked.headers)


def resolve_secret(secret: str) -> str:
    from domain.webhook_signatures import signing_secret

    return signing_secret(secret)


def documented(asked: Any, secret: str) -> bool:
    expected = hmac.new(secret.encode(), asked.body, sha256).hexdigest()
    return asked.headers["x-webhook-signature"] == f"sha256={expected}"


async def test_a_delivery_is_signed_as_documented_and_as_the_standard_has_it(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(204)
    webhook = await listen(ada, receiver)
    item = await create_item(ada, ItemDraft(title="Grüße, 世界 🎉"))
    [row] = await deliveries(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [asked] = receiver.log
    assert (asked.method, asked.path) == ("POST", "/hook")
    assert webhook.secret is not None
    assert len(webhook.secret) == 43
    verify(asked, webhook.secret)
    assert documented(asked, webhook.secret)
    assert asked.headers["x-webhook-event"] == "item.created"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["webhook-id"] == str(row.id)
    body = json.loads(asked.body)
    assert list(body) == ["event", "timestamp", "data", "type"]
    assert asked.body.decode() == json.dumps(body), "separators are Python's default"
    assert body["event"] == body["type"] == "item.created"
    assert body["data"] == {"id": str(item.id), "user_id": str(ada.viewer.id), "title": "Grüße, 世界 🎉"}
    assert datetime.fromisoformat(body["timestamp"]).tzinfo is None
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.success, row.response_status, row.attempt_count) == ("succeeded", True, 204, 1)
    assert row.error_message is None
    assert row.delivered_at is not None
    assert row.delivered_at.tzinfo is UTC


async def test_a_webhook_hears_what_it_asked_for_and_only_of_its_owner(
    runtime: Runtime, ada: Scope, bob: Scope, receiver: Any
) -> None:
    one, kind, every, other, off, foreign = [
        await listen(scope, receiver, *names)
        for scope, names in [
            (ada, ["item.created"]),
            (ada, ["item.*"]),
            (ada, ["*"]),
            (ada, ["job.created", "item", "item.create", "ITEM.CREATED", ""]),
            (ada, ["*"]),
            (bob, ["*"]),
        ]
    ]
    await resolve.update_webhook(ada, off.id, WebhookChanges(is_active=False))
    item = await create_item(ada, ItemDraft(title="a"))
    await update_item(ada, item.id, ItemChanges(title="b"))
    await delete_item(ada, item.id)
    await update_me(ada, UserChanges(full_name="Ada"))
    found = {row.event_type for row in await deliveries(ada, every, 4)}
    assert found == {"item.created", "item.updated", "item.deleted", "user.updated"}
    assert [row.event_type for row in await deliveries(ada, kind, 3)] == [
        "item.deleted",
        "item.updated",
        "item.created",
    ]
    assert len(await deliveries(ada, one, 1)) == 1
    for silent, scope in ((other, ada), (off, ada), (foreign, bob)):
        assert await deliveries(scope, silent, 0) == []


async def test_an_admins_webhook_hears_of_every_account_and_of_nobodys_items(
    runtime: Runtime, root: Scope, ada: Scope, receiver: Any
) -> None:
    webhook = await listen(root, receiver, "*")
    await create_item(ada, ItemDraft(title="private"))
    await update_me(ada, UserChanges(full_name="Ada"))
    await delete_user(root, ada.viewer.id)
    rows = await deliveries(root, webhook, 2)
    assert [row.event_type for row in rows] == ["user.deleted", "user.updated"]
    body = json.loads((await stored(runtime, rows[0].id)).body)
    assert body["data"] == {"id": str(ada.viewer.id), "user_id": str(ada.viewer.id), "email": "ada@example.com"}


async def test_a_disabled_owner_hears_nothing(runtime: Runtime, root: Scope, ada: Scope, receiver: Any) -> None:
    from resolvers.users import update_user

    webhook = await listen(ada, receiver, "user.updated")
    await update_user(root, ada.viewer.id, UserChanges(is_active=False))
    watched = await listen(root, receiver, "item.created")
    await told(root, watched)
    assert await deliveries(ada, webhook, 0) == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_a_success(runtime: Runtime, ada: Scope, receiver: Any, status: int) -> None:
    receiver.routes["/hook"] = receiver.Reply(status)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.response_status, row.next_attempt_at) == ("succeeded", status, None)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 409, 418, 500, 502, 503])
async def test_everything_else_is_a_failure_and_no_redirect_is_followed(
    runtime: Runtime, ada: Scope, receiver: Any, status: int
) -> None:
    receiver.routes["/hook"] = receiver.Reply(status, headers={"Location": f"{receiver.url}/elsewhere"})
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.success, row.response_status) == ("pending", False, status)
    assert row.error_message == f"The receiver answered {status}"
    assert row.delivered_at is not None
    assert receiver.asked("/elsewhere") == []
    assert 4.4 < pause_of(row) < 5.6


async def test_attempts_follow_the_schedule_with_one_body_and_one_id_and_then_end(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(500)
    webhook = await listen(ada, receiver)
    [row] = await told(ada, webhook)
    pauses = []
    for _ in range(7):
        await deliver_to_webhook(runtime.ports, webhook.id)
        [row] = await deliveries(ada, webhook)
        pauses.append(pause_of(row))
        await make_due(runtime)
    for pause, planned in zip(pauses, STANDARD.delays[1:], strict=True):
        assert planned * 0.9 <= pause <= planned * 1.1
    assert len({round(pause / planned, 3) for pause, planned in zip(pauses, STANDARD.delays[1:], strict=True)}) > 1
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.attempt_count, row.next_attempt_at) == ("failed", 8, None)
    await make_due(runtime)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == 8
    assert (
        len({asked.body for asked in receiver.log}) == len({asked.headers["webhook-id"] for asked in receiver.log}) == 1
    )
    for asked in receiver.log:
        verify(asked, webhook.secret or "")


async def test_a_receiver_that_hangs_up_breaks_off_or_is_not_there_is_a_failure_without_an_answer(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    def hang_up(_asked: Any) -> Any:
        raise ConnectionResetError

    receiver.routes["/closed"] = hang_up
    receiver.routes["/cut"] = receiver.Reply(200, "whole", cut=2)
    for path in ("/closed", "/cut"):
        webhook = await listen(ada, receiver, path=path)
        await create_item(ada, ItemDraft(title="a"))
        await deliveries(ada, webhook)
        await deliver_to_webhook(runtime.ports, webhook.id)
        [row] = await deliveries(ada, webhook)
        assert (row.status, row.response_status, row.delivered_at) == ("pending", None, None)
        assert row.error_message
        await resolve.delete_webhook(ada, webhook.id)


async def test_a_slow_receiver_is_given_up_in_time(
    runtime: Runtime, ada: Scope, receiver: Any, settings: Settings
) -> None:
    assert runtime.ports.policy.webhooks.timeout == 15
    receiver.routes["/slow"] = receiver.Reply(200, delay=30)
    receiver.routes["/drip"] = receiver.Reply(200, "x" * 1000, drip=0.05)
    calls = EgressWebhookCalls(settings, 0.3)
    for path in ("/slow", "/drip"):
        webhook = await listen(ada, receiver, path=path)
        await create_item(ada, ItemDraft(title="a"))
        await deliveries(ada, webhook)
        began = time.monotonic()
        await deliver_to_webhook(with_policy(runtime, STANDARD, webhooks=calls), webhook.id)
        assert time.monotonic() - began < 10
        [row] = await deliveries(ada, webhook)
        assert (row.status, row.error_message) == ("pending", "127.0.0.1 did not answer in time")
        await resolve.delete_webhook(ada, webhook.id)
    await calls.close()


async def test_retry_after_is_respected_by_the_delivery_and_by_the_whole_webhook(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = [receiver.Reply(429, headers={"Retry-After": "120"}), receiver.Reply(200)]
    webhook = await listen(ada, receiver)
    await told(ada, webhook, 2)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == 1, "the second delivery waits too"
    first = next(row for row in await deliveries(ada, webhook, 2) if row.attempt_count)
    assert pause_of(first) == 120
    assert await ring_again(runtime.ports) == 0
    await make_due(runtime)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert {row.status for row in await deliveries(ada, webhook, 2)} == {DeliveryStatus.SUCCEEDED}


async def test_nobody_can_ask_for_more_than_a_day(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(503, headers={"Retry-After": "99999999"})
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert pause_of(row) == 24 * 3600


async def test_410_switches_the_webhook_off_says_so_and_gives_up_what_waits(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(410)
    webhook = await listen(ada, receiver)
    watching = await listen(ada, receiver, "webhook.disabled", path="/watch")
    await told(ada, webhook, 3)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == 1
    rows = await deliveries(ada, webhook, 3)
    assert {row.status for row in rows} == {DeliveryStatus.FAILED}
    row = await resolve.webhook(ada, webhook.id)
    assert not row.is_active
    assert row.disabled_reason == "The receiver answered 410: it wants no further deliveries"
    [heard] = await deliveries(ada, watching)
    data = json.loads((await stored(runtime, heard.id)).body)["data"]
    assert data["id"] == str(webhook.id)
    assert data["reason"] == row.disabled_reason


async def test_a_webhook_that_is_switched_off_gives_up_what_waits_and_goes_on_when_switched_on(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    webhook = await listen(ada, receiver)
    await told(ada, webhook, 2)
    await resolve.update_webhook(ada, webhook.id, WebhookChanges(is_active=False))
    await deliver_to_webhook(runtime.ports, webhook.id)
    rows = await deliveries(ada, webhook, 2)
    assert {(row.status, row.attempt_count) for row in rows} == {(DeliveryStatus.FAILED, 0)}
    assert rows[0].error_message == "The webhook was switched off before this was delivered"
    await resolve.update_webhook(ada, webhook.id, WebhookChanges(is_active=True))
    await create_item(ada, ItemDraft(title="later"))
    await deliveries(ada, webhook, 3)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == 1


async def test_five_failures_open_the_breaker_one_probe_looks_and_a_success_closes_it(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(500)
    webhook = await listen(ada, receiver)
    await told(ada, webhook, 12)
    await asyncio.gather(*(deliver_to_webhook(runtime.ports, webhook.id) for _ in range(8)))
    assert receiver.most_at_once <= 5
    asked = len(receiver.log)
    assert 5 <= asked <= 9, "the attempts under way when it opened may end"
    state = await health(runtime, webhook)
    assert state.failures == asked
    assert state.blocked_until is not None
    assert state.last_failed_at is not None
    assert 30 <= (state.blocked_until - state.last_failed_at).total_seconds() <= 300
    assert await ring_again(runtime.ports) == 0
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == asked

    await make_due(runtime)
    receiver.most_at_once = 0
    receiver.routes["/hook"] = receiver.Reply(500, delay=0.2)
    await asyncio.gather(*(deliver_to_webhook(runtime.ports, webhook.id) for _ in range(5)))
    assert (len(receiver.log), receiver.most_at_once) == (asked + 1, 1)

    await make_due(runtime)
    receiver.routes["/hook"] = receiver.Reply(200)
    await deliver_to_webhook(runtime.ports, webhook.id)
    state = await health(runtime, webhook)
    assert (state.failures, state.failing_since, state.blocked_until) == (0, None, None)
    assert {row.status for row in await deliveries(ada, webhook, 12)} == {DeliveryStatus.SUCCEEDED}


def test_a_webhook_rests_longer_with_every_further_failure_up_to_five_minutes() -> None:
    rests = [STANDARD.cooldown_after(failures) for failures in range(12)]
    assert rests[:5] == [0] * 5
    assert rests[5:] == [30, 60, 120, 240, 300, 300, 300]
    assert STANDARD.cooldown_after(10**9) == 300


async def test_failures_are_no_change_of_the_webhook(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(500)
    webhook = await listen(ada, receiver)
    assert webhook.updated_at == webhook.created_at
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    row = await resolve.webhook(ada, webhook.id)
    assert row.updated_at == webhook.updated_at
    assert row.failing_since is not None
    changed = await resolve.update_webhook(ada, webhook.id, WebhookChanges(name="Renamed"))
    assert changed.updated_at > webhook.updated_at


async def test_five_days_of_failures_switch_it_off_with_an_event(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(500)
    webhook = await listen(ada, receiver)
    watching = await listen(ada, receiver, "webhook.disabled", path="/watch")
    await told(ada, webhook, 2)
    now = utc_now()
    await change(runtime, webhook, failures=3, failing_since=now - timedelta(days=4, hours=23), last_failed_at=now)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert (await resolve.webhook(ada, webhook.id)).is_active
    await change(runtime, webhook, failing_since=now - timedelta(days=5, seconds=1))
    await make_due(runtime)
    await deliver_to_webhook(runtime.ports, webhook.id)
    row = await resolve.webhook(ada, webhook.id)
    assert not row.is_active
    assert row.disabled_reason == "Every attempt of the last 5 days failed; the last one: The receiver answered 500"
    assert {one.status for one in await deliveries(ada, webhook, 2)} == {DeliveryStatus.FAILED}
    assert len(await deliveries(ada, watching)) == 1


async def test_a_failure_long_after_the_last_one_begins_anew(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(500)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    long_ago = utc_now() - timedelta(days=20)
    await change(runtime, webhook, failures=8, failing_since=long_ago, last_failed_at=long_ago + timedelta(days=1))
    await deliver_to_webhook(runtime.ports, webhook.id)
    row = await resolve.webhook(ada, webhook.id)
    assert row.is_active
    assert row.failing_since is not None
    assert utc_now() - row.failing_since < timedelta(minutes=1)


async def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    webhook = await listen(ada, receiver)
    rotated = await resolve.regenerate_webhook_secret(ada, webhook.id)
    assert rotated.secret is not None
    assert rotated.secret != webhook.secret
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [asked] = receiver.log
    assert asked.headers["webhook-signature"].count("v1,") == 2
    verify(asked, webhook.secret or "")
    verify(asked, rotated.secret)
    assert documented(asked, rotated.secret)
    await change(runtime, webhook, old_secret_until=utc_now() - timedelta(seconds=1))
    await create_item(ada, ItemDraft(title="later"))
    await deliveries(ada, webhook, 2)
    await deliver_to_webhook(runtime.ports, webhook.id)
    verify(receiver.log[1], rotated.secret)
    with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
        verify(receiver.log[1], webhook.secret or "")


async def test_a_changed_body_or_key_does_not_verify(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [asked] = receiver.log
    for body, secret in ((asked.body + b" ", webhook.secret), (asked.body, "another secret")):
        with pytest.raises(standardwebhooks.webhooks.WebhookVerificationError):
            verify(replace(asked, body=body), secret or "")


async def test_a_delivery_that_ended_can_be_replayed(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = [receiver.Reply(410), receiver.Reply(200)]
    webhook = await listen(ada, receiver)
    [row] = await told(ada, webhook)
    with pytest.raises(Exception, match="expected a delivery that has ended, found one that is 'pending'"):
        await resolve.replay_delivery(ada, row.id)
    await deliver_to_webhook(runtime.ports, webhook.id)
    with pytest.raises(Exception, match="switched off: switch it on first"):
        await resolve.replay_delivery(ada, row.id)
    await resolve.update_webhook(ada, webhook.id, WebhookChanges(is_active=True))
    replayed = await resolve.replay_delivery(ada, row.id)
    assert replayed.status is DeliveryStatus.PENDING
    assert await ring_again(runtime.ports) == 1
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.attempt_count, row.error_message) == ("succeeded", 2, None)
    first, second = receiver.log
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


async def test_a_test_is_sent_once_now_whatever_the_webhook_listens_to(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = [receiver.Reply(200), receiver.Reply(500), receiver.Reply(410)]
    webhook = await listen(ada, receiver, "job.created")
    found = [await resolve.send_test(ada, webhook.id) for _ in range(3)]
    assert [(one.success, one.status_code) for one in found] == [(True, 200), (False, 500), (False, 410)]
    assert found[1].message == "The receiver answered 500"
    for asked in receiver.log:
        assert asked.headers["x-webhook-event"] == "webhook.test"
        verify(asked, webhook.secret or "")
    rows = await deliveries(ada, webhook, 3)
    assert {row.event_type for row in rows} == {"webhook.test"}
    assert sorted(row.status for row in rows) == ["failed", "failed", "succeeded"]
    row = await resolve.webhook(ada, webhook.id)
    assert row.is_active
    assert row.failing_since is None
    await make_due(runtime)
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert len(receiver.log) == 3, "a test is not retried"


async def test_a_test_of_a_refused_address_says_what_is_wrong(ada: Scope) -> None:
    draft = WebhookDraft(name="x", url="https://10.0.0.1/", events=["*"])
    webhook = await resolve.create_webhook(ada, draft)
    found = await resolve.send_test(ada, webhook.id)
    assert (found.success, found.status_code) == (False, None)
    assert found.message == "10.0.0.1 is not a public address"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.1/",
        "http://2130706433/",
        "http://example.com:22/",
    ],
)
async def test_addresses_inside_are_refused_when_nobody_allowed_them(
    make_runtime: MakeRuntime, settings: Settings, ada: Scope, receiver: Any, url: str
) -> None:
    closed = settings.model_copy(update={"WEBHOOK_ALLOW": (), "EGRESS_ALLOW": ()})
    async with make_runtime(closed, works=False, sweeps=False) as runtime:
        scope = replace(ada, ports=runtime.ports)
        draft = WebhookDraft(name="inside", url=url.format(port=receiver.port), events=["*"])
        webhook = await resolve.create_webhook(scope, draft)
        found = await resolve.send_test(scope, webhook.id)
    assert (found.success, found.status_code) == (False, None)
    assert receiver.log == []
    assert "leads to 1" not in found.message, "what a name resolves to inside is not told"


async def test_what_a_receiver_answers_is_kept_up_to_10000_characters_and_never_returned(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200, ("secret\x00é" * 5_000).encode() + b"\xff\xfe")
    webhook = await listen(ada, receiver)
    [row] = await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    kept = (await stored(runtime, row.id)).response_body
    assert kept is not None
    assert len(kept) == 10_000
    assert kept.startswith("secret�é")
    assert not hasattr((await deliveries(ada, webhook))[0], "response_body")


async def test_an_endless_answer_is_a_failure(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    receiver.routes["/hook"] = receiver.Reply(200, b"x" * 2_000_000)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    await deliver_to_webhook(runtime.ports, webhook.id)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.response_status) == ("pending", None)
    assert "more than 1,048,576 bytes" in (row.error_message or "")


async def test_telling_an_event_twice_makes_one_delivery(runtime: Runtime, ada: Scope, receiver: Any) -> None:
    webhook = await listen(ada, receiver)
    event = ItemCreated(owner_id=ada.viewer.id, subject_id=webhook.id, title="again")
    entry = OutboxEntry(name=event.name, owner_id=event.owner_id, payload=event.to_json(), created_at=utc_now())
    for _ in range(3):
        async with runtime.database.write(Viewer()) as work:
            await DeliveryService(work).queue([entry])
    assert len(await deliveries(ada, webhook)) == 1


async def test_nothing_is_lost_when_the_server_dies_between_the_commit_and_the_relay(
    make_runtime: MakeRuntime, settings: Settings, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    async with make_runtime(settings, works=False, sweeps=False) as first:
        ada = await signed_up(first)
        webhook = await listen(ada, receiver)
        await first.relay.close()
        for number in range(20):
            await create_item(ada, ItemDraft(title=f"item {number}"))
        assert await deliveries(ada, webhook, 0) == []
    async with make_runtime(settings) as second:
        await eventually(lambda: len(receiver.log) >= 20)
        rows = await deliveries(replace(ada, ports=second.ports), webhook, 20)
        await eventually(lambda: all_succeeded(second, webhook, 20))
    assert sorted(asked.headers["webhook-id"] for asked in receiver.log) == sorted(str(row.id) for row in rows)


async def test_deliveries_that_nobody_was_rung_for_are_found_by_the_sweep(
    make_runtime: MakeRuntime, settings: Settings, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    async with make_runtime(settings, works=False, sweeps=False) as first:
        ada = await signed_up(first)
        webhook = await listen(ada, receiver)
        await told(ada, webhook, 3)
        assert await ring_again(first.ports) == 0, "new ones have a moment to be rung for"
        await make_due(first)
        async with first.database.write(Viewer()) as work:
            await work.session.execute(update(Delivery).values(due_at=utc_now() - timedelta(seconds=6)))
    async with make_runtime(settings):
        await eventually(lambda: len(receiver.log) >= 3)


async def test_a_delivery_whose_sender_died_is_sent_again_and_the_dead_one_changes_nothing(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    system = Scope(Viewer(), runtime.ports)
    async with system.write(AttemptService) as attempts:
        paused = await attempts.take(webhook.id, STANDARD)
    assert paused is not None
    async with system.write(AttemptService) as attempts:
        assert await attempts.take(webhook.id, STANDARD) is None, "somebody holds its lease"
    await make_due(runtime)
    await deliver_to_webhook(runtime.ports, webhook.id)
    async with system.write(AttemptService) as attempts:
        await attempts.conclude(paused, Outcome(error="too late"), STANDARD)
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.attempt_count, row.error_message) == ("succeeded", 2, None)
    assert (await health(runtime, webhook)).failures == 0


async def test_a_delivery_that_kills_its_sender_again_and_again_is_given_up(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    for _ in range(9):
        async with Scope(Viewer(), runtime.ports).write(AttemptService) as attempts:
            attempt = await attempts.take(webhook.id, STANDARD)
        await make_due(runtime)
    assert attempt is None
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.attempt_count) == ("failed", 8)
    assert row.error_message == "Its sender died again and again"


async def test_a_stopped_worker_gives_its_deliveries_back_uncounted(
    runtime: Runtime, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200, delay=30)
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    working = asyncio.create_task(deliver_to_webhook(runtime.ports, webhook.id))
    await eventually(lambda: len(receiver.log) == 1)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    [row] = await deliveries(ada, webhook)
    assert (row.status, row.attempt_count) == ("pending", 0)
    assert row.next_attempt_at is not None
    assert row.next_attempt_at <= utc_now()


async def test_two_workers_send_each_delivery_once(
    runtime: Runtime, make_runtime: MakeRuntime, settings: Settings, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200, delay=0.005)
    webhook = await listen(ada, receiver)
    await told(ada, webhook, 40)
    async with make_runtime(settings, works=False, sweeps=False) as other:
        await asyncio.gather(*(deliver_to_webhook(one.ports, webhook.id) for one in (runtime, other) for _ in range(4)))
    ids = [asked.headers["webhook-id"] for asked in receiver.log]
    assert len(ids) == len(set(ids)) == 40
    assert receiver.most_at_once <= 5
    assert {(row.status, row.attempt_count) for row in await deliveries(ada, webhook, 40)} == {("succeeded", 1)}


async def test_dead_receivers_do_not_delay_a_living_one(
    make_runtime: MakeRuntime, settings: Settings, receiver: Any
) -> None:
    receiver.routes["/alive"] = receiver.Reply(200)
    dead = [f"/dead/{number}" for number in range(12)]
    for path in dead:
        receiver.routes[path] = receiver.Reply(200, delay=60)
    async with make_runtime(settings) as runtime:
        ada = await signed_up(runtime)
        for path in dead:
            await listen(ada, receiver, "item.created", path=path)
        for number in range(30):
            await create_item(ada, ItemDraft(title=f"item {number}"))
        await eventually(lambda: len(receiver.log) >= 5 * len(dead))
        await listen(ada, receiver, "item.updated", "item.created", path="/alive")
        await create_item(ada, ItemDraft(title="news"))
        began = time.monotonic()
        await eventually(lambda: receiver.asked("/alive"))
        assert time.monotonic() - began < 8, "a dead one would cost 15 s"
        assert max(len(receiver.asked(path)) for path in dead) <= 5


async def test_a_restarted_server_sends_at_once_what_it_was_sending_when_it_was_killed(
    make_runtime: MakeRuntime, settings: Settings, receiver: Any
) -> None:
    if not settings.embedded:
        pytest.skip("with other workers beside it, a lease is waited for")
    receiver.routes["/hook"] = receiver.Reply(200)
    async with make_runtime(settings, works=False, sweeps=False) as first:
        ada = await signed_up(first)
        webhook = await listen(ada, receiver)
        await told(ada, webhook)
        async with Scope(Viewer(), first.ports).write(AttemptService) as attempts:
            assert await attempts.take(webhook.id, STANDARD) is not None
    async with make_runtime(settings):
        await eventually(lambda: len(receiver.log) == 1)


async def test_old_deliveries_that_ended_can_be_forgotten(
    runtime: Runtime, root: Scope, ada: Scope, receiver: Any
) -> None:
    receiver.routes["/hook"] = receiver.Reply(200)
    webhook = await listen(ada, receiver)
    await told(ada, webhook, 2)
    await deliver_to_webhook(runtime.ports, webhook.id)
    await create_item(ada, ItemDraft(title="waits"))
    await deliveries(ada, webhook, 3)
    later = utc_now() + timedelta(seconds=1)
    assert await forget_old_deliveries(root, later, rehearse=True) == 2
    assert await forget_old_deliveries(root, later - timedelta(days=1)) == 0
    assert await forget_old_deliveries(root, later) == 2
    [row] = await deliveries(ada, webhook)
    assert row.status is DeliveryStatus.PENDING


async def test_deliveries_go_with_their_webhook_and_webhooks_with_their_owner(
    runtime: Runtime, root: Scope, ada: Scope, receiver: Any
) -> None:
    webhook = await listen(ada, receiver)
    await told(ada, webhook)
    kept = await listen(ada, receiver)
    await resolve.delete_webhook(ada, webhook.id)
    await create_item(ada, ItemDraft(title="x"))
    await deliveries(ada, kept)
    await delete_user(root, ada.viewer.id)
    async with runtime.database.read(Viewer()) as work:
        assert await work.session.scalar(select(func.count()).select_from(Delivery)) == 0
    await deliver_to_webhook(runtime.ports, webhook.id)
    assert receiver.log == []


async def signed_up(runtime: Runtime) -> Scope:
    from domain.users import UserService

    async with Scope(Viewer(), runtime.ports).write(UserService) as users:
        user = await users.open_account("ada@example.com", None)
    return Scope(Viewer(user_id=user.id), runtime.ports)


async def all_succeeded(runtime: Runtime, webhook: WebhookRow, count: int) -> bool:
    async with runtime.database.read(Viewer()) as work:
        good = select(func.count()).where(Delivery.webhook_id == webhook.id, Delivery.status == "succeeded")
        return await work.session.scalar(good) == count


async def eventually(holds: Callable[[], Any], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def test_the_schedule_is_the_documented_one() -> None:
    assert STANDARD.delays == (0, 5, 300, 1800, 7200, 18000, 36000, 36000)
    assert all(earlier <= later for earlier, later in pairwise(STANDARD.delays))
