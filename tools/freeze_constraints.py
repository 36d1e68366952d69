"""Write constraints.txt: the exact versions installed here of everything pyproject.toml asks for.

    python tools/freeze_constraints.py            rewrite the file
    python tools/freeze_constraints.py --check    exit code 1 if the file does not cover pyproject.toml

Only what the package, its extras and its build need is pinned, found by walking the requirements
from pyproject.toml, so whatever else someone tried in this environment stays out. A version that the
oldest supported Python cannot install (3.11.0, while distributions carry 3.11.2) is refused. Run it with
the oldest minor version: backports that newer ones do not need are then pinned too.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
HEADER = """\
# Exact versions of everything the package, its extras, its tests and its documents need.
# Made by `make constraints`; do not edit by hand.
"""
OLDEST_PYTHON = "3.11.0"
INSTALLER = ["pip", "editables"]  # what an editable installation needs besides the build backend


def wanted(pyproject: Path) -> list[Requirement]:
    """Return the requirements written in pyproject.toml: build, run time and every extra."""
    document = tomllib.loads(pyproject.read_text("utf-8"))
    project = document["project"]
    texts = [*INSTALLER, *document["build-system"]["requires"], *project["dependencies"]]
    for extra in project.get("optional-dependencies", {}).values():
        texts += extra
    own = canonicalize_name(project["name"])
    requirements = [Requirement(text) for text in texts]
    return [requirement for requirement in requirements if canonicalize_name(requirement.name) != own]


def closure(requirements: list[Requirement]) -> dict[str, str]:
    """Return name -> installed version over the requirements and all that they require here.

    Raises ``LookupError`` naming what is not installed, or what the oldest Python could not install.
    """
    pins: dict[str, str] = {}
    queue = [(requirement, frozenset(requirement.extras)) for requirement in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        requirement, extras = queue.pop()
        name = canonicalize_name(requirement.name)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise LookupError(f"{name} is required but not installed here: run `make setup` first") from None
        if not requirement.specifier.contains(distribution.version, prereleases=True):
            raise LookupError(f"{name} {distribution.version} is installed but {requirement} is required")
        pythons = distribution.metadata["Requires-Python"] or ""
        if OLDEST_PYTHON not in SpecifierSet(pythons):
            raise LookupError(
                f"{name} {distribution.version} needs Python {pythons}; Python {OLDEST_PYTHON} is supported: "
                f"bound {name} in pyproject.toml and install an older version"
            )
        pins[name] = distribution.version
        for text in distribution.requires or []:
            child = Requirement(text)
            environments = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if child.marker is None or any(child.marker.evaluate(each) for each in environments):
                queue.append((child, frozenset(child.extras)))
    return dict(sorted(pins.items()))


def pinned(text: str) -> dict[str, str]:
    """Parse the text of a constraints file into name -> version."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)$", text, re.MULTILINE))


def main(arguments: list[str] | None = None) -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description="Pin what pyproject.toml asks for.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a pin is missing")
    options = parser.parse_args(arguments)
    requirements = wanted(ROOT / "pyproject.toml")
    if options.check:
        pins = pinned(CONSTRAINTS.read_text("utf-8"))
        missing = [
            str(requirement)
            for requirement in requirements
            if not requirement.specifier.contains(
                pins.get(canonicalize_name(requirement.name), "0"), prereleases=True
            )
        ]
        if missing:
            print(f"constraints.txt has no fitting pin for {', '.join(missing)}: run `make constraints`")
        return 1 if missing else 0
    try:
        pins = closure(requirements)
    except LookupError as error:
        print(f"constraints.txt not written: {error}", file=sys.stderr)
        return 1
    CONSTRAINTS.write_text(
        HEADER + "".join(f"{name}=={version}\n" for name, version in pins.items()), "utf-8"
    )
    print(f"constraints.txt: {len(pins)} packages pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main())
