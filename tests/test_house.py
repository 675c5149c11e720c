"""The rules of the house that no linter knows."""

import ast
import importlib.metadata
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schema", "resolvers", "domain", "workers", "infra", "migrations")
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
HEAVY = (
    "openai", "playwright", "authlib", "alembic", "reportlab", "pypdf", "pypdfium2", "docx", "redis", "dramatiq", "httpx2",
)  # fmt: skip
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "registry." + "yarnpkg")
MACHINE_PATHS = ("/work" + "/main", "/work" + "/shared", "/tmp" + "/brief")
RUN_ONLY = ("migrations.env", "infra.cli.__main__", "infra.extraction.__main__")
COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )(?:\bA?GPL|(?:Affero )?General Public License)")

WATCHED_IMPORT = """
import json, os, sys
root, settings, modules = json.loads(sys.stdin.read())
faults = []

class Watched(dict):
    def __getitem__(self, key):
        self.note(key)
        return super().__getitem__(key)
    def get(self, key, default=None):
        self.note(key)
        return super().get(key, default)
    def note(self, key):
        if key in settings:
            faults.append(f"reads the setting {key}")

def watch(event, args):
    if event in ("socket.connect", "sqlite3.connect", "subprocess.Popen"):
        faults.append(event)
    if event == "open" and str(args[0]).startswith(root) and "/.venv/" not in str(args[0]):
        if not str(args[0]).endswith((".py", ".pyc")) and not os.path.isdir(args[0]):
            faults.append(f"opens {args[0]}")

os.environ = Watched(os.environ)
sys.addaudithook(watch)
import importlib
for module in modules:
    before = len(faults)
    importlib.import_module(module)
    faults[before:] = [f"{module}: {fault}" for fault in faults[before:]]
print(json.dumps([faults, sorted(sys.modules)]))
"""


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts]


def committed() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file():
            yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def module_names() -> list[str]:
    dotted = (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in sources())
    return sorted(name for name in dotted if name not in RUN_ONLY)


def import_watched(modules: list[str]) -> tuple[list[str], set[str]]:
    from infra.settings import Settings

    told = json.dumps([str(ROOT), list(Settings.model_fields), modules])
    ran = subprocess.run(
        [sys.executable, "-P", "-B", "-c", WATCHED_IMPORT],
        input=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    faults, loaded = json.loads(ran.stdout.splitlines()[-1])
    return faults, set(loaded)


def locked() -> set[str]:
    pinned = re.compile(r"^([\w.-]+)==", re.MULTILINE)
    return {name for lock in LOCKS for name in pinned.findall((ROOT / lock).read_text())}


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [
        match.group()
        for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]
        if (match := re.match(r"[\w.-]+", requirement))
    ]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": length
        for path in sources()
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_importing_any_module_reads_no_setting_and_opens_nothing() -> None:
    faults, _ = import_watched(module_names())
    assert faults == []


def test_the_server_does_not_import_adapters_before_they_are_needed() -> None:
    _, loaded = import_watched(["schema.schema", "resolvers", "workers", "infra.http.app"])
    assert {name for name in HEAVY if name in loaded} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_name_means_this_repository(package: str) -> None:
    code = f"import importlib.util; print(importlib.util.find_spec({package!r}).origin)"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd="/", timeout=30, check=True
    )
    assert Path(ran.stdout.strip()) == ROOT / package / "__init__.py"


def test_no_lock_holds_a_package_with_the_name_of_one_of_ours() -> None:
    assert locked().isdisjoint(PACKAGES)


def test_what_runs_is_what_is_tested() -> None:
    """Every pin of the lock to run, with its marker, stands in the lock to develop."""
    pins = re.compile(r"^[\w.-]+==[^\\\n]+", re.MULTILINE)
    to_run, to_develop = (set(pins.findall((ROOT / lock).read_text())) for lock in LOCKS[:2])
    assert to_run - to_develop == set()


def test_every_lock_line_has_hashes() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text()
        pinned = re.findall(r"^[\w.-]+==[^\n]*(?:\n {4}[^\n]*)*", text, re.MULTILINE)
        assert pinned, lock
        assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    named = {}
    for path in committed():
        text = path.read_bytes().decode("utf-8", "ignore")
        found = [word for word in (*REGISTRIES, *MACHINE_PATHS) if word in text]
        if found:
            named[str(path.relative_to(ROOT))] = found
    assert named == {}


def test_every_dependency_is_explained_with_its_licence() -> None:
    rows = re.findall(r"^\| ([\w.-]+) \| (.+?) \| (.+?) \|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    explained = {name for name, _, _ in rows} - {"package", "---"}
    assert explained == set(declared())


def test_nothing_that_is_installed_is_under_the_gpl() -> None:
    copyleft = {}
    for name in sorted(locked()):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:  # for another platform or Python
            continue
        said = [metadata.get("License-Expression") or "", (metadata.get("License") or "")[:200]]
        said += [line for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
        if any(COPYLEFT.search(line) for line in said):
            copyleft[name] = said
    assert copyleft == {}


def test_the_gpl_is_told_from_the_lesser_one() -> None:
    assert COPYLEFT.search("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert COPYLEFT.search("AGPL-3.0-or-later")
    assert COPYLEFT.search("GNU Affero General Public License v3")
    assert not COPYLEFT.search("License :: OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)")
    assert not COPYLEFT.search("LGPL-3.0-or-later")
