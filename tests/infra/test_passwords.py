"""Passwords are hashed off the loop, few at once, and nothing tells a known account from an unknown one."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from domain.errors import RateLimitError
from infra.passwords import WAITING_AT_MOST, ArgonPasswords


@pytest.fixture
async def passwords() -> AsyncIterator[ArgonPasswords]:
    made = ArgonPasswords(memory_kib=1024, rounds=1)
    yield made
    made.close()


async def test_a_password_matches_its_own_hash_only(passwords: ArgonPasswords) -> None:
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert "correct" not in hashed
    assert await passwords.verify("correct horse", hashed)
    assert not await passwords.verify("Correct horse", hashed)
    assert await passwords.hash("correct horse") != hashed


async def test_every_one_of_128_characters_counts_also_of_many_bytes(passwords: ArgonPasswords) -> None:
    long = "𝔭" * 127 + "a"
    hashed = await passwords.hash(long)
    assert len(hashed) <= 255
    assert await passwords.verify(long, hashed)
    assert not await passwords.verify(long[:-1] + "b", hashed)


async def test_nothing_matches_an_account_without_a_password(passwords: ArgonPasswords) -> None:
    for tried in ("", "nobody's password", "x"):
        assert not await passwords.verify(tried, None)


@pytest.mark.parametrize("hashed", ["", "x", "$argon2id$v=19$", "$2b$12$abcdefghijklmnopqrstuv", "\x00"])
async def test_a_broken_hash_matches_nothing(passwords: ArgonPasswords, hashed: str) -> None:
    assert not await passwords.verify("nobody's password", hashed)


async def test_an_unknown_account_costs_as_much_as_a_wrong_password() -> None:
    """In processor time, which no neighbour disturbs."""
    passwords = ArgonPasswords()
    hashed = await passwords.hash("correct horse")

    async def best(stored: str | None) -> float:
        times = []
        for _ in range(4):
            began = time.process_time()
            assert not await passwords.verify("wrong horse", stored)
            times.append(time.process_time() - began)
        return min(times)

    known, unknown = await best(hashed), await best(None)
    passwords.close()
    assert 0.5 < unknown / known < 2


async def test_too_many_at_once_are_told_to_wait(passwords: ArgonPasswords) -> None:
    answers = await asyncio.gather(
        *(passwords.hash(str(n)) for n in range(WAITING_AT_MOST + 10)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, RateLimitError)]
    assert len(refused) == 10
    assert refused[0].details == {"retry_after": 2}
    assert await passwords.hash("afterwards there is room again")


async def test_the_loop_keeps_turning_while_passwords_are_hashed() -> None:
    passwords = ArgonPasswords()
    hashing = asyncio.gather(*(passwords.hash(str(n)) for n in range(6)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    await hashing
    passwords.close()
    assert turns > 10
