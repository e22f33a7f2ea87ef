"""Write the reference page of every model of the catalogue from the model itself.

Run as ``python docs/write_models.py [--quick]``; quick: texts only, with the equilibria and figures that are there.
"""

import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import sympy
from model_claims import CLAIMS
from model_figures import drawing, svg

import richardson as rn
from richardson.symbolic import latex
from richardson.symbolic.quantity import Quantity

HERE = Path(__file__).resolve().parent
PAGES = HERE / "reference" / "models"
BIBLIOGRAPHY = (HERE / "bibliography.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^- \*\*(.+?)\.\*\* .*?Status: (.*?)(?=^- |^## |\Z)", BIBLIOGRAPHY, re.MULTILINE | re.DOTALL)
AUTHOR = re.compile(r"(?:[A-ZÁ]\.[ -]?)+((?:van den |van der |van |de )?[A-Z][\w’'-]+)")

REACH = 60.0  # of the window in which equilibria are looked for, where a state has no bound
LONGEST = 420  # characters of LaTeX; a longer condition says nothing to a reader
LONGEST_EQUATION = 1200  # nor a longer equation, where the text above has it in indices
FEW = 4  # states that are named one by one
DIGITS = 6
WRITTEN = """Each page is written by `docs/write_models.py` from the model and the docstring of its function, and a test compares them.
The equations of `security_dilemma` and of all that says so on its page are proposals of this project."""
CHECKED = """**Checked for every model that it can be asked of**, at random states and values, by tests that take their list from
`rn.models.catalogue()`:

- every term of every equation has the unit that is due (`rn.check_units`);
- in other units of arms, and for flows of time, the race is the same, so that every unit is declared right;
- exchanging the nations x and y exchanges their rates;
- on a border of its states no path is pushed out, unless the page says that one may leave.

These say that the equations are consistent, not that they are those of the works cited, and nothing about history.

*What is known* are the notes of the function's docstring; what is quoted from memory or not verified is said to be so. *What is tested*
are names of tests, which are their claims; what stands above and is not among them follows from the equations or is only said. After each
source stands how far anybody here has read it, from the [bibliography](../../bibliography.md)."""
TESTED = """Of what is said here, by a closed form, a published number or a second method, beside what is
[checked of every model](README.md):"""
PORTRAIT = """Phase portrait at the default values. Arrows go along the motion; `{}` rests on the blue curve, `{}` on the orange one.
A filled dot is stable{}."""
SADDLE = """, a hollow one unstable, a half-filled one a saddle. A solid black curve is a separatrix, a dashed one the
way out of a saddle"""
HURWITZ = "Routh–Hurwitz conditions, all of which hold exactly where every eigenvalue of an equilibrium has a negative real part"
NEVER = "One of the Routh–Hurwitz conditions never holds: at no equilibrium has every eigenvalue a negative real part."
SINGULAR = "One eigenvalue is zero everywhere, so that no condition on the others decides stability."
NOT_ISOLATED = "At the default values a line of equilibria or more"  # begins what is said where no list of them can be
WRITTEN_OUT = "They stand above, for any nations; written out they are too long to be read, and `model.to_latex()` gives them in full."
FUNCTIONS = {
    "hill": r"H_{h,m}(u) = \frac{\max(u, 0)^m}{h^m + \max(u, 0)^m}",
    "sigmoid": r"\operatorname{sigmoid}(z) = \frac{1}{1 + e^{-z}}",
    "softplus": r"\operatorname{softplus}(z) = \ln(1 + e^z)",
}


def main(quick: bool = False) -> None:
    """Write all pages, their index and, unless quick, their figures."""
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, model in rn.models.catalogue().items():
        found = None if quick else equilibria_of(model)
        rests = written_rests(name) if quick else rests_of(model, found)
        (PAGES / f"{name}.md").write_text(page(name, model, rests), encoding="utf-8")
        if not quick:
            (PAGES / f"{name}.svg").write_bytes(svg(drawing(model, found)))
    (PAGES / "README.md").write_text(index(), encoding="utf-8")


def index() -> str:
    """The list of all models."""
    rows = [
        f"| [`{name}`]({name}.md) | {summary(name)} | {model.kind} | {len(model.states)} | {len(model.parameters)} |"
        for name, model in rn.models.catalogue().items()
    ]
    table = ["| model | what it is | kind | states | parameters |", "|---|---|---|---|---|", *rows]
    return "\n\n".join(["# The models of the catalogue", WRITTEN, "\n".join(table), CHECKED]) + "\n"


def page(name: str, model: rn.Model, rests: str) -> str:
    """A model's page, with the section on equilibria given."""
    head, *more = paragraphs(name, "")
    parts = [f"# `{name}`", head, *more, f"```python\nimport richardson as rn\n\nmodel = rn.models.{name}()\n```"]
    parts += ["## Equations", equations(model), "## States", table(model.states)]
    parts += ["## Parameters", table(model.parameters)] if model.parameters else []
    parts += ["## Equilibria", rests, *figure_link(name, model, rests)]
    parts += conditions(model)
    known = paragraphs(name, "Notes")
    parts += ["## What is known", *known] if known else []
    return "\n\n".join([*parts, "## What is tested", tested(name), "## Sources", sources(name, model)]) + "\n"


def tested(name: str) -> str:
    """The claims that tests of this model hold, each the name of a test, and where they stand."""
    lines = [f"- {test.replace('_', ' ')} (`tests/{file}`)" for file, tests in CLAIMS.get(name, {}).items() for test in tests]
    return "\n".join([TESTED, "", *lines])


def summary(name: str) -> str:
    """First line of a model's docstring."""
    return paragraphs(name, "")[0]


def paragraphs(name: str, section: str) -> list[str]:
    """Paragraphs of a section of a model's docstring, or of what stands before the first, in Markdown."""
    text = inspect.getdoc(getattr(rn.models, name)) or ""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.MULTILINE)
    sections = {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}
    found = [" ".join(part.split()) for part in sections.get(section, "").strip().split("\n\n")]
    return [re.sub(r"\[(\d+)\]_", r"[\1]", part.replace("``", "`")) for part in found if part]


def equations(model: rn.Model) -> str:
    """The equations, and the functions in them that have no usual meaning."""
    rows = model.to_latex()
    if max(map(len, rows.split(r" \\ "))) > LONGEST_EQUATION:
        return WRITTEN_OUT
    body = rows.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}").replace(r" \\ ", " \\\\\n")
    lines = [f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"]
    used = {type(call).__name__ for rate in model.rates for call in rate.atoms(sympy.Function)}
    lines += [FUNCTIONS[function] for function in FUNCTIONS if function in used]
    return "\n\n".join(f"```math\n{line}\n```" for line in lines)


def table(quantities: tuple[Quantity, ...]) -> str:
    """Name, letter, unit, bounds, default and meaning of each state or parameter."""
    has_default = hasattr(quantities[0], "default")
    columns = ["name", "letter", "unit", "bounds", *(["default"] if has_default else []), "meaning"]
    rows = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in quantities:
        default = f" {number(one.default)} |" if has_default else ""
        bounds = one.interval.replace("-", "−").replace("inf", "∞")
        if isinstance(one, rn.Parameter) and one.at_most:
            bounds += f", at most `{one.at_most}`"
        rows.append(f"| `{one.name}` | ${one.symbol}$ | {one.unit} | {bounds} |{default} {one.meaning} |")
    return "\n".join(rows)


def window_of(model: rn.Model) -> dict[str, tuple[float, float]]:
    """Where equilibria are looked for: the bounds of the states, no farther than `REACH`."""
    return {one.name: (max(one.lower, -REACH), min(one.upper, REACH)) for one in model.states}


def equilibria_of(model: rn.Model) -> rn.Equilibria | None:
    """Equilibria at the default values; None where they cannot be listed."""
    try:
        return rn.equilibria(model, rn.Window(**window_of(model)))
    except rn.errors.ComputationError:
        return None


def rests_of(model: rn.Model, found: rn.Equilibria | None) -> str:
    """What is known of the equilibria at the default values."""
    where = window_text(window_of(model))
    noun = "fixed point" if model.kind == "map" else "equilibrium"
    if found is None:
        return f"{NOT_ISOLATED} lies within {where}."
    proof = "proved to be all" if found.is_complete else "found by a search, so that others may exist"
    if not found:
        return f"At the default values there is no {noun} with {where}" + (
            ", which is proved." if found.is_complete else " that a search found."
        )
    values = "multipliers" if model.kind == "map" else "eigenvalues"
    rows = [f"At the default values, with {where} ({proof}):", "", f"| {noun} | kind | {values} | spiral number |", "|---|---|---|---|"]
    for one in found:
        place = ", ".join(f"${state.symbol}$ = {number(one[state.name])}" for state in model.states)
        has_rivals = one.spiral_number is not None and len(model.states) > 1
        spiral = number(one.spiral_number) if has_rivals else "–"
        rows.append(f"| {place} | {one.kind} | {', '.join(map(complex_number, one.eigenvalues))} | {spiral} |")
    return "\n".join(rows)


def window_text(spans: Mapping[str, tuple[float, float]]) -> str:
    """A window in words, states of one span together."""
    names: dict[tuple[float, float], list[str]] = {}
    for name, span in spans.items():
        names.setdefault(span, []).append(f"`{name}`")
    parts = []
    for (low, high), same in names.items():
        parts.append(f"{', '.join(same) if len(same) <= FEW else 'all states'} from {number(low)} to {number(high)}")
    return "; ".join(parts)


def written_rests(name: str) -> str:
    """The section on equilibria as the page has it now."""
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return re.split(r"\n\n(?:## |!\[)", text.split("## Equilibria\n\n", 1)[1], maxsplit=1)[0]


def conditions(model: rn.Model) -> list[str]:
    """Routh–Hurwitz conditions and the spiral number as formulas, where there are such and they can be read."""
    parts = []
    try:
        hurwitz = rn.conditions.routh_hurwitz(model)
        if sympy.expand(hurwitz.coefficients[-1]) == 0:
            return ["## Conditions", SINGULAR]
        if any(one.is_number and one <= 0 for one in hurwitz.conditions):
            return ["## Conditions", NEVER]
        found = [f"{latex.expression(model, one)} > 0" for one in hurwitz.conditions]
        parts += formula(
            HURWITZ,
            found,
            "routh_hurwitz",
        )
    except rn.errors.InvalidInputError:
        pass
    try:
        spiral = [f"R = {latex.expression(model, rn.conditions.spiral_number(model))}"]
        parts += formula("The spiral number of an equilibrium, where it is defined", spiral, "spiral_number")
    except rn.errors.InvalidInputError:
        pass
    return ["## Conditions", *parts] if parts else []


def formula(words: str, lines: list[str], call: str) -> list[str]:
    """Formulas after their name, or the call that gives them where they are too long to be read."""
    if sum(map(len, lines)) > LONGEST:
        return [f"{words}: too long to be read here; `rn.conditions.{call}(model)` gives them in full."]
    return [f"{words}:", "```math\n\\begin{gathered}\n" + " \\\\\n".join(lines) + "\n\\end{gathered}\n```"]


def sources(name: str, model: rn.Model) -> str:
    """Works that the docstring cites, else those of the model, each with how far anybody here has read it."""
    cited = [re.sub(r"^\.\. \[\d+\] ", "", entry) for part in paragraphs(name, "References") for entry in re.split(r" (?=\.\. \[)", part)]
    own = [entry for entry in model.references if entry.startswith("equations:")]
    works = cited or [entry for entry in model.references if entry not in own]
    lines = [f"The {entry.replace(':', ' are', 1)}; the works below are what they build on." for entry in own]
    listed = [f"{place}. {work.rstrip('.')}.{status(work)}" for place, work in enumerate(works, 1)]
    return "\n".join([*lines, *([""] if lines else []), *listed])


def status(work: str) -> str:
    """How far the work was read, by the bibliography."""
    authors, years = AUTHOR.findall(work), re.findall(r"\((\d{4})\)", work)
    for head, read in ENTRIES:
        if authors and years and authors[0] in head and years[0] in head:
            return f" Read: {' '.join(read.split())}"
    return " Read: not recorded."


def number(value: float) -> str:
    """A number to six digits and six decimals at most, rounded once; zero where rounding alone is left."""
    whole = max(len(f"{abs(value):.0f}"), 1) if abs(value) >= 1 else 0
    return f"{round(value, DIGITS - whole) + 0.0:.{DIGITS}g}".replace("-", "−")


def complex_number(value: complex) -> str:
    """An eigenvalue."""
    if abs(value.imag) < 10.0**-DIGITS:
        return number(value.real)
    return f"{number(value.real)} {'−' if value.imag < 0 else '+'} {number(abs(value.imag))}i"


def figure_link(name: str, model: rn.Model, rests: str) -> list[str]:
    """The figure, and what it shows."""
    if not is_plane(model, rests):
        return [f"![One run of {name}]({name}.svg)", "One run at the default values."]
    first, second = (state.name for state in model.states)
    return [f"![Phase portrait of {name}]({name}.svg)", PORTRAIT.format(first, second, SADDLE * ("saddle" in rests))]


def is_plane(model: rn.Model, rests: str) -> bool:
    """Whether a phase portrait shows all of it."""
    return model.kind == "flow" and len(model.states) == 2 and not rests.startswith(NOT_ISOLATED)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
