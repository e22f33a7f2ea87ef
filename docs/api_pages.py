"""The reference of the website: a page for every public name, written from what the library offers, grouped by its layers."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import richardson

GROUPS = {  # layer, from what a user meets first to what is used last: its heading, and what is there
    "symbolic": ("Models and equations", "A model, its quantities, its units and scales, and models made of models."),
    "models": ("The catalogue", "`rn.models`: a function for each model, and closed forms."),
    "conditions": ("Conditions", "`rn.conditions`: stability as formulas."),
    "dynamics": ("Runs", "One path of a model through time, or in steps."),
    "stability": ("Equilibria and stability", "What rests, with proof; eigenvalues, nullclines, manifolds, portraits."),
    "continuation": ("Branches and bifurcations", "Equilibria and cycles followed along parameters."),
    "landscape": ("The whole phase space", "Basins, boundaries, resilience, tipping, chaos, maps of stability."),
    "theory": ("Theory", "Games, the diagnosis of a dilemma, four worlds, blocs."),
    "theories": ("Theories as presets", "`rn.theories`: a model for each theory, and contests."),
    "study": ("Studies", "Designs, and many runs at once."),
    "estimation": ("Estimation", "Models fitted to series."),
    "data": ("Data", "`rn.data`: the series that come with the library, and matrices of your own."),
    "plot": ("Plots", "`rn.plot`: results drawn on Axes; nothing is solved there."),
    "files": ("Files", "Models and results on disk, without pickle."),
    "errors": ("Errors", "`rn.errors`: every refusal."),
    "": ("Outcomes and provenance", "How a computation ended, and where a number comes from."),
}
MODULES = {name: f"rn.{name}" for name in richardson._MODULES}
SHARED = re.compile(r"(\w+(?:, \w+)+) : (.+)$")  # names of one type
NUMBERED = re.compile(r"\[(\d+)\](_)|^(\s*\.\. )\[(\d+)\]")


def write(folder: Path) -> None:
    """Write the pages of all public names, of their groups, and of them all."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.rst": name_page(name, thing) for name, thing in public_names().items()}
    pages |= {f"group-{layer or 'results'}.rst": group_page(layer) for layer in groups()}
    pages["index.rst"] = index()
    for old in folder.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for file, text in pages.items():
        target = folder / file
        if not target.exists() or target.read_text(encoding="utf-8") != text:  # what is as it was is not read again
            target.write_text(text, encoding="utf-8")


def public_names() -> dict[str, Any]:
    """Every public function and class by dotted name, without the leading ``richardson``."""
    found: dict[str, Any] = {}
    for name in richardson.__all__:
        thing = getattr(richardson, name)
        if inspect.ismodule(thing):
            found |= {f"{name}.{inner}": getattr(thing, inner) for inner in module_names(thing)}
        elif name != "__version__":
            found[name] = thing
    return {name: thing for name, thing in found.items() if callable(thing)}


def module_names(module: Any) -> list[str]:
    """The names that a public module offers."""
    listed = getattr(module, "__all__", None)
    own = (name for name, thing in vars(module).items() if getattr(thing, "__module__", None) == module.__name__)
    return sorted(listed if listed is not None else (name for name in own if not name.startswith("_")))


def group_of(name: str) -> str:
    """The group in which a name stands: its public module, or the layer that it lives in."""
    first, _, rest = name.partition(".")
    home = richardson._HOMES.get(name, "")
    layer = first if rest else home.removeprefix("richardson.").split(".")[0]
    return layer if layer in GROUPS else ""


def groups() -> dict[str, list[str]]:
    """Names of each group that has any, functions before classes."""
    found: dict[str, list[str]] = {layer: [] for layer in GROUPS}
    things = public_names()
    for name in sorted(things, key=lambda name: (inspect.isclass(things[name]), name.lower())):
        found[group_of(name)].append(name)
    return {layer: names for layer, names in found.items() if names}


def name_page(name: str, thing: Any) -> str:
    """The page of one name."""
    directive = "autoclass" if inspect.isclass(thing) else "autofunction"
    options = ["   :members:"] if inspect.isclass(thing) else []
    return "\n".join([*heading(f"``rn.{name}``"), f".. {directive}:: richardson.{name}", *options, ""])


def group_page(layer: str) -> str:
    """The names of a group, each with its first line."""
    names = groups()[layer]
    rows = [line for name in names for line in (f"   * - :doc:`rn.{name} <{name}>`", f"     - {first_line(name)}")]
    table = [".. list-table::", "   :widths: 35 65", "", *rows, ""] if rows else []
    title, text = GROUPS[layer]
    return "\n".join([*heading(title), re.sub(r"`([^`]+)`", r"``\1``", text), "", *table, *menu(names)])


def index() -> str:
    """All groups."""
    text = "Every public name, from its docstring. In Python, ``help(rn.integrate)`` shows the same."
    listed = [f"group-{layer or 'results'}" for layer in groups()]
    return "\n".join([*heading("Every public name"), text, "", ".. toctree::", "   :maxdepth: 1", "", *(f"   {one}" for one in listed), ""])


def menu(names: list[str]) -> Iterator[str]:
    """Entries of the menu that no page shows in its text."""
    yield from (".. toctree::", "   :hidden:", "", *(f"   rn.{name} <{name}>" for name in names), "")


def heading(text: str) -> tuple[str, ...]:
    """A title in reStructuredText."""
    return text, "=" * len(text), ""


def first_line(name: str) -> str:
    """First line of a docstring."""
    return (inspect.getdoc(public_names()[name]) or "").split("\n")[0].replace("`", "``").replace("````", "``")


def make_readable(app: Any, what: str, name: str, *rest: Any) -> None:
    """Make of a docstring what reStructuredText takes for what it says.

    A bar is a bar, as in |x|, and the references of each docstring are numbered for themselves: on a page that shows
    two docstrings, two are called 1. Attributes that share a line get one each, or all but the last would be read as a type.
    """
    lines: list[str] = rest[-1]  # which Sphinx wants changed in place
    lines[:] = one_by_one(lines) if what == "class" else lines
    label = name.replace(".", "-").lower()
    is_example = False
    for place, line in enumerate(lines):
        is_example = bool(line.strip()) and (is_example or line.lstrip().startswith(">>>"))
        if not is_example:
            parts = NUMBERED.sub(lambda found: relabelled(found, label), line).split("``")
            lines[place] = "``".join(part if odd % 2 else part.replace("|", r"\|") for odd, part in enumerate(parts))


def one_by_one(lines: list[str]) -> list[str]:
    """The lines of a docstring with ``a, b : type`` and its explanation written for a, and for b."""
    parted: list[str] = []
    rest = list(lines)
    while rest:
        line = rest.pop(0)
        found = SHARED.match(line)
        if found is None:
            parted.append(line)
            continue
        told = []
        while rest and rest[0].startswith("    "):
            told.append(rest.pop(0))
        for name in found[1].split(", "):
            parted += [f"{name} : {found[2]}", *told]
    return parted


def relabelled(found: re.Match[str], label: str) -> str:
    """A footnote or a pointer to one, with the label of its docstring."""
    pointed, _, start, listed = found.groups()
    return f"[#{label}-{pointed}]_" if pointed else f"{start}[#{label}-{listed}]"


@cache
def names() -> frozenset[str]:
    """Every public function and class by dotted name."""
    return frozenset(public_names())
