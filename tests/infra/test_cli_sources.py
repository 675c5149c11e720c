"""`sources list | check | parse` and `jobs reparse` in the terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner, Result

from infra.cli import main

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    environ = {
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "THEMUSE_KEY": "",
        "ADZUNA_APP_ID": "",
    }

    def invoke(*arguments: object, **more: str) -> Result:
        arguments_ = [str(one) for one in arguments]
        return CliRunner().invoke(main, arguments_, env={**environ, **more}, catch_exceptions=False)

    return invoke


def test_every_source_is_listed_with_why_it_is_off(call: Call) -> None:
    listed = {one["name"]: one for one in json.loads(call("sources", "list", "--json").stdout)}
    assert len(listed) >= 20
    assert listed["greenhouse"]["on"]
    assert "THEMUSE_KEY" in listed["themuse"]["why"]
    assert "robots.txt" in listed["smartrecruiters"]["why"]
    assert listed["remotive"]["max_per_day"] == 4
    assert "It needs a free key" in call("sources", "list").stdout
    keyed = {one["name"]: one for one in json.loads(call("sources", "list", "--json", THEMUSE_KEY="x").stdout)}
    assert keyed["themuse"]["on"]


def test_a_saved_answer_is_parsed_into_normal_records(
    call: Call, tmp_path: Path, load_boards: Callable[[str], ModuleType]
) -> None:
    payloads = load_boards("payloads")
    for name in payloads.ROWS:
        path = tmp_path / f"{name}.txt"
        path.write_bytes(payloads.document(name, [payloads.row(name, 1), payloads.row(name, 2)]))
        answer = call("sources", "parse", name, path, "--slug", "north-pier", "--json")
        assert answer.exit_code == 0, answer.output
        records = json.loads(answer.stdout)
        assert len(records) == 2, name
        assert {"title", "company", "places", "workplace", "pay", "posted_at", "url", "description"} <= records[
            0
        ].keys()
        assert "raw" not in records[0]
    assert "Quay Engineer 1" in call("sources", "parse", "lever", tmp_path / "lever.txt").stdout


def test_a_bad_row_is_told_of_and_the_others_are_printed(
    call: Call, tmp_path: Path, load_boards: Callable[[str], ModuleType]
) -> None:
    payloads = load_boards("payloads")
    path = tmp_path / "ashby.json"
    path.write_bytes(payloads.document("ashby", [payloads.row("ashby", 1), payloads.row("ashby", 2, title=None)]))
    answer = call("sources", "parse", "ashby", path, "--json")
    assert len(json.loads(answer.stdout)) == 1
    assert answer.stderr.strip() == "ashby, row 2, title: is missing or empty"


@pytest.mark.parametrize(
    ("source", "content", "sentence"),
    [
        ("ashby", b'{"jobs": [{"id": ', "Expected JSON, found something broken"),
        ("ashby", b'{"error": "Not found"}', 'Expected an object with a list "jobs"'),
        ("personio", b"<html>", "Expected XML, found something broken"),
        ("lever", b"", "Expected JSON, found nothing"),
        ("ashby", b'{"jobs": [{"id": null}]}', "ashby, row 1"),
        ("monster", b"[]", "Expected a source among"),
    ],
)
def test_what_cannot_be_parsed_is_one_sentence_and_exit_2(
    call: Call, tmp_path: Path, source: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / "saved"
    path.write_bytes(content)
    answer = call("sources", "parse", source, path, "--json")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert sentence in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert call("sources", "parse", source, tmp_path / "nowhere").exit_code == 2


def test_a_source_is_asked_once_and_counted(call: Call) -> None:
    assert json.loads(call("sources", "check", "sample", "--json").stdout)["listings"] == 50
    refused = call("sources", "check", "adzuna")
    assert refused.exit_code == 1
    assert "adzuna is off" in refused.stderr


def test_kept_postings_are_read_again(call: Call) -> None:
    answer = call("jobs", "reparse", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["seen"]) == (0, 0)
