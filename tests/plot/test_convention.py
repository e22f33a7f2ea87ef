"""One convention for every plot function: it draws on the Axes given and returns it, or fills a figure and returns its panels."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

import richardson as rn
from richardson import models, plot
from tests.test_files import DILEMMA, found, made

TOOLS = {"colour", "figure", "legend", "name_panels", "paper", "portrait_tables", "save"}  # of drawings; they draw no result
SIGNATURES = {name: inspect.signature(getattr(plot, name)) for name in sorted(set(plot.__all__) - TOOLS)}
FILMS = {name for name, signature in SIGNATURES.items() if signature.return_annotation is FuncAnimation}
SEVERAL = {name for name, signature in SIGNATURES.items() if "figure" in signature.parameters}
ONE = set(SIGNATURES) - FILMS - SEVERAL
SOLID = {"equilibrium_surface", "phase_space"}  # their Axes have three dimensions
SPHERE = models.nations(3, defence=0.12, fatigue=0.2)


GIVEN: dict[str, Callable[[], tuple[Any, ...]]] = {  # what each draws, beside the results of tests/test_files.py
    "alignments": lambda: (rn.integrate(models.balance_of_power(3), dict.fromkeys(models.balance_of_power(3).state_names, 0.1), [0, 1]),),
    "arming_shares": lambda: (made("arming shares"),),
    "basin_shares": lambda: (made("shares"),),
    "basins": lambda: (made("basins"),),
    "boundary_dimension": lambda: (made("boundary"),),
    "box_limits": lambda: (made("discovery"),),
    "convergence": lambda: (made("sensitivity"),),
    "cycle": lambda: (made("cycle"),),
    "diagnoses": lambda: ({"calm": made("diagnosis")},),
    "diagnosis": lambda: (made("diagnosis"),),
    "diagram": lambda: (made("diagram"),),
    "discovery": lambda: (made("discovery"),),
    "elasticities": lambda: (made("elasticities"),),
    "equilibrium_surface": lambda: ([section(2.0), section(2.5)], "alarm"),
    "estimate": lambda: (made("estimate"),),
    "fit": lambda: (made("estimate"),),
    "four_worlds": lambda: (made("worlds"),),
    "global_diagram": lambda: (made("global diagram"),),
    "interval": lambda: (made("estimate").rows[:2],),
    "locus": lambda: (made("locus"),),
    "lyapunov": lambda: (made("exponents"),),
    "margin": lambda: (made("resilience").margin,),
    "orbit_diagram": lambda: (made("orbits"),),
    "peeling": lambda: (made("discovery"),),
    "phase_space": lambda: (rn.integrate(SPHERE, [1, 2, 3], [0, 1, 2]),),
    "poincare": lambda: (made("section"),),
    "portrait": lambda: (made("portrait"),),
    "resilience": lambda: (rn.resilience(DILEMMA, found()[0], rn.Window(x=(0, 60), y=(0, 60))),),
    "safe_overshoot": lambda: (made("safe overshoot"),),
    "sensitivity": lambda: (made("sensitivity"),),
    "series": lambda: (made("trajectory"), made("escaped trajectory")),
    "shocks": lambda: (rn.resilience(DILEMMA, found()[0], rn.Window(x=(0, 60), y=(0, 60))),),
    "stability_map": lambda: (made("map"),),
    "stable_counts": lambda: (made("map"),),
    "tipping": lambda: (made("tipping"),),
}


def section(alarm: float) -> Any:
    """A branch over the balance."""
    model = models.security_dilemma(alarm=alarm)
    calm = rn.equilibria(model, rn.Window(x=(0, 60), y=(0, 60)))[0]
    return rn.continue_equilibrium(model, calm, "balance", (-0.3, 0.3))


@pytest.mark.parametrize("name", sorted(ONE))
def test_one_panel_is_asked_for_by_ax_and_returned(name: str) -> None:
    asked = SIGNATURES[name].parameters["ax"]
    assert (asked.kind, asked.default, asked.annotation) == (asked.KEYWORD_ONLY, None, Axes | None)
    assert list(SIGNATURES[name].parameters)[-1] == "ax"
    assert SIGNATURES[name].return_annotation is Axes


@pytest.mark.parametrize("name", sorted(SEVERAL))
def test_several_panels_are_asked_for_by_figure_and_returned_by_name(name: str) -> None:
    asked = SIGNATURES[name].parameters["figure"]
    assert (asked.kind, asked.default, asked.annotation) == (asked.KEYWORD_ONLY, None, Figure | SubFigure | None)
    assert list(SIGNATURES[name].parameters)[-1] == "figure"
    assert SIGNATURES[name].return_annotation == dict[str, Axes]


@pytest.mark.parametrize("name", sorted(FILMS))
def test_a_film_makes_its_own_figure(name: str) -> None:
    assert not {"ax", "figure"} & set(SIGNATURES[name].parameters)


@pytest.mark.slow  # makes a result of every kind
@pytest.mark.parametrize("name", sorted(ONE))
def test_the_axes_given_is_drawn_on_and_returned(name: str) -> None:
    figure = plot.figure(width=175, height=80)
    ax, other = (figure.add_subplot(1, 2, place, projection="3d" if name in SOLID else None) for place in (1, 2))
    things = GIVEN[name]()
    untouched = len(other.get_children())
    assert getattr(plot, name)(*things, ax=ax) is ax
    assert len(ax.get_children()) > untouched
    assert len(other.get_children()) == untouched


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SEVERAL))
def test_the_figure_given_is_filled_and_its_panels_returned(name: str) -> None:
    left, right = plot.figure(width=175, height=120).subfigures(1, 2)
    panels = getattr(plot, name)(*GIVEN[name](), figure=left)
    assert set(panels.values()) <= set(left.axes) | {axes for part in left.subfigs for axes in part.axes}
    assert len(panels) > 1
    assert not right.axes


def test_every_plot_function_is_walked() -> None:
    assert set(GIVEN) == ONE | SEVERAL
    assert sorted(FILMS) == ["animate_portraits", "animate_runs"]
