"""Requests made up by Schemathesis from our own OpenAPI document, against a running server.

`pytest tests/api/test_schemathesis.py -s` prints the seed and the figures; SCHEMATHESIS_SEED repeats a run.
"""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.servers import Server

V1 = "/api/v1"
LEAST_CASES = 2_000

LENIENT = "section 0: existing clients are served unchanged, and Pydantic reads 0, 1 and digits in text as they mean"
EMAIL = "section 3: an e-mail address is validated, which is more than its JSON Schema format says"
LINKS = "section 11: a linked résumé, story or project that is not yours is a 422"
UPLOAD = "section 12: the type is judged by the part's Content-Type, which no schema states"
TRIMMED = "section 1: strings are trimmed at both ends, so one of spaces is empty"
PROVIDER = "section 3.1: without a sign-in provider that can be reached it is a 503"
ADDRESS = "section 7.2: an address begins with http or https"
EXCLUDED: dict[str, dict[str, str]] = {
    "GET /oauth/google/login": {"not_a_server_error": PROVIDER},
    "POST /auth/register": {"positive_data_acceptance": EMAIL},
    "PATCH /users/me": {"positive_data_acceptance": EMAIL, "negative_data_rejection": LENIENT},
    "PATCH /users/{user_id}": {"positive_data_acceptance": EMAIL, "negative_data_rejection": LENIENT},
    "PATCH /items/{item_id}": {"negative_data_rejection": LENIENT},
    "POST /job-profiles": {"positive_data_acceptance": LINKS, "negative_data_rejection": LENIENT},
    "PATCH /job-profiles/{profile_id}": {"positive_data_acceptance": LINKS, "negative_data_rejection": LENIENT},
    "POST /resumes/upload": {"positive_data_acceptance": UPLOAD, "negative_data_rejection": LENIENT},
    "PATCH /resumes/{resume_id}": {"positive_data_acceptance": TRIMMED, "negative_data_rejection": LENIENT},
    "POST /projects/upload": {"positive_data_acceptance": UPLOAD},
    "PATCH /projects/{project_id}": {"positive_data_acceptance": TRIMMED},
    "POST /stories": {"positive_data_acceptance": TRIMMED, "negative_data_rejection": LENIENT},
    "PATCH /stories/{story_id}": {"positive_data_acceptance": TRIMMED, "negative_data_rejection": LENIENT},
    "POST /webhooks": {"positive_data_acceptance": ADDRESS},
    "PATCH /webhooks/{webhook_id}": {"positive_data_acceptance": ADDRESS, "negative_data_rejection": LENIENT},
}
LEFT_OUT = {
    "DELETE /sessions": "section 5: it ends the very session that the run asks with; tests/api/test_sessions.py has it",
}


def configuration() -> str:
    lines = ["[generation]", "allow-x00 = false"]
    for operation, checks in EXCLUDED.items():
        verb, path = operation.split(" ")
        lines += ["[[operations]]", f"include-name = {json.dumps(f'{verb} {V1}{path}')}"]
        lines += [f"checks.{check}.enabled = false  # contract, {row}" for check, row in checks.items()]
    for operation in LEFT_OUT:
        verb, path = operation.split(" ")
        lines += ["[[operations]]", f"include-name = {json.dumps(f'{verb} {V1}{path}')}", "enabled = false"]
    return "\n".join(lines)


@pytest.fixture
def server(tmp_path: Path) -> Any:
    made = Server({"DATA_DIR": str(tmp_path), "ENVIRONMENT": "test", "RATE_LIMIT_REQUESTS": "1000000"})
    made.start()
    yield made
    made.stop()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_thousand_requests_made_up_from_the_document_find_no_fault(server: Server, tmp_path: Path) -> None:
    server.sign_in()
    config = tmp_path / "schemathesis.toml"
    config.write_text(configuration())
    seed = os.environ.get("SCHEMATHESIS_SEED") or str(random.SystemRandom().randrange(10**9))
    sys.stdout.write(f"\nSCHEMATHESIS_SEED={seed}\n")
    ran = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run",
            f"{server.url}{V1}/openapi.json", "--header", f"Authorization: Bearer {server.token}",
            "--seed", seed, "--max-examples", "10", "--phases", "examples,coverage,fuzzing",
            "--continue-on-failure", "--no-shrink", "--warnings", "off", "--no-color",
        ],
        capture_output=True, text=True, timeout=220, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    sys.stdout.write(ran.stdout[ran.stdout.find("= SUMMARY =") :])
    assert ran.returncode == 0, f"seed {seed}\n{ran.stdout[-20_000:]}{ran.stderr[-2_000:]}"
    counted = re.search(r"(\d+) generated", ran.stdout)
    assert counted is not None
    assert int(counted[1]) >= LEAST_CASES


def test_every_excluded_check_names_a_route_that_exists() -> None:
    from infra.http.openapi import document
    from schema.compat.catalog import DESCRIBED, ROWS

    paths = document("x", "", ROWS, DESCRIBED)["paths"]
    for operation in [*EXCLUDED, *LEFT_OUT]:
        verb, path = operation.split(" ")
        assert verb.lower() in paths[path], operation
