"""Heavy work runs in processes of its own, which come back after a death and end with their parent."""

import asyncio
import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from domain.errors import NotFoundError
from domain.pipelines.inventory import pipeline_info
from infra.cpu import ProcessCpu

PARENT = """
import asyncio, os, time
from infra.cpu import ProcessCpu

async def main():
    cpu = ProcessCpu(1)
    print(await cpu.run(os.getpid), flush=True)
    await cpu.run(time.sleep, 60)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
async def cpu() -> AsyncIterator[ProcessCpu]:
    made = ProcessCpu(2)
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def ended(pid: int, within: float) -> bool:
    until = time.monotonic() + within
    while alive(pid) and time.monotonic() < until:
        await asyncio.sleep(0.05)
    return not alive(pid)


async def test_work_is_done_elsewhere_and_gives_way_to_the_server(cpu: ProcessCpu) -> None:
    assert await cpu.run(os.getpid) != os.getpid()
    assert await cpu.run(os.nice, 0) >= 10
    assert await cpu.run(sorted, [2, 1, 3], reverse=True) == [3, 2, 1]


async def test_a_refusal_crosses_with_its_fields(cpu: ProcessCpu) -> None:
    with pytest.raises(NotFoundError) as refused:
        await cpu.run(pipeline_info, "no such pipeline")
    assert refused.value.message == "Pipeline 'no such pipeline' not found"
    assert "echo" in refused.value.details["known"]


async def test_any_other_error_crosses_as_what_it_is(cpu: ProcessCpu) -> None:
    with pytest.raises(ZeroDivisionError):
        await cpu.run(operator.truediv, 1, 0)
    assert await cpu.run(abs, -1) == 1


async def test_the_loop_keeps_turning_meanwhile(cpu: ProcessCpu) -> None:
    work = asyncio.create_task(cpu.run(sum, range(3_000_000)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert await work == sum(range(3_000_000))
    assert turns > 5


async def test_work_whose_process_was_killed_is_done_again(cpu: ProcessCpu) -> None:
    pid = await cpu.run(os.getpid)
    works = [asyncio.create_task(cpu.run(time.sleep, 0.5)) for _ in range(3)]
    await asyncio.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    assert await asyncio.gather(*works) == [None] * 3
    assert await cpu.run(os.getpid) != pid


async def test_work_that_kills_its_process_twice_is_given_up_and_takes_no_other_along(cpu: ProcessCpu) -> None:
    answers = await asyncio.gather(
        cpu.run(os._exit, 3),
        *(cpu.run(time.sleep, 0.2) for _ in range(4)),
        cpu.run(os._exit, 3),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [BrokenProcessPool, *[type(None)] * 4, BrokenProcessPool]
    assert await cpu.run(abs, -1) == 1


async def test_a_closed_pool_leaves_no_process_behind() -> None:
    cpu = ProcessCpu(2)
    pids = await asyncio.gather(cpu.run(os.getpid), cpu.run(os.getpid))
    cpu.close()
    cpu.close()
    for pid in pids:
        assert await ended(pid, 5)


async def test_no_process_is_left_behind_after_deaths_either() -> None:
    cpu = ProcessCpu(1)
    deaths = await asyncio.gather(*(cpu.run(os._exit, 3) for _ in range(2)), return_exceptions=True)
    assert [type(death) for death in deaths] == [BrokenProcessPool] * 2
    assert await cpu.run(abs, -1) == 1
    cpu.close()
    for child in multiprocessing.active_children():
        assert await ended(child.pid, 5)


async def test_nothing_is_started_before_it_is_needed() -> None:
    ProcessCpu(2).close()


async def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen([sys.executable, str(script)], env=environ, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert alive(pid)
        parent.kill()
        await asyncio.to_thread(parent.wait)
    assert await ended(pid, 5)
