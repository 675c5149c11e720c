"""A real server in a process of its own, spoken to over real sockets: for benchmarks and end-to-end tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx2

RESUME = Path(__file__).parents[1] / "tests" / "data" / "resumes" / "backend_python.txt"
ROOT = Path(__file__).parents[1]


class Server:
    """`personal_automations server run` with its own data folder; may be killed and started again."""

    def __init__(self, environ: dict[str, str], *arguments: str) -> None:
        self.port = free_port()
        self.environ = {"PATH": os.environ["PATH"], "HOME": environ["DATA_DIR"], "PORT": str(self.port), **environ}
        self.arguments = arguments
        self.process: subprocess.Popen[bytes] | None = None
        self.token: str | None = None
        self.log = Path(environ["DATA_DIR"]) / "server.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Another process of the same installation: `spawn("worker", "run")`."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "infra.cli", *arguments],
                env=self.environ,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )

    def start(self) -> None:
        self.process = self.spawn("server", "run", *self.arguments)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx2.get(f"{self.url}/health", timeout=1).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
            assert self.process.poll() is None, self.log.read_text()[-4000:]
        raise AssertionError(self.log.read_text()[-4000:])

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        deadline = time.monotonic() + 10
        while answers(self.port) and time.monotonic() < deadline:  # processes beside it end a moment later
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        answer = httpx2.post(f"{self.url}/graphql", json=body, headers=headers, timeout=30).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def upload(self, query: str, name: str, content: bytes, **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "GraphQL-Require-Preflight": "1"}
        operations = json.dumps({"query": query, "variables": {**variables, "file": None}})
        form = {"operations": operations, "map": json.dumps({"0": ["variables.file"]})}
        answer = httpx2.post(
            f"{self.url}/graphql", data=form, files={"0": (name, content)}, headers=headers, timeout=60
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def sign_in(self) -> None:
        email, password = f"{uuid.uuid4().hex[:8]}@example.com", "correct horse"
        self.ask(
            "mutation($r: RegistrationInput!) { register(registration: $r) { id } }",
            r={"email": email, "password": password},
        )
        self.token = self.ask(
            "mutation($l: LoginInput!) { login(login: $l) { accessToken } }", l={"email": email, "password": password}
        )["login"]["accessToken"]

    def with_resume(self, count: int) -> None:
        """Signed in, with a résumé and `count` imported postings."""
        self.sign_in()
        resume = self.upload(
            'mutation($file: Upload!) { uploadResume(file: $file, label: {name: "CV"}) { id } }',
            "cv.txt",
            RESUME.read_bytes(),
        )["uploadResume"]["id"]
        self.ask(
            "mutation($d: JobProfileDraftInput!) { createJobProfile(draft: $d) { id } }",
            d={"resumeId": resume, "minScoreThreshold": 3.0},
        )
        report = self.upload(
            "mutation($file: Upload!) { importPostings(file: $file) { imported refused { reason } } }",
            "postings.json",
            many_postings(count),
        )["importPostings"]
        assert report == {"imported": count, "refused": []}


def many_postings(count: int) -> bytes:
    """Postings that are all different openings, from the sample board's texts."""
    board = json.loads((ROOT / "domain" / "data" / "sample_board.json").read_text())
    made = []
    for number in range(count):
        posting = dict(board[number % len(board)])
        posting["title"] = f"{posting['title']} ({number})"
        posting["url"] = f"https://example.com/jobs/{number}"
        posting["identifier"] = f"posting-{number}"
        made.append(posting)
    return json.dumps(made).encode()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
