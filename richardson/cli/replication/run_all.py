"""Run the study of this replication package again, and compare what comes out with what was deposited.

    python run_all.py            with the packages of this Python
    python run_all.py --fresh    in a new virtual environment (.venv) with the versions of requirements.lock
    python run_all.py --resume   the first again, after it was cut off: what it had finished is not computed again
    python run_all.py --check    only compare the files of the package with SHA256SUMS
    python run_all.py --renew    write SHA256SUMS anew, for authors who filled in README.md or LICENSE.txt

Exit status: 0 everything agrees, 1 something differs or the study did not run, 2 a file of the package is not what it was.
It needs nothing but Python; the study needs what requirements.lock lists.
"""

import argparse
import csv
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, version
from itertools import zip_longest
from math import isnan
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent
STUDY, LOCK, SUMS, DEPOSITED, NEW, WORK = "code/study.py", "requirements.lock", "SHA256SUMS", "results", "output", "work"
RELATIVE, ABSOLUTE = 1e-6, 1e-9  # another processor rounds otherwise in the last digit, and runs carry that on
ERRORS, TENFOLD = "accuracy.csv", 10.0  # a table of errors is made of such digits: only how large they are can be compared
AGREES, DIFFERS, CHANGED = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Exit status; see above."""
    asked = _parser().parse_args(arguments)
    if asked.renew:
        renew(ROOT)
    faults = changed(ROOT)
    print(*(faults or [f"All files are as {SUMS} has them."]), sep="\n")
    if faults:
        return CHANGED
    if asked.check or asked.renew:
        return AGREES
    if not asked.resume:  # or blocks of an earlier run would be compared with the results, and nothing would be run
        shutil.rmtree(ROOT / WORK, ignore_errors=True)
    python = _fresh() if asked.fresh else sys.executable
    if not asked.fresh:
        print(*_other_versions(), sep="\n", end="")
    sys.stdout.flush()
    begin = monotonic()
    if _run([python, STUDY], fresh=asked.fresh):
        print(f"{STUDY} did not run to its end; the message above says why. With --fresh it has the versions that it was made with.")
        return DIFFERS
    print(f"{STUDY} took {_duration(monotonic() - begin)}.")
    shutil.rmtree(ROOT / WORK, ignore_errors=True)
    return _compare(asked.relative, asked.absolute)


def changed(root: Path) -> list[str]:
    """A sentence for each file of the package that is missing or is not what it was."""
    known = _sums(root)
    if not known:
        return [f"{SUMS} is missing, or is no list of checksums."]
    sentences = []
    for digest, name in known:
        if not (root / name).is_file():
            sentences.append(f"{name} is missing.")
        elif hashlib.sha256((root / name).read_bytes()).hexdigest() != digest:
            sentences.append(f"{name} was changed: it is not the file that {SUMS} names.")
    return sentences


def renew(root: Path) -> None:
    """Write the checksums of the same files as they are now; of one that is missing the old one stays."""
    lines = []
    for digest, name in _sums(root):
        file = root / name
        lines.append(f"{hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else digest}  {name}\n")
    if lines:
        (root / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _sums(root: Path) -> list[tuple[str, str]]:
    """Checksums and names of files; none if the list is not one."""
    if not (root / SUMS).is_file():
        return []
    parts = [line.partition("  ") for line in (root / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()]
    return [(digest, name) for digest, _, name in parts] if all(name for _, _, name in parts) else []


def compared(deposited: Path, new: Path, relative: float, absolute: float) -> tuple[bool, str]:
    """Whether two files agree, and how, in words: to the bit, or as tables within tolerances."""
    if not new.is_file():
        return False, "MISSING among what came out"
    if filecmp.cmp(deposited, new, shallow=False):
        return True, "the same bits"
    if deposited.suffix != ".csv":
        return True, "other bits: a picture is not compared further than that; look at it beside the other"
    if deposited.name == ERRORS:
        return _compared_errors(deposited, new, absolute)
    return _compared_tables(deposited, new, relative, absolute)


def _compared_errors(deposited: Path, new: Path, absolute: float) -> tuple[bool, str]:
    """The same of errors found by running members again: of the same members, and the largest not of another order."""
    try:
        (members, most), (again, now) = map(_errors, (deposited, new))
    except (KeyError, TypeError, ValueError):
        return False, "DIFFERS: it is no table of members and errors"
    if members != again:
        return False, "DIFFERS: other members were run again"
    told = f"errors up to {most:.1e} deposited, {now:.1e} now"
    return (True, f"{told}, which is as good") if now <= max(TENFOLD * most, absolute) else (False, f"DIFFERS: {told}")


def _errors(table: Path) -> tuple[list[str], float]:
    """Members with whether each has an error, and the largest of these."""
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [(row["member"], row["error"]) for row in csv.DictReader(stream)]
    return [f"{member} {bool(error)}" for member, error in rows], max((float(error) for _, error in rows if error), default=0.0)


def _compared_tables(deposited: Path, new: Path, relative: float, absolute: float) -> tuple[bool, str]:
    """The same of csv files, cell by cell."""
    largest, faults = 0.0, list[str]()
    with deposited.open(encoding="utf-8", newline="") as one, new.open(encoding="utf-8", newline="") as other:
        names: list[str] = []
        for number, (old, row) in enumerate(zip_longest(csv.reader(one), csv.reader(other)), 1):
            if old is None or row is None or len(old) != len(row):
                faults.append(f"line {number} has other columns, or is missing in one of them")
                break
            names = names or old
            for name, before, now in zip(names, old, row, strict=False):
                difference = _difference(before, now, absolute)
                if difference <= relative:
                    largest = max(largest, difference)
                else:
                    faults.append(f"line {number}, column {name!r}: {before or 'nothing'} deposited, {now or 'nothing'} now")
    if faults:
        return False, f"DIFFERS in {len(faults)} {'place' if len(faults) == 1 else 'places'}; first {faults[0]}"
    return True, f"agrees within {relative:g}: the largest relative difference is {largest:.1e}"


def _difference(before: str, now: str, absolute: float) -> float:
    """Relative difference of two numbers as they are written, 0 below the absolute tolerance; infinite of texts that differ."""
    if before == now:
        return 0.0
    try:
        old, new = float(before), float(now)
    except ValueError:
        return float("inf")
    gap, size = abs(old - new), max(abs(old), abs(new))
    if isnan(gap) or gap == float("inf"):
        return float("inf")
    return 0.0 if gap <= absolute else gap / size


def _compare(relative: float, absolute: float) -> int:
    """Print how each deposited result compares with the new one."""
    deposited = sorted(file for file in (ROOT / DEPOSITED).rglob("*") if file.is_file())
    if not deposited:
        print(f"This package holds no results to compare with. What came out is in {NEW}/.")
        return AGREES
    agreed = True
    for file in deposited:
        name = file.relative_to(ROOT / DEPOSITED)
        agrees, told = compared(file, ROOT / NEW / name, relative, absolute)
        agreed &= agrees
        print(f"{NEW}/{name.as_posix()}: {told}")
    print("Everything agrees." if agreed else "NOT everything agrees; the lines above say what.")
    return AGREES if agreed else DIFFERS


def _fresh() -> str:
    """The Python of a new environment that holds what the lock file lists."""
    folder = ROOT / ".venv"
    print(f"Making {folder} with the versions of {LOCK}.")
    try:
        venv.create(folder, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"No virtual environment could be made: {error}. Some systems install what makes them apart, as python3-venv.")
    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    if _run([python, "-m", "pip", "install", "--quiet", "--no-deps", "-r", LOCK], fresh=True):
        sys.exit(f"pip could not install what {LOCK} lists; its message is above.")
    return python


def _run(command: list[str], *, fresh: bool) -> int:
    """Exit status of a command in the package's folder, in a fresh environment without what this one adds to it."""
    environment = {name: value for name, value in os.environ.items() if not (fresh and name in {"PYTHONPATH", "PYTHONHOME"})}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _duration(seconds: float) -> str:
    """In the unit by which journals sort."""
    for unit, length in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def _other_versions() -> list[str]:
    """A line for each package of the lock file that is not here in that version; a last empty one ends them."""
    lines = []
    for line in (ROOT / LOCK).read_text(encoding="utf-8").splitlines():
        name, is_pinned, wanted = line.partition("==")
        if is_pinned and not line.startswith("#"):
            try:
                found = version(name)
            except PackageNotFoundError:
                found = "missing"
            if found != wanted:
                lines.append(f"{name}: {wanted} in {LOCK}, {found} here")
    return [*lines, ""] if lines else []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Run the study of this replication package again, and compare.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--fresh", action="store_true", help="in a new virtual environment with the versions of the lock file")
    kind.add_argument("--resume", action="store_true", help="go on with a run that was cut off")
    kind.add_argument("--check", action="store_true", help="only look whether the files are what they were")
    kind.add_argument("--renew", action="store_true", help="write the checksums anew, after README.md or LICENSE.txt was filled in")
    parser.add_argument("--relative", type=float, default=RELATIVE, help="difference of numbers allowed (default: %(default)s)")
    parser.add_argument("--absolute", type=float, default=ABSOLUTE, help="below which numbers are the same (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
