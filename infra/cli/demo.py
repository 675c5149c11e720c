"""`demo`: the main job in this terminal, on the embedded default in a folder that is gone afterwards."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli.output import json_option, print_json

if TYPE_CHECKING:
    from infra.settings import Settings

SAMPLE = Path(__file__).resolve().parents[2] / "domain" / "data" / "sample_resume.txt"


@click.command()
@click.option("--resume", type=click.Path(path_type=Path), help="PDF, Word or text [a sample résumé].")
@click.option("--jobs", type=click.Path(path_type=Path), help="Postings as CSV or JSON [the bundled sample board].")
@click.option("--top", type=click.IntRange(1, 100), default=10, show_default=True, help="How many jobs to show.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the letter [the current one].",
)
@json_option
def demo(*, resume: Path | None, jobs: Path | None, top: int, output: Path, as_json: bool) -> None:
    """Search, rate, and write a letter for the best job: the main job without a server, an account or a key."""
    from infra.cli.demonstration import demonstrate
    from infra.cli.failures import Misuse
    from infra.cli.files import read_bytes
    from infra.cli.logs import configure_logs
    from infra.cli.showing import show

    if not output.is_dir():
        message = f"--output: expected a folder, found {output}"
        raise Misuse(message)
    brought = (jobs.name, read_bytes(jobs)) if jobs else None
    given = ((resume or SAMPLE).name, read_bytes(resume or SAMPLE))
    with tempfile.TemporaryDirectory(prefix="personal_automations-") as folder:
        settings = _embedded(Path(folder))
        configure_logs(settings, quiet=True)
        done = asyncio.run(demonstrate(settings, given, brought, top, output))
    if as_json:
        print_json(done)
    else:
        show(done)


def _embedded(folder: Path) -> "Settings":
    """The defaults, whatever the environment says: nothing of the operator's own database is touched."""
    from infra.settings import read_settings

    return read_settings({}, DATA_DIR=folder, LEASE_SECONDS=60)
