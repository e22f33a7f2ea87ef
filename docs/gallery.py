"""The gallery of the website: every figure of ``figures/`` with its script and its numbers.

sphinx-gallery draws what a script shows while it is read from top to bottom. These scripts show nothing: each has a function
``main(out, quick)`` that writes files, which is what ``richardson figures`` and the tests call. So that command draws them here too.
"""

import ast
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "figures"
COLUMNS = 3
INTRODUCTION = """# Gallery

Every figure with the script that draws it and the numbers that it shows. From the folder of the source,
`richardson figures` draws all of them, `richardson figures NAME` one; they are written as pdf, svg and csv.
{}"""
QUICK = (
    "Drawn quickly here, on coarser grids and of smaller samples than for a paper: built without `-t quick`, this website shows it in full."
)
PAGE = """# {title}

{text}{manner}

![{alt}]({name}.svg)

As files: {{download}}`pdf <{name}.pdf>`, {{download}}`svg <{name}.svg>`, {{download}}`the numbers as csv <{name}.csv>`.
Drawn by `richardson figures {name}`, or `python figures/{name}.py OUT`:

```{{literalinclude}} ../../../figures/{name}.py
:language: python
```
"""


def write(folder: Path, *, quick: bool) -> None:
    """Draw every figure into ``folder`` and write a page for each, and one for all.

    Raises
    ------
    RuntimeError
        If a script fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scripts = [script for script in sorted(SCRIPTS.glob("*.py")) if not script.name.startswith("_")]
    draw(folder, quick=quick)
    for script in scripts:
        (folder / f"{script.stem}.md").write_text(page(script, quick=quick), encoding="utf-8")
    for old in folder.glob("*.md"):
        if old.stem not in {script.stem for script in scripts}:
            old.unlink()
    (folder / "index.md").write_text(index(scripts, quick=quick), encoding="utf-8")


def draw(folder: Path, *, quick: bool) -> None:
    """Have ``richardson figures`` draw what changed."""
    command = [sys.executable, "-m", "richardson.cli", "figures", "--scripts", str(SCRIPTS), "--out", str(folder)]
    run = subprocess.run([*command, *(["--quick"] if quick else [])], capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"The gallery cannot be drawn. {run.stderr}")


def page(script: Path, *, quick: bool) -> str:
    """A figure with what its script's docstring says of it, and whether it was drawn coarsely."""
    manner = f"\n\n*{QUICK}*" if quick else ""
    return PAGE.format(title=title(script.stem), text=description(script), manner=manner, alt=alternative(script), name=script.stem)


def index(scripts: list[Path], *, quick: bool) -> str:
    """All figures, small, and the list of their pages for the menu."""
    cells = [f"[![{alternative(script)}]({script.stem}.svg)]({script.stem}.md)<br>{title(script.stem)}" for script in scripts]
    cells += [""] * (-len(cells) % COLUMNS)
    rows = [f"| {' | '.join(cells[start : start + COLUMNS])} |" for start in range(0, len(cells), COLUMNS)]
    table = "\n".join(["|" + " |" * COLUMNS, "|" + "---|" * COLUMNS, *rows])
    menu = "\n".join(["```{toctree}", ":hidden:", "", *(script.stem for script in scripts), "```"])
    return "\n\n".join([INTRODUCTION.format(QUICK.replace("it in", "them in") if quick else ""), table, menu]) + "\n"


def title(name: str) -> str:
    """A script's name as a heading."""
    return name.replace("_", " ").capitalize()


def description(script: Path) -> str:
    """First paragraph of a script's docstring, on one line."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def alternative(script: Path) -> str:
    """What somebody reads who does not see the figure."""
    return description(script).replace("[", "(").replace("]", ")").replace("|", "/")
