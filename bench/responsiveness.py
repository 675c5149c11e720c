"""Does the server stay quick while it works? The jobs list over HTTP, quiet and during a 1,000-posting run.

Prints p50 and p99 of both and their ratio; the promise is a p99 ratio of at most 3 on the embedded default.
    python -m bench.responsiveness [rounds]
"""

import statistics
import sys
import tempfile
import time

import httpx2

from bench.servers import Server

LIST = {
    "query": """{ jobs(first: 50, orderBy: {by: RELEVANCE_SCORE}) { totalCount nodes {
    id title company location jobUrl source sample salaryRange datePosted relevanceScore reasoning status } } }"""
}
SEARCH = 'mutation { executePipeline(name: "job_search", input: {save_all: true}) { id } }'
STATUS = "query($id: ID!) { run(id: $id) { status } }"
PACE = 0.01


def sample(server: Server, seconds: float, run_id: str | None = None) -> list[float]:
    """Milliseconds of one list after another, for a time or until the run ends."""
    took: list[float] = []
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx2.Client(headers=headers, timeout=30) as client:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.perf_counter()
            answer = client.post(f"{server.url}/graphql", json=LIST)
            took.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
            looks = run_id is not None and len(took) % 20 == 0
            if looks and server.ask(STATUS, id=run_id)["run"]["status"] == "SUCCESS":
                return took
            time.sleep(PACE)
    return took


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


def measure(server: Server, rounds: int) -> None:
    ratios = []
    for number in range(rounds):
        server.with_resume(1000)
        server.ask('mutation { executePipeline(name: "echo", input: {message: "warm"}) { id } }')
        run_id = server.ask(SEARCH)["executePipeline"]["id"]
        busy = sample(server, 120, run_id)
        quiet = sample(server, 8)
        ratios.append(percentile(busy, 0.99) / percentile(quiet, 0.99))
        print(
            f"round {number + 1}: quiet p50 {percentile(quiet, 0.5):.1f} ms, p99 {percentile(quiet, 0.99):.1f} ms "
            f"({len(quiet)} lists); during the run p50 {percentile(busy, 0.5):.1f} ms, "
            f"p99 {percentile(busy, 0.99):.1f} ms ({len(busy)} lists); p99 ratio {ratios[-1]:.2f}"
        )
    print(f"median p99 ratio {statistics.median(ratios):.2f} (promised: at most 3)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server = Server({"DATA_DIR": folder, "ENVIRONMENT": "test"})
        server.start()
        try:
            measure(server, int(sys.argv[1]) if len(sys.argv) > 1 else 3)
        finally:
            server.stop()
