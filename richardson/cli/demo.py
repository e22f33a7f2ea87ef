"""``richardson demo``: the main job on the embedded data, from a fit to a report."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from richardson import data
from richardson.cli.contents import Findings, tables_of
from richardson.cli.folder import files_in, output_folder
from richardson.cli.report import report
from richardson.cli.tables import as_csv
from richardson.cli.verdict import verdict
from richardson.continuation.diagram import equilibrium_diagram
from richardson.errors import ComputationError, DataError, NotIdentifiableError
from richardson.estimation.estimate import estimate
from richardson.estimation.observations import Observations
from richardson.estimation.result import Estimate
from richardson.models import linear, security_dilemma
from richardson.plot import style
from richardson.plot.diagram import diagram as draw_diagram
from richardson.plot.estimation import estimate as draw_estimate
from richardson.plot.estimation import fit as draw_fit
from richardson.plot.maps import four_worlds as draw_worlds
from richardson.plot.portrait import portrait as draw_portrait
from richardson.stability.equilibria import equilibria
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window
from richardson.theory.worlds import four_worlds

MAKER = "richardson demo"
SEED = 1  # of the draws behind the intervals, so that every run gives the same numbers
BALANCES = (-0.5, 0.5)  # wide enough for both folds of the theory's hysteresis
ARMS = (0.0, 60.0)  # holds the three equilibria of the default parameters
ROOM = 0.05  # of the largest observation, around the path and the equilibrium, so that neither is cut
REACH = 1.5  # an equilibrium this many times beyond the data is named, not drawn
ELONGATED = 2.5  # sides of a phase plane beyond this ratio get scales of their own
STEPS = 6


def demo(asked: argparse.Namespace) -> int:
    """Fit a rivalry, write the report, and print the files and the verdict; 1 if the data allow no verdict."""
    observations = data.rivalry(*asked.rivalry)
    folder = Path(asked.out)
    try:
        with output_folder(folder, MAKER) as stage, _progress() as step:
            findings = _find(observations, step)
            step("figures")
            figures = _draw(findings)
            step("report")
            _write(stage, findings, figures)
    except (DataError, NotIdentifiableError, ComputationError) as error:
        print(f"{' and '.join(observations.names)}: no verdict, and nothing was written. {error}")
        return 1
    print(f"Wrote to {folder}:")
    for file in files_in(folder):
        print(f"  {file}")
    print(verdict(findings.fit))
    return 0


@contextmanager
def _progress() -> Iterator[Any]:
    """A line on stderr that names the step at work; none where stderr is no terminal."""
    with tqdm(total=STEPS, file=sys.stderr, disable=None, leave=False, bar_format="{desc:<24}{bar:20} {n}/{total} [{elapsed}]") as bar:
        started = False

        def step(name: str) -> None:
            nonlocal started
            bar.update(int(started))
            started = True
            bar.set_description_str(name)

        yield step


def _find(observations: Observations, step: Any) -> Findings:
    step("fitting")
    fit = estimate(linear(), observations, rng=SEED)
    step("phase portrait")
    picture = phase_portrait(fit.model, _window(fit))
    theory, window = security_dilemma(), Window(x=ARMS, y=ARMS)
    step("theory: hysteresis")
    diagram, rest = equilibrium_diagram(theory, "balance", BALANCES, window), equilibria(theory, window)
    step("theory: four worlds")
    return Findings(fit, picture, diagram, rest, four_worlds(theory, window=window))


def _window(fit: Estimate) -> Window:
    """Axes that hold the data from zero on, and the equilibrium if it is near."""
    spans = {}
    for column, name in enumerate(fit.model.state_names):
        top = float(np.nanmax(fit.observations.values[:, column]))
        rest = fit.derived[f"equilibrium {name}"].value
        near = rest if -top / 2 < rest < REACH * top else 0.0
        spans[name] = (min(0.0, near - ROOM * top), max(top, near) + ROOM * top)
    return Window(**spans)


def _draw(found: Findings) -> dict[str, Figure]:
    """Figures by file name."""
    portrait = draw_portrait(found.picture, data=found.fit.observations)
    sides = [high - low for low, high in found.picture.window.spans.values()]
    if max(sides) > ELONGATED * min(sides):
        portrait.set_aspect("auto")
    axes = {
        "series": draw_fit(found.fit),
        "portrait": portrait,
        "estimates": next(iter(draw_estimate(found.fit).values())),
        "hysteresis": draw_diagram(found.diagram),
        "four_worlds": draw_worlds(found.worlds)["map"],
    }
    return {name: _figure(drawn) for name, drawn in axes.items()}


def _figure(axes: Any) -> Figure:
    figure: Figure = axes.get_figure(root=True)
    return figure


def _write(stage: Path, found: Findings, figures: Mapping[str, Figure]) -> None:
    for name, figure in figures.items():
        style.save(figure, stage / "figures", name)
    tables = tables_of(found)
    (stage / "tables").mkdir()
    for name, table in tables.items():
        (stage / "tables" / f"{name}.csv").write_text(as_csv(table), encoding="utf-8")
    sources = {
        "fit": found.fit.provenance,
        "portrait": found.picture.provenance,
        "hysteresis": found.diagram.provenance,
        "four worlds": found.worlds.provenance,
    }
    provenance = {name: source.to_dict() for name, source in sources.items()}
    (stage / "provenance.json").write_text(json.dumps(provenance, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    pictures = {name: (stage / "figures" / f"{name}.svg").read_bytes() for name in figures}
    (stage / "report.html").write_text(report(found, tables, pictures), encoding="utf-8")
