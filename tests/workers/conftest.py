"""A webhook's receiver: the local server of tests/boards, loaded by its path since tests are no package."""

import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

SERVER = Path(__file__).parents[1] / "boards" / "server.py"


def _server_class() -> Any:
    name = "tests_boards_server"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SERVER)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].BoardServer


@pytest.fixture
async def receiver() -> AsyncIterator[Any]:
    async with _server_class()() as server:
        yield server
