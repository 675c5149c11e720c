"""`resume read FILE`."""

from pathlib import Path
from typing import Any

import click

from infra.cli.output import json_option, print_json

NOTHING = "not found"


@click.group()
def resume() -> None:
    """Read a résumé: its text, contact, skills, employers."""


@resume.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def read(*, file: Path, as_json: bool) -> None:
    """Show what is read out of a PDF, Word or text file. Exit status 2 when it cannot be read."""
    from dataclasses import asdict

    from domain.facts import read_resume
    from infra.cli.files import read_document

    document = read_document(file)
    facts = read_resume(document.text)
    employers = list(dict.fromkeys(job.employer for job in facts.employments if job.employer))
    told: dict[str, Any] = {
        "file": str(file),
        "mime_type": document.mime_type,
        "pages": document.pages,
        **asdict(facts.contact),
        "skills": facts.skills,
        "languages": facts.languages,
        "employers": employers,
        "employments": [asdict(job) for job in facts.employments],
        "education": [asdict(study) for study in facts.education],
        "text": document.text,
    }
    if as_json:
        print_json(told)
        return
    for label in ("name", "email", "phone", "place", "website"):
        click.echo(f"{label.capitalize():<10} {told[label] or NOTHING}")
    for label in ("skills", "languages", "employers"):
        click.echo(f"{label.capitalize():<10} {', '.join(told[label]) or NOTHING}")
    click.echo(f"\n{document.text}")
