"""A demonstration as a person sees it: what became of the postings, the ranked jobs with reasons, the letter."""

from rich.table import Table
from rich.text import Text

from infra.cli.demonstration import Demonstration, Ranked
from infra.cli.output import open_console

REFUSED_SHOWN = 5
SKILLS_QUOTED = 3
QUOTE_LENGTH = 90


def show(done: Demonstration) -> None:
    console = open_console()
    for sentence in done.refused[:REFUSED_SHOWN]:
        console.print(f"left out: {sentence}", style="yellow")
    if len(done.refused) > REFUSED_SHOWN:
        console.print(f"left out: {len(done.refused) - REFUSED_SHOWN} more", style="yellow")
    console.print(f"\n{_account(done)}\n")
    console.print(_table(done.jobs))
    if done.letter and done.letter_path:
        best = done.jobs[0]
        console.print(f"\nThe letter for {best.title} at {best.company}:\n", style="bold")
        console.print(done.letter)
        console.print(f"\nAs PDF: {done.letter_path}", style="bold green")


def _account(done: Demonstration) -> str:
    told = ", ".join(f"{count} {name}" for name, count in done.account.items() if name != "seen" and count)
    kept = f"kept from a score of {done.threshold:.1f}" if done.threshold else "kept whatever their score"
    return f"{done.account['seen']} postings in {done.seconds:.1f} s for {done.person}: {told}; {kept}."


def _table(ranked: list[Ranked]) -> Table:
    table = Table(show_lines=True, header_style="bold")
    table.add_column("Score", justify="right")
    table.add_column("Job", overflow="fold", max_width=44)
    table.add_column("Why", overflow="fold")
    for job in ranked:
        score = "" if job.score is None else f"{job.score:.1f}"
        where = f" · {job.location}" if job.location else ""
        name = Text.assemble((job.title, "bold"), f"\n{job.company}{where}")
        table.add_row(score, name, _reasons(job))
    return table


def _reasons(job: Ranked) -> Text:
    """The reasoning, and under it the first skills with the résumé's own words."""
    lines = Text(job.reasoning or "")
    for evidence in (job.fit or {"matched": []})["matched"][:SKILLS_QUOTED]:
        quote = evidence["resume_quote"]
        short = quote if len(quote) <= QUOTE_LENGTH else f"{quote[: QUOTE_LENGTH - 1]}…"
        lines.append(f"\n{evidence['skill']}: “{short}”", style="dim")
    return lines
