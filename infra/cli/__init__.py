"""The console script `personal_automations`.

`--help` costs little more than click: commands are rows of strings, imported when they are called.
"""

import click

from infra.cli.lazy import RootGroup
from infra.version import VERSION

COMMANDS = {
    "server": ("infra.cli.server:server", "Run the server, or list its routes."),
    "worker": ("infra.cli.background:worker", "Run a worker beside a server with Redis."),
    "scheduler": ("infra.cli.background:scheduler", "Run the scheduler beside a server with Redis."),
    "user": ("infra.cli.users:user", "Create and list accounts, set their roles."),
    "db": ("infra.cli.db:db", "Bring the database to a version, or look at it."),
    "resume": ("infra.cli.resumes:resume", "Read a résumé: its text, contact, skills, employers."),
    "fit": ("infra.cli.fit:fit", "Rate jobs against a résumé, best first."),
    "demo": ("infra.cli.demo:demo", "The main job in this terminal: résumé in, ranked jobs and a letter out."),
    "sources": ("infra.cli.sources:sources", "Where postings come from, on what terms."),
    "jobs": ("infra.cli.jobs:jobs", "Read the kept answers of sources again."),
    "cmd": ("infra.cli.custom:cmd", "Commands of this project, from infra/commands."),
    "dramatiq": ("infra.cli.background:dramatiq", "Worker and scheduler, under the queue's name."),
    "taskiq": ("infra.cli.background:taskiq", "The same, as older documents spell it."),
}


@click.group(cls=RootGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="personal_automations")
def main() -> None:
    """Hunts for jobs on your behalf.

    Settings come from the environment, then from .env.local and .env (see .env.example).
    """
