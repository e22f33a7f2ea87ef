"""What is to be analysed of the dynamics of every member of a design, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from richardson.dynamics.arguments import check_flow
from richardson.errors import InvalidInputError, counted
from richardson.landscape.parameter_box import ParameterBox
from richardson.randomness import generator_of
from richardson.stability.window import Window
from richardson.study.configuration import FORMAT
from richardson.study.design import Design
from richardson.study.discovery_columns import several
from richardson.study.dynamics_layout import EQUILIBRIUM, LISTS, LONGEST_LIST
from richardson.study.dynamics_measures import ALL_SHARES, AT_REST, EQUILIBRIA, GROUPS, OPTIONS, SHARES, read_measures, read_option
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.plan import Study
from richardson.study.planned import Planned
from richardson.symbolic.model import Model
from richardson.symbolic.spec import read_number

OF_RUNS = ("method", "relative", "absolute", "step_limit")  # of a configuration: how the runs to rest are computed


@dataclass(frozen=True, eq=False, repr=False)
class DynamicsPlan(Planned[DynamicsStudy]):
    """A model, a design and what is to be analysed of every member: what `run_study` computes as `run_dynamics` does, in one value.

    Attributes
    ----------
    model : Model
        An autonomous flow.
    design : Design
        Its names are parameters, bare concepts or states (start values).
    window : Window, optional
        Where equilibria and basins are looked for; measures of these need it.
    start : mapping, optional
        Start values of the states that the design does not name; zero arms and fear by default.
    measure : str or sequence of str
        As `run_dynamics` takes it.
    parameters : str or sequence of str
        For the distance: parameters or concepts that may move.
    parameter_scales : mapping of str to float, optional
        What counts as one step of them, the same for all members. Of those not named it is the range of the parameter where that is
        finite, else its size in ``model``, else one.
    farthest : float, optional
        For the distance: how far critical points are looked for, 10 scales by default.
    half_width : float, optional
        For shares: of their 95 % intervals, at most; 0.05 by default.
    settled_within : float, optional
        For the settling time: share of its largest distance from rest, 0.02 by default, within which a state has to stay.
    horizon : float, optional
        Time after which a run that has not come to rest is given up.
    bound : float
        Size of a state beyond which a run has escaped.
    rng : int, Generator or None
        What the random streams of the members are drawn from: each has its own, by its number. They are drawn when this is made.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError
        If an argument is not what it should be, or a measure needs a window or parameters that are not given.

    Examples
    --------
    >>> import richardson as rn
    >>> plan = rn.DynamicsPlan(rn.models.linear(), rn.Design.grid({"defence": [0.5, 1.5]}), measure=("kind", "spiral_number"))
    >>> plan
    DynamicsPlan(linear, 2 members: defence; kind, spiral_number)
    >>> rn.run_study(plan)
    DynamicsStudy(linear, 2 members, kind, spiral_number: 1 SETTLED, 1 ESCAPED)
    """

    model: Model
    design: Design
    window: Window | None = None
    start: Mapping[str, float] | None = None
    _: KW_ONLY
    measure: str | Sequence[str] = AT_REST
    parameters: str | Sequence[str] = ()
    parameter_scales: Mapping[str, float] | None = None
    farthest: float | None = None
    half_width: float | None = None
    settled_within: float | None = None
    horizon: float | None = None
    bound: float = 1e9
    rng: Any = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be analysed, before anything is computed."""
        check_flow(self.model)
        asked, names = read_measures(self.measure), several(self.parameters, "parameters")
        _check_window(self.model, self.window, [name for name in asked if name in (*EQUILIBRIA, ALL_SHARES, *SHARES)])
        scales = _scales(self.model, names, self.parameter_scales, is_asked="distance" in asked)
        _check_horizon(self.horizon)
        settled: dict[str, Any] = {"measure": asked, "parameters": names, "parameter_scales": scales}
        for name, value in {**settled, "start": _start(self.model, self.design, self.start)}.items():
            object.__setattr__(self, name, value)
        for name in OPTIONS:
            object.__setattr__(self, name, read_option(name, getattr(self, name), self.columns))
        object.__setattr__(self, "bound", self.runs.bound)
        _ = self.drawn

    @cached_property
    def runs(self) -> Study:
        """The runs from the start of every member to where it comes to rest."""
        return Study(self.model, self.design, self.start, self.horizon, settle=True, bound=self.bound, audit=0)

    @cached_property
    def drawn(self) -> tuple[int, Any]:
        """What the members' streams go by, and the entropy of ``rng``.

        Drawn, since a generator in use has the seed that it had when it was new.
        """
        generator, entropy = generator_of(self.rng)
        return int(generator.integers(2**63)), entropy

    @property
    def members(self) -> Design:
        """The members: row a member."""
        return self.design

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The groups of measures that hold what is asked for."""
        return tuple(group for group in GROUPS if set(group) & set(self.columns))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of what is found of a member: the state in which it comes to rest, then what is asked for."""
        asked = {*self.measure, *(SHARES if ALL_SHARES in self.measure else ())}
        found = (name for group in GROUPS for name in group if name in asked)
        return (*(EQUILIBRIUM + name for name in self.model.state_names), *found)

    @property
    def row_bytes(self) -> int:
        """What a member's row takes: its numbers in the design, what is found, its outcome."""
        lists = sum(name in LISTS for name in self.columns)
        return 8 * (len(self.design.names) + len(self.columns) - lists + 1) + LONGEST_LIST * lists

    def configuration(self) -> dict[str, Any]:
        """All that decides the rows, as nested dictionaries, lists, text and numbers that JSON holds.

        Engine, store and progress are not in it; nor is what the measures that are asked for do not need.

        Examples
        --------
        >>> from richardson.models import linear
        >>> plan = DynamicsPlan(linear(), Design.grid({"defence": [0.5, 1.5]}), measure="settling_time")
        >>> plan.configuration()["measure"], plan.configuration()["settled_within"]
        (['settling_time'], 0.02)
        """
        runs, (streams, entropy) = self.runs.configuration(), self.drawn
        has_shares, settled_within = SHARES in self.groups, self.settled_within
        seed = list(entropy) if isinstance(entropy, tuple) else entropy
        return {
            "format": FORMAT,
            "kind": "dynamics",
            **{name: runs[name] for name in ("model", "design", "start", *OF_RUNS, "bound")},
            "horizon": None if self.horizon is None else float(self.horizon),
            "measure": list(self.measure),
            "window": None if self.window is None else [[name, _listed(axis)] for name, axis in self.window.axes],
            "parameters": list(self.parameters),
            "parameter_scales": self.parameter_scales,
            "farthest": self.farthest,
            "half_width": self.half_width,
            **({} if settled_within is None else {"settled_within": settled_within}),
            "rng": {"entropy": seed, "streams": streams} if has_shares else None,
        }

    def __repr__(self) -> str:
        """Model, members and measures in one line."""
        return f"DynamicsPlan({self.model.name}, {counted(len(self), 'member')}: {', '.join(self.design.names)}; {', '.join(self.measure)})"


def plan_arguments(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan of a configuration is made of, apart from its model, its design and its random streams."""
    given = {name: configuration[name] for name in OPTIONS if configuration.get(name) is not None}
    same = {name: configuration[name] for name in ("start", "measure", "parameters", "parameter_scales", "horizon")}
    return {**same, **given, "bound": read_number(configuration["bound"]), "window": window_of(configuration)}


def window_of(configuration: Mapping[str, Any]) -> Window | None:
    """The window of a configuration, if there is one."""
    axes = configuration["window"]
    return None if axes is None else Window(**{name: tuple(axis) if isinstance(axis, list) else axis for name, axis in axes})


def _listed(axis: float | tuple[float, float]) -> float | list[float]:
    return list(axis) if isinstance(axis, tuple) else axis


def _check_horizon(horizon: Any) -> None:
    is_number = isinstance(horizon, int | float | np.integer | np.floating) and not isinstance(horizon, bool)
    if horizon is not None and not (is_number and 0.0 < horizon < inf):
        raise InvalidInputError(f"The horizon is a time above 0, or None for the step limit; got {horizon!r}. Give for example 500.")


def _check_window(model: Model, window: Any, needing: Sequence[str]) -> None:
    if needing and window is None:
        raise InvalidInputError(f"'{needing[0]}' is measured in a window. Give one that spans every state: Window(x=(0, 60), …).")
    if window is not None:
        Window.of(window).check(model)
        if window.fixed and needing:
            raise InvalidInputError(f"'{needing[0]}' needs every state free to move; the window fixes {', '.join(window.fixed)}. Span it.")


def _scales(model: Model, names: tuple[str, ...], scales: Mapping[str, float] | None, *, is_asked: bool) -> dict[str, float] | None:
    """One step of each parameter that a distance is measured in, the same for all members, whose distances are compared."""
    if is_asked and not names:
        raise InvalidInputError("A 'distance' is measured in parameters that may move. Name them, for example parameters=('balance',).")
    if (names or scales is not None) and not is_asked:
        name = "parameters" if names else "parameter_scales"
        raise InvalidInputError(f"{name}= is for the distance to the nearest critical point. Ask for 'distance', or leave it out.")
    for name, scale in scales.items() if isinstance(scales, Mapping) else ():
        if isinstance(scale, bool) or not isinstance(scale, int | float | np.number) or not 0.0 < scale < inf:
            raise InvalidInputError(f"parameter_scales= are numbers above 0, what counts as one step each; got {scale!r} for {name}.")
    if not names:
        return None
    box = ParameterBox.of(model, names, scales, None)
    return box.named(box.scales)


def _start(model: Model, design: Any, start: Any) -> dict[str, float]:
    """Start values by name: zero where neither the design nor the call says otherwise."""
    if start is not None and not isinstance(start, Mapping):
        raise InvalidInputError(f"The start of an analysis is a mapping by state, for example {{'x': 1.0}}; got {start!r}.")
    taken = design.names if isinstance(design, Design) else ()
    zero = {name: 0.0 for name in model.state_names if name not in taken}
    return zero | dict(start or {})
