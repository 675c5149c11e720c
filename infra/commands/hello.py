import click

from infra.commands import command, info, success


@command("hello", help="Greet somebody; the pattern for commands of your own.")
@click.option("-n", "--name", default="World", show_default=True, help="Whom to greet.")
@click.option("-c", "--count", type=click.IntRange(0, 1000), default=1, show_default=True, help="How often.")
def hello(*, name: str, count: int) -> None:
    for _ in range(count):
        info(f"Hello, {name}!")
    success("Done!")
