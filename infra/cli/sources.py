"""`sources list | check | parse`: where postings come from, on what terms, and what is read out of an answer."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import click

from infra.cli.failures import Failure, Misuse
from infra.cli.output import json_option, print_json, print_table
from infra.settings import Settings, read_settings

BRIEF = ("title", "company", "locations", "url")


@click.group()
def sources() -> None:
    """Where postings come from, on what terms."""


@sources.command("list")
@json_option
def list_sources(*, as_json: bool) -> None:
    """List the sources: which are on, why others are off, and the terms of each."""
    from dataclasses import asdict

    from infra.sources.adapters import ADAPTERS, adapter

    settings = read_settings()
    told = [(name, adapter(name).terms, _off(name, settings)) for name in ADAPTERS]
    if as_json:
        print_json([{"name": name, "on": off is None, "why": off, **asdict(terms)} for name, terms, off in told])
        return
    cells = (
        (name, terms.kind, "off" if off else "on", off or terms.summary, _asks(terms)) for name, terms, off in told
    )
    print_table(("Name", "Kind", "", "What it is, or why it is off", "Terms"), cells)


@sources.command()
@click.argument("source")
@click.option("--board", help="The employer's name at the source (slug, token, site).")
@click.option("--region", help="Where the employer's board is kept, for sources that have several.")
@click.option("--url", help="The address of a board on the employer's own domain, or of a file.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Stop after so many.")
@json_option
def check(*, source: str, board: str | None, region: str | None, url: str | None, limit: int, as_json: bool) -> None:
    """Ask a source once and count what it answers. Exit status 1 when it cannot be read."""
    counts = asyncio.run(_count(source, {"board": board, "region": region, "url": url}, limit))
    if as_json:
        print_json({"source": source, "board": board, **counts})
    else:
        click.echo(", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing")


@sources.command()
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--slug", default="", help="The employer's name at the source, where its answers leave it out.")
@click.option("--raw", is_flag=True, help="Print the source's own rows too.")
@json_option
def parse(*, source: str, file: Path, slug: str, raw: bool, as_json: bool) -> None:
    """Show what is read out of a saved answer of a source. Exit status 2 when it cannot be read."""
    from domain.errors import ValidationError
    from domain.listings import Listing
    from infra.sources import read_page

    try:
        page = read_page(source, slug, file.read_bytes())
    except OSError as unread:
        raise Misuse(f"expected a file to read, found {file} ({unread.strerror})") from unread
    except ValidationError as refused:
        raise Misuse(refused.message) from refused
    listings = [row for row in page.rows if isinstance(row, Listing)]
    refused_rows = [row.sentence for row in page.rows if not isinstance(row, Listing)]
    if refused_rows and not listings:
        raise Misuse(refused_rows[0])
    for sentence in refused_rows:
        click.secho(sentence, fg="yellow", err=True)
    records = [_record(listing, with_raw=raw) for listing in listings]
    if as_json:
        print_json(records)
        return
    print_table([name.title() for name in BRIEF], ([_cell(record[name]) for name in BRIEF] for record in records))


async def _count(source: str, options: dict[str, Any], limit: int) -> dict[str, int]:
    from domain.errors import DomainError
    from domain.listings import Snapshot, SourceQuery
    from infra.profile_sources import open_register

    counts: Counter[str] = Counter()
    async with open_register(read_settings()) as register:
        try:
            async for row in register.open(source, options).read(SourceQuery(limit=limit)):
                if isinstance(row, Snapshot):
                    named = ("listings", "refused", "skipped", "filtered")
                    counts.update({name: getattr(row, name) for name in named if getattr(row, name)})
        except DomainError as failed:
            raise Failure(failed.message) from failed
    return dict(counts)


def _off(name: str, settings: Settings) -> str | None:
    from infra.sources import off_because

    return off_because(name, settings.source_keys, settings.SOURCES_ENABLED)


def _record(listing: Any, *, with_raw: bool) -> dict[str, Any]:
    record: dict[str, Any] = {**listing.to_json(), "locations": list(listing.locations)}
    if not with_raw:
        del record["raw"]
    return record


def _asks(terms: Any) -> str:
    """The terms in a line: whom to name, how often to read, what else."""
    said = [
        f"name {terms.attribution_text}" if terms.attribution_text else "",
        f"at most {terms.max_per_day} a day" if terms.max_per_day else "",
        f"every {terms.reading_pause / 3600:g} h" if terms.reading_pause else "",
        "not to be published again" if terms.terms_url and not terms.redistribute_allowed else "",
    ]
    return ", ".join(part for part in said if part)


def _cell(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)
