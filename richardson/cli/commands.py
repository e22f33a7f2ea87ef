"""The small verbs: a fit, a portrait, a diagram, a map, basins; each prints its table on stdout."""

import argparse

import numpy as np

from richardson import data, models
from richardson.cli.arguments import assignments, intervals, spans
from richardson.cli.contents import equilibria_table, special_points
from richardson.cli.pictures import checked_picture, write_picture
from richardson.cli.tables import Table, aligned
from richardson.cli.verdict import verdict
from richardson.continuation.diagram import equilibrium_diagram
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.estimation.estimate import estimate
from richardson.landscape.basins import basins as basins_of
from richardson.landscape.stability_map import StabilityMap
from richardson.landscape.stability_map import stability_map as chart_of
from richardson.plot.basins import basins as draw_basins
from richardson.plot.diagram import diagram as draw_diagram
from richardson.plot.maps import stability_map as draw_map
from richardson.plot.portrait import portrait as draw_portrait
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window
from richardson.symbolic.model import Model

MOST_STEPS = 2000  # of each axis of a map: beyond this it does not fit in memory


def fit(asked: argparse.Namespace) -> None:
    """Print what a model fitted to two rivals says, the verdict last."""
    if asked.seed < 0:
        raise InvalidInputError(f"A seed is a whole number from 0; got {asked.seed}. Leave it out for the usual one.")
    fitted = estimate(_model(asked.model, []), data.rivalry(*asked.rivals), method=asked.method, rng=asked.seed)
    whose = ", ".join(f"{state} is {series}" for state, series in zip(fitted.model.state_names, fitted.observations.names, strict=True))
    print(f"{whose}; arms in {fitted.observations.unit}")
    print(aligned(fitted.to_table()))
    print(verdict(fitted))


def portrait(asked: argparse.Namespace) -> None:
    """Print the equilibria in a window; draw the phase portrait if a file is named."""
    path = checked_picture(asked.out)
    picture = phase_portrait(_model(asked.model, asked.values), Window(**spans(asked.window)))
    print(aligned(equilibria_table(picture.equilibria)))
    if not picture.equilibria.is_complete:
        print("There may be more: the search was not exhaustive.")
    if path is not None:
        write_picture(draw_portrait(picture), path)
        print(f"Wrote {path}")


def diagram(asked: argparse.Namespace) -> None:
    """Print the special points along a parameter; draw the branches if a file is named."""
    path = checked_picture(asked.out)
    ((name, span),) = intervals([asked.parameter]).items()
    found = equilibrium_diagram(_model(asked.model, asked.values), name, span, Window(**spans(asked.window)))
    print(f"{len(found)} {'branch' if len(found) == 1 else 'branches'} of equilibria over {name} from {span[0]:g} to {span[1]:g}")
    points = special_points(found)
    print(aligned(points) if points["kind"] else "No special point.")
    if path is not None:
        write_picture(draw_diagram(found), path)
        print(f"Wrote {path}")


def stability_map(asked: argparse.Namespace) -> None:
    """Print how much of a map of two parameters is stable; draw it if a file is named."""
    path = checked_picture(asked.out)
    if not 2 <= asked.steps <= MOST_STEPS:
        raise InvalidInputError(
            f"A map has between 2 and {MOST_STEPS} values of each parameter; got {asked.steps}. Give --steps in between."
        )
    axes = intervals(asked.parameters)
    chart = chart_of(_model(asked.model, asked.values), {name: np.linspace(*span, asked.steps) for name, span in axes.items()})
    print(aligned(_shares(chart)))
    if path is not None:
        write_picture(draw_map(chart), path)
        print(f"Wrote {path}")


def basins(asked: argparse.Namespace) -> None:
    """Print which share of the starts in a window ends where; draw the basins if a file is named."""
    path = checked_picture(asked.out)
    found = basins_of(_model(asked.model, asked.values), Window(**spans(asked.window)), resolution=(asked.cells, asked.cells))
    print(aligned({"ends at": [found.name(label) for label in found.shares], "share": list(found.shares.values())}))
    if path is not None:
        write_picture(draw_basins(found), path)
        print(f"Wrote {path}")


def _model(name: str, values: list[str]) -> Model:
    """A model of the catalogue at its defaults and the values given."""
    known = models.catalogue()
    if name not in known:
        raise UnknownNameError(f"There is no model '{name}' in the catalogue. {nearest(name, known)}")
    return known[name].with_values(**assignments(values))


def _shares(chart: StabilityMap) -> Table:
    """Columns: kind of the equilibrium that is reached from zero arms, or why none is; share of the map."""
    kinds, counts = np.unique(chart.kind, return_counts=True)
    return {"kind": kinds.tolist(), "share": (counts / chart.kind.size).tolist()}
