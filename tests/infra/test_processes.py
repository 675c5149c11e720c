"""Children are started again when they die, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.processes import AlreadyRunningError, Child, Supervisor, exclusive, newest_change

LIVES = """
import signal, sys, time, pathlib
pathlib.Path(sys.argv[1]).open("a").write(f"{__import__('os').getpid()}\\n")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(60)
"""
STUBBORN = LIVES.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
PARENT = """
import asyncio, sys
from infra.processes import Child, Supervisor
asyncio.run(Supervisor([Child("one", (sys.executable, "-c", sys.argv[1], sys.argv[2]))]).run())
"""
FOLLOWER = f"from infra.processes import follow_parent\nfollow_parent()\n{LIVES}"
HOLDER = """
import sys, time
from pathlib import Path
from infra.processes import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *map(str, arguments))


def pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


async def until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.02)


async def stopped(supervisor: Supervisor, running: "asyncio.Task[None]") -> None:
    supervisor.stop()
    await asyncio.wait_for(running, 20)


async def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    started = tmp_path / "pids"
    supervisor = Supervisor([Child("one", python(LIVES, started))])
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(pids(started)) == 1)
    os.kill(pids(started)[0], signal.SIGKILL)
    await until(lambda: len(pids(started)) == 2)
    await stopped(supervisor, running)
    assert not any(map(is_alive, pids(started)))


async def test_stopping_ends_all_children(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(3)]
    supervisor = Supervisor([Child(path.name, python(LIVES, path)) for path in files])
    running = asyncio.create_task(supervisor.run())
    await until(lambda: all(pids(path) for path in files))
    await stopped(supervisor, running)
    assert [len(pids(path)) for path in files] == [1, 1, 1]
    assert not any(is_alive(pids(path)[0]) for path in files)


async def test_a_child_that_ignores_the_signal_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    started = tmp_path / "pids"
    supervisor = Supervisor([Child("one", python(STUBBORN, started))], grace=0.3)
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(pids(started)) == 1)
    await asyncio.sleep(0.2)  # it has to have come as far as ignoring the signal
    await stopped(supervisor, running)
    assert not is_alive(pids(started)[0])


async def test_children_start_again_when_the_code_has_changed(tmp_path: Path) -> None:
    started, code = tmp_path / "pids", tmp_path / "code"
    code.mkdir()
    supervisor = Supervisor([Child("one", python(LIVES, started))], changed=newest_change([code]))
    running = asyncio.create_task(supervisor.run())
    await until(lambda: len(pids(started)) == 1)
    (code / "new.py").write_text("")
    await until(lambda: len(pids(started)) == 2)
    await stopped(supervisor, running)


async def test_children_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    started = tmp_path / "pids"
    parent = subprocess.Popen(python(PARENT, FOLLOWER, started))
    await until(lambda: len(pids(started)) == 1)
    parent.kill()
    parent.wait(10)
    await until(lambda: not is_alive(pids(started)[0]))


async def test_a_lock_is_held_by_one_and_freed_by_any_death(tmp_path: Path) -> None:
    path = tmp_path / "new" / "server.lock"
    holder = subprocess.Popen(python(HOLDER, path), stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert await asyncio.to_thread(holder.stdout.readline) == b"held\n"
    with pytest.raises(AlreadyRunningError), exclusive(path):
        pass
    holder.kill()
    holder.wait(10)
    holder.stdout.close()
    with exclusive(path):
        pass


def test_a_change_is_seen_when_a_file_is_changed_added_or_removed(tmp_path: Path) -> None:
    changed = newest_change([tmp_path])
    states = [changed()]
    (tmp_path / "a.py").write_text("1")
    states.append(changed())
    os.utime(tmp_path / "a.py", (1, 1))
    states.append(changed())
    (tmp_path / "a.py").unlink()
    assert changed() == states[0]
    assert len(set(states)) == 3
