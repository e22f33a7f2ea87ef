"""What the study ran with: the installed versions of everything below it, the interpreter, the machine."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from richardson.cli.scenario import Document
from richardson.cli.sections import SensitivityDesign
from richardson.errors import InvalidInputError, MissingExtraError

OURS = "richardson"
LOCK = "requirements.lock"
GIGABYTE = 1e9
HEAD = """\
# The versions that this package was made with: all that richardson needs, and all that those need, found among what was installed.
# python -m pip install --no-deps -r {lock}     (in the folder of the package; run_all.py --fresh does it)
# Python {python}, {machine}
# There are no hashes: what is installed does not tell from which archive it came, so that none is known. {sums} has
# the one of the library's own wheel.
"""


def extras_of(document: Document) -> set[str]:
    """The optional parts of the library that a scenario needs.

    Parameters
    ----------
    document : Document
    """
    scenario, needed = document.scenario, {"data"}  # which reads and writes the blocks of the study
    if scenario.store.storage == "zarr" or scenario.engine.name == "dask":
        needed.add("scale")
    if scenario.engine.name == "cuda":
        needed.add("cuda")
    if scenario.discovery is not None:
        needed.add("discovery")
    if any(isinstance(design, SensitivityDesign) and design.method == "delta" for design in scenario.design):
        needed.add("sensitivity")
    return needed


def library() -> Distribution:
    """What is known of the installed library.

    Raises
    ------
    InvalidInputError
        If it runs from a folder without having been installed.
    """
    try:
        return distribution(OURS)
    except PackageNotFoundError as error:
        raise InvalidInputError(
            "This richardson was not installed, so that what it needs is not known. Install it, from its source by: pip install -e ."
        ) from error


def locked(extras: Iterable[str]) -> list[Distribution]:
    """Everything that the library needs with these extras, and all that this needs, by name; without the library itself.

    Parameters
    ----------
    extras : iterable of str

    Raises
    ------
    MissingExtraError
        If something of it is not installed, for then the list would not be whole.
    """
    found: dict[str, Distribution] = {OURS: library()}
    waiting = [(OURS, extra) for extra in ("", *extras)]
    seen = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        for requirement in map(Requirement, found[name].requires or ()):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            needed = str(canonicalize_name(requirement.name))
            if needed not in found:
                found[needed] = _installed(needed, name)
            new = {(needed, asked) for asked in ("", *requirement.extras)} - seen
            seen |= new
            waiting += sorted(new)
    return [found[name] for name in sorted(found) if name != OURS]


def direct_requirements(extras: Iterable[str]) -> list[Distribution]:
    """What the library itself names, with these extras.

    Parameters
    ----------
    extras : iterable of str
    """
    wanted = ("", *extras)
    asked = map(Requirement, library().requires or ())
    needed = [each for each in asked if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in wanted)]
    names = {str(canonicalize_name(each.name)) for each in needed}
    return [_installed(name, OURS) for name in sorted(names)]


def lock_text(distributions: Iterable[Distribution], wheel: str, sums: str) -> str:
    """The lock file: the library's wheel, then a line of name and version for each.

    Parameters
    ----------
    distributions : iterable of Distribution
    wheel : str
        Path of the library's wheel in the package.
    sums : str
        Name of the file of checksums.
    """
    lines = [f"./{wheel}\n"]
    for each in distributions:
        if origin := _origin(each):
            lines.append(f"# {each.name} was installed from {origin}, not from a registry: whether one has this version is not known\n")
        lines.append(f"{canonicalize_name(each.name)}=={each.version}\n")
    return HEAD.format(lock=LOCK, python=platform.python_version(), machine=system(), sums=sums) + "".join(lines)


def system() -> str:
    """Operating system and kind of processor."""
    return f"{platform.system()} {platform.release()} on {platform.machine()}, {platform.python_implementation()}"


def machine() -> str:
    """Processor, cores and memory, as far as this system tells them."""
    parts = [_processor(), f"{os.cpu_count()} cores"]
    try:
        parts.append(f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / GIGABYTE:.0f} GB of memory")
    except (AttributeError, ValueError, OSError):
        parts.append("memory not told by the system")
    return ", ".join(parts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _installed(name: str, asked_by: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError as error:
        raise MissingExtraError(
            f"{asked_by} asks for {name}, which is not installed, so that a lock file would not be whole. Run: pip install {name}",
            name=name,
        ) from error


def _origin(found: Distribution) -> str:
    """What a package was installed from, if that was no registry."""
    text = found.read_text("direct_url.json")
    if text is None:
        return ""
    kinds = {"vcs_info": "a repository", "dir_info": "a folder", "archive_info": "a file"}
    return next((told for key, told in kinds.items() if key in json.loads(text)), "elsewhere")
