"""`cmd …`: commands found in infra/commands, one module each or several."""

import pkgutil
from importlib import import_module
from types import ModuleType

import click


class FoundGroup(click.Group):
    """The commands of a package's modules. A module that fails to import is told of and left out."""

    def __init__(self, package: str, **kwargs: object) -> None:
        super().__init__("cmd", **kwargs)  # type: ignore[arg-type]
        self._package = package
        self._found = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._find()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._find()
        return super().get_command(ctx, cmd_name)

    def _find(self) -> None:
        if self._found:
            return
        self._found = True
        for name in module_names(import_module(self._package)):
            try:
                module = import_module(f"{self._package}.{name}")
            except Exception as broken:  # noqa: BLE001 - whatever a command's module raises, the others still work
                why = f"{type(broken).__name__}: {broken}".splitlines()[0]
                click.secho(f"Warning: the command module '{name}' cannot be imported ({why})", fg="yellow", err=True)
                continue
            for command in commands_of(module):
                self.add_command(command)


def module_names(package: ModuleType) -> list[str]:
    return sorted(info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_"))


def commands_of(module: ModuleType) -> list[click.Command]:
    """Those that the module made itself, not those that it imported."""
    made = [value for value in vars(module).values() if isinstance(value, click.Command) and value.callback]
    return [command for command in made if getattr(command.callback, "__module__", None) == module.__name__]


cmd = FoundGroup("infra.commands", help="Commands of this project, found in infra/commands.", no_args_is_help=True)
