"""What to cite, as BibTeX: the works behind the equations, the data, the library, and the packages that computed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution
from itertools import chain, count, product
from string import ascii_lowercase

from richardson import __version__

WORK = re.compile(r"^(?P<authors>[^()]+?) \((?P<year>\d{4})\), (?P<title>.+?)(?: \((?P<read>[^()]*(?:memory|seen|read)[^()]*)\))?$")
NOTE = re.compile(r"^\w+:")  # "equations: proposed by this project"
INITIALS = re.compile(r"^\w\.")  # how a name begins whose parts stand in the order in which BibTeX wants them
WORDS = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}  # of TeX, for signs that it obeys
SPECIAL = str.maketrans({**{sign: f"\\{sign}" for sign in "#$%&_{}"}, **WORDS})
SOFTWARE = ("richardson: arms races, security dilemmas and deterrence as dynamical systems", "{the richardson developers}")


def bibtex(references: Sequence[str], data: Sequence[str], packages: Iterable[Distribution]) -> str:
    """A file of entries; what is no work, such as a note of who proposed the equations, stands as a comment.

    Parameters
    ----------
    references : sequence of str
        Of the model.
    data : sequence of str
        Citations that sources of data ask for.
    packages : iterable of Distribution
    """
    title, authors = SOFTWARE
    own = {"author": authors, "title": title, "version": __version__, "note": "BSD 3-Clause licence"}
    parts = ["% Works are quoted as the library quotes them; titles hold journal and pages. How far they were read stands in each note.\n"]
    parts += [_work(reference, taken) for taken in [set[str]()] for reference in (*references, *data)]
    parts.append(_entry("software", "richardson", own))
    parts += [_package(package) for package in packages]
    return "\n".join(parts)


def reference_list(references: Sequence[str], data: Sequence[str]) -> str:
    """The same works as a list in Markdown."""
    return "\n".join(f"- {reference}" for reference in (*references, *data)) or "- The model names none."


def _work(reference: str, taken: set[str]) -> str:
    found = WORK.match(reference)
    if found is None:
        return f"% {reference}\n" if NOTE.match(reference) else _entry("misc", _key(reference, taken), {"title": reference})
    names = [part.strip() for part in re.split(r", | and ", found["authors"])]
    authors = " and ".join(map(_escaped, names)) if all(map(INITIALS.match, names)) else f"{{{_escaped(found['authors'])}}}"
    note = {"note": found["read"]} if found["read"] else {}
    key = _key(f"{names[0].split()[-1]}{found['year']}", taken)
    return _entry("misc", key, {"author": authors, "title": found["title"], "year": found["year"], **note})


def _package(package: Distribution) -> str:
    about = package.metadata.json
    author = next((str(about[key]) for key in ("author", "author_email", "maintainer") if key in about), "")
    summary = about.get("summary", "")
    fields = {"title": f"{package.name}: {summary}".rstrip(": "), "version": package.version}
    name = re.sub(r"\s*<[^>]*>", "", author).strip().strip('"')
    return _entry("software", package.name.lower(), ({"author": f"{{{_escaped(name)}}}"} if name else {}) | fields)


def _entry(kind: str, key: str, values: dict[str, str]) -> str:
    lines = [f"  {name} = {{{value if name == 'author' else _escaped(value)}}}" for name, value in values.items()]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(SPECIAL)


def _key(text: str, taken: set[str]) -> str:
    """Letters and digits of the first words, which no other entry has."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]", "", plain)[:30] or "work"
    longer = ("".join(letters) for length in count(2) for letters in product(ascii_lowercase, repeat=length))
    candidates: Iterator[str] = (base + letters for letters in chain(["", *ascii_lowercase[1:]], longer))
    key = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(key)
    return key
