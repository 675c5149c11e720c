import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType

import pytest

BOARDS = Path(__file__).parents[1] / "boards"


def load(name: str) -> ModuleType:
    """A module of tests/boards. Tests are no package, so it is loaded by its path, once."""
    full_name = f"tests_boards_{name}"
    if full_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(full_name, BOARDS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full_name] = module
        spec.loader.exec_module(module)
    return sys.modules[full_name]


@pytest.fixture
def load_boards() -> Callable[[str], ModuleType]:
    return load


@pytest.fixture
def board_server_class() -> type:
    return load("server").BoardServer


@pytest.fixture
async def boards(board_server_class: type) -> AsyncIterator[object]:
    """A running local server of the boards' APIs (tests/boards/server.py)."""
    async with board_server_class() as server:
        yield server
