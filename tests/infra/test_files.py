"""Stored files are reached by our own keys and by signed paths that end."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import NotFoundError
from infra.files import LIFETIME, LocalFiles

SECRET = "s" * 40


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files", SECRET)


def token(files: LocalFiles, key: str = "resumes/a.pdf", name: str = "a.pdf") -> str:
    return files.address(key, name).removeprefix("/files/")


async def test_what_was_put_is_read_back_and_leaves_no_part_behind(files: LocalFiles, tmp_path: Path) -> None:
    await files.put("resumes/a.pdf", b"%PDF")
    await files.put("resumes/a.pdf", b"%PDF-2")
    assert await files.get("resumes/a.pdf") == b"%PDF-2"
    assert [path.name for path in (tmp_path / "files" / "resumes").iterdir()] == ["a.pdf"]


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(files: LocalFiles) -> None:
    await files.put("a", b"")
    await files.delete("a")
    await files.delete("a")
    with pytest.raises(NotFoundError):
        await files.get("a")


@pytest.mark.parametrize("key", ["../secret_key", "/etc/passwd", "a/../../b", "", ".", "a/..", "..", "a/../.."])
async def test_a_key_outside_the_folder_is_refused(files: LocalFiles, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret_key").write_text("hidden")
    for act in (files.get(key), files.put(key, b"x"), files.delete(key)):
        with pytest.raises(ValueError, match="inside the file folder"):
            await act
    assert (tmp_path / "secret_key").read_text() == "hidden"


async def test_a_link_out_of_the_folder_is_not_followed(files: LocalFiles, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "out").symlink_to("/etc")
    with pytest.raises(ValueError, match="inside the file folder"):
        await files.get("out/passwd")


def test_a_signed_path_names_its_file(files: LocalFiles) -> None:
    signed = files.read_address(files.address("letters/é.pdf", 'Łódź "x".pdf', inline=True).removeprefix("/files/"))
    assert (signed.key, signed.name, signed.inline) == ("letters/é.pdf", 'Łódź "x".pdf', True)


def test_a_signed_path_ends(files: LocalFiles) -> None:
    body = urlsafe_b64encode(orjson.dumps(["a", "a", False, int(time.time()) - 1])).decode().rstrip("=")
    with pytest.raises(NotFoundError, match="or no longer"):
        files.read_address(f"{body}.{files._mac(body)}")
    until = orjson.loads(urlsafe_b64decode(token(files).split(".")[0] + "=="))[3]
    assert 0 < until - time.time() <= LIFETIME


@pytest.mark.parametrize("forged", ["", ".", "a.b", "..", "é.é", "\ud800.\ud800", "a" * 100_000])
def test_a_made_up_path_is_refused(files: LocalFiles, forged: str) -> None:
    with pytest.raises(NotFoundError):
        files.read_address(forged)


@given(place=st.integers(0, 200), letter=st.characters(codec="ascii"))
def test_a_touched_path_is_refused(place: int, letter: str) -> None:
    files = LocalFiles(Path("never"), SECRET)
    good = token(files)
    place %= len(good)
    touched = good[:place] + letter + good[place + 1 :]
    if touched != good:
        with pytest.raises(NotFoundError):
            files.read_address(touched)


def test_a_path_signed_with_another_key_is_refused(files: LocalFiles, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        files.read_address(token(LocalFiles(tmp_path, "t" * 40)))
