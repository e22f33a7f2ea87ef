"""``richardson doctor`` and ``richardson cache``: what is installed, what is missing, where compiled models are kept."""

import argparse
import os
import platform
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

from richardson import __version__
from richardson.provenance import RECORDED_PACKAGES

STORE = "richardson.compiled.store"  # imported in the act: the doctor must also work where numba does not
STORE = "richardson.compiled.store"  # imported in the act: the doctor must also work where numba does not
STORE = "richardson.compiled.store"  # imported in the act: the doctor must also work where numba does not
OWN_EXTRAS = {"all", "test", "dev", "docs"}  # groups, and what only developers need
BYTES_PER_MEBIBYTE = 2**20

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(?:>=\s*([0-9.]+))?[^;]*(?:;.*extra\s*==\s*['\"]([\w-]+)['\"])?")


class Requirement(NamedTuple):
    """A package that this library asks for."""

    package: str
    least: str
    extra: str


def doctor(_: argparse.Namespace) -> None:
    """Print versions, threads, the cache and the extras."""
    print(f"richardson {__version__}")
    print(f"Python {platform.python_version()} ({platform.python_implementation()}) on {platform.platform()}")
    print(f"Threads: {os.environ.get('RICHARDSON_THREADS', 'not limited')} (RICHARDSON_THREADS), {os.cpu_count()} cores")
    print(f"Cache: {_cache_state()}")
    asked = list(_requirements())
    print("Dependencies:")
    for requirement in asked:
        if not requirement.extra:
            print(f"  {requirement.package} {_state(requirement)}")
    print("Extras:")
    for extra in sorted({requirement.extra for requirement in asked} - OWN_EXTRAS - {""}):
        print(f"  {extra}: {_extra_state([requirement for requirement in asked if requirement.extra == extra])}")


def cache(asked: argparse.Namespace) -> None:
    """Show or clear the folder of compiled models."""
    store = import_module(STORE)
    if asked.action == "clear":
        print(f"Deleted {store.clear()} files. Models are compiled anew when they are next used.")
    else:
        print(_cache_state())


def _cache_state() -> str:
    """Where compiled models are kept, how many, and how large they are together."""
    try:
        store = import_module(STORE)
    except ImportError as error:
        return f"not usable, since the compiler cannot be imported ({error}). Run: pip install --force-reinstall richardson"
    place = store.folder()
    if place is None:
        return f"not used (see the warning); set {store.VARIABLE} to a folder of yours"
    modules = list(place.glob("m_*.py"))
    size = sum(_size(file) for file in place.rglob("*") if file.is_file())
    return f"{place} (writable): {len(modules)} compiled modules, {size / BYTES_PER_MEBIBYTE:.1f} MiB"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # another process has just replaced it
        return 0


def _requirements() -> Iterator[Requirement]:
    """What the installed package asks for; run from a source folder, what results record."""
    try:
        lines = requires("richardson") or []
    except PackageNotFoundError:
        lines = list(RECORDED_PACKAGES)
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match is not None and match[1] != "richardson":
            yield Requirement(match[1], match[2] or "", match[3] or "")


def _state(requirement: Requirement) -> str:
    """The version that is there, and what is wrong with it."""
    found = _installed(requirement.package)
    if found is None:
        return "is missing. Run: pip install --force-reinstall richardson"
    return f"{found} is older than {requirement.least}" if _is_older(found, requirement.least) else found


def _extra_state(asked: list[Requirement]) -> str:
    """Versions of an extra's packages, or the command that installs what is missing."""
    found = {requirement.package: _installed(requirement.package) for requirement in asked}
    missing = [package for package, number in found.items() if number is None]
    if missing:
        return f"missing {', '.join(missing)}. Run: pip install 'richardson[{asked[0].extra}]'"
    return ", ".join(f"{requirement.package} {_state(requirement)}" for requirement in asked)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _is_older(found: str, least: str) -> bool:
    """Whether a version is below the least one, by its leading numbers."""
    return bool(least) and _numbers(found) < _numbers(least)


def _numbers(text: str) -> tuple[int, ...]:
    match = re.match(r"[0-9]+(?:\.[0-9]+)*", text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
