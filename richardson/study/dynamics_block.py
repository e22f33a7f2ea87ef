"""The dynamics of some members: each is analysed by itself, from its own numbers and its own random stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import ComputationError, RichardsonError
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.margin import margin_of
from richardson.landscape.parameter_box import ParameterBox
from richardson.landscape.settling import SETTLED, Reached
from richardson.landscape.shares import BasinShares, basin_shares
from richardson.landscape.verdicts import verdicts
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria, equilibrium_at
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.study.binding import bind
from richardson.study.collect import CODES
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.jobs import BlockFunction, Job
from richardson.symbolic.model import Model
from richardson.symbolic.spec import from_spec, number_node, read_number, to_spec

AT_REST = ("kind", "spiral_number", "max_real_eigenvalue", "relaxation_time")
DISTANCE = ("distance",)
EQUILIBRIA = ("count", "stable_count", "kinds", "is_complete")
SHARES = (
    "attractor_count",
    "attractors",
    "share_reached",
    "share_reached_low",
    "share_reached_high",
    "share_escaped",
    "share_left_domain",
    "share_undecided",
)
LISTS, TRUTHS = ("kinds", "attractors"), ("is_complete",)
WORDS = (*KINDS, "cycle", "strange attractor")  # of which lists hold positions, −1 after the last
LONGEST_LIST = 16  # equilibria or attractors of a member
NOT_REACHED = -2  # a code that no path has, where none is known to end at an equilibrium
SAME = 1e-6  # relative: an attractor so near to the equilibrium that is reached is that equilibrium
NOT_ANALYSED, INTERRUPTED = OUTCOMES.index(Outcome.NOT_ANALYSED), OUTCOMES.index(Outcome.INTERRUPTED)
TOGETHER = 1000  # members whose kinds are told at once


class Margins(NamedTuple):
    """What the distance to the nearest critical point is measured in: names, scales, and how far is looked."""

    parameters: tuple[str, ...]
    scales: Mapping[str, float] | None
    farthest: float


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is asked of every member.

    Attributes
    ----------
    model : Model
    names : tuple of str
        Of the design.
    start : dict of str to float
        Start values that the design does not give.
    window : Window or None
    groups : frozenset of tuple
        Which of the groups of measures above.
    margins : Margins
    half_width : float
        Of the intervals of shares.
    bound : float
    entropy : int or sequence of int or None
        Of the random streams, one a member.
    """

    model: Model
    names: tuple[str, ...]
    start: Mapping[str, float]
    window: Window | None
    groups: frozenset[tuple[str, ...]]
    margins: Margins
    half_width: float
    bound: float
    entropy: Any


def job_of(asked: Analysis) -> Job:
    """The analysis as engines compute it: of samples whose columns are the design's, the ends of the runs, and their outcomes."""
    width = len(asked.names) + len(asked.model.states) + 1
    found = 8 * (16 + len(asked.model.states)) + LONGEST_LIST * len(LISTS)
    return Job(partial(analysed, asked), from_spec_of_analysis, _spec(asked), 8 * width + found)


def _spec(asked: Analysis) -> dict[str, Any]:
    """An analysis as plain data."""
    margins = [list(asked.margins.parameters), asked.margins.scales and dict(asked.margins.scales), asked.margins.farthest]
    return {
        "model": to_spec(asked.model),
        "names": list(asked.names),
        "start": dict(asked.start),
        "window": None if asked.window is None else [[name, value] for name, value in asked.window.axes],
        "groups": sorted(asked.groups),
        "margins": margins,
        "half_width": asked.half_width,
        "bound": number_node(asked.bound),
        "entropy": asked.entropy,
    }


def from_spec_of_analysis(spec: Mapping[str, Any]) -> BlockFunction:
    """The block function of an analysis in another process."""
    axes, (parameters, scales, farthest) = spec["window"], spec["margins"]
    asked = {
        "model": from_spec(spec["model"]),
        "names": tuple(spec["names"]),
        "window": None if axes is None else Window(**{name: tuple(value) if isinstance(value, list) else value for name, value in axes}),
        "groups": frozenset(map(tuple, spec["groups"])),
        "margins": Margins(tuple(parameters), scales, farthest),
        "bound": read_number(spec["bound"]),
        "entropy": tuple(spec["entropy"]) if isinstance(spec["entropy"], list) else spec["entropy"],
    }
    return partial(analysed, Analysis(**{**spec, **asked}))


def analysed(asked: Analysis, samples: FloatArray, first: int) -> dict[str, npt.NDArray[Any]]:
    """Columns of some members, n rows of each.

    Parameters
    ----------
    asked : Analysis
    samples : FloatArray
        Shape (n, columns): what the design gives, where each comes to rest (d; NaN where it does not), and a code of `Outcome`.
    first : int
        Number of the first member, which its random stream is drawn by.
    """
    width = len(asked.names)
    design = Design.from_table(dict(zip(asked.names, samples[:, :width].T, strict=True)))
    rows, ends = bind(asked.model, design, asked.start).rows(slice(None))[0], np.ascontiguousarray(samples[:, width:-1])
    wanted = [group for group in (DISTANCE, EQUILIBRIA, SHARES) if group in asked.groups]
    columns = _at_rest(asked, rows, ends) | room_for([name for group in wanted for name in group], len(rows))
    columns[CODES] = samples[:, -1].astype(np.int8)
    for place, (row, end) in enumerate(zip(rows, ends, strict=True) if wanted else ()):
        if columns[CODES][place] == INTERRUPTED:
            continue
        at = replace(asked.model, numbers=tuple(row.tolist()))
        for group in wanted:
            try:
                found = _MEASURED[group](asked, at, end, first + place)
            except RichardsonError:
                columns[CODES][place] = NOT_ANALYSED
                continue
            for name, value in found.items():
                columns[name][place] = value
    return columns


def room_for(names: Sequence[str], count: int) -> dict[str, npt.NDArray[Any]]:
    """Columns of members of which nothing is known."""
    room: dict[str, npt.NDArray[Any]] = {}
    for name in names:
        if name in LISTS:
            room[name] = np.full((count, LONGEST_LIST), -1, dtype=np.int8)
        elif name == "kind":
            room[name] = np.full(count, -1, dtype=np.int8)
        else:
            room[name] = np.zeros(count, dtype=np.bool_) if name in TRUTHS else np.full(count, np.nan)
    return room


def in_words(name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A column with its codes as texts, shape (n,)."""
    if name == "kind":
        return np.asarray(np.array([*KINDS, ""])[column])
    if name not in LISTS:
        return column
    rows, place = np.unique(column, axis=0, return_inverse=True)
    texts = np.array(["; ".join(WORDS[code] for code in row if code >= 0) for row in rows.tolist()])
    return np.asarray(texts[place.ravel()])


def _listed(kinds: Sequence[str]) -> npt.NDArray[np.int8]:
    """Positions of kinds in `WORDS`.

    Raises
    ------
    ComputationError
        If there are more than a list holds.
    """
    if len(kinds) > LONGEST_LIST:
        raise ComputationError(f"{len(kinds)} equilibria or attractors are more than {LONGEST_LIST}. Take a smaller window.")
    codes = np.full(LONGEST_LIST, -1, dtype=np.int8)
    codes[: len(kinds)] = [WORDS.index(kind) for kind in kinds]
    return codes


def _at_rest(asked: Analysis, rows: FloatArray, ends: FloatArray) -> dict[str, npt.NDArray[Any]]:
    """States, kind and numbers of the equilibria that are reached."""
    columns: dict[str, Any] = {f"equilibrium {name}": ends[:, place].copy() for place, name in enumerate(asked.model.state_names)}
    jacobians = _jacobians(asked.model, rows, ends)
    parts = []
    for low in range(0, len(rows), TOGETHER):
        part = slice(low, low + TOGETHER)
        is_known = np.isfinite(ends[part]).all(axis=1)
        reached = Reached(ends[part], jacobians[part], np.where(is_known, SETTLED, NOT_REACHED))
        parts.append(verdicts(asked.model, _moved(asked), rows[part], reached))
    kinds = np.concatenate([part.kind for part in parts])
    columns["kind"] = np.array([KINDS.index(kind) if kind in KINDS else -1 for kind in kinds.tolist()], dtype=np.int8)
    columns["spiral_number"] = np.concatenate([part.spiral_number for part in parts])
    columns["max_real_eigenvalue"] = leading = np.concatenate([part.leading_eigenvalue for part in parts])
    with np.errstate(divide="ignore"):
        columns["relaxation_time"] = np.where(leading < 0.0, -1.0 / leading, np.nan)
    return columns


def _moved(asked: Analysis) -> tuple[str, ...]:
    """Parameters that the design moves."""
    return tuple(name for name in asked.names if name not in asked.model.state_names)


def _jacobians(model: Model, rows: FloatArray, ends: FloatArray) -> FloatArray:
    """Jacobian at each end, shape (n, d, d), NaN where there is none."""
    field, size = Field.of(model), len(model.states)
    jacobians, rate = np.full((len(rows), size, size), np.nan), np.empty(size)
    for place in np.flatnonzero(np.isfinite(ends).all(axis=1)):
        constants = field.prepared(np.ascontiguousarray(rows[place]))
        field.raw_rates_and_jacobian(0.0, np.ascontiguousarray(ends[place]), constants, rate, jacobians[place])
    return jacobians


def _distance(asked: Analysis, at: Model, end: FloatArray, _: int) -> dict[str, Any]:
    """How far the parameters may move before the equilibrium that is reached loses its hold."""
    if not np.isfinite(end).all():
        return {}
    margins = asked.margins
    box = ParameterBox.of(at, margins.parameters, margins.scales, None)
    return {"distance": margin_of(box, _rest(at, end), margins.farthest).distance}


def _rest(at: Model, end: FloatArray) -> Equilibrium:
    width = np.maximum(np.abs(end), 1.0)
    return equilibrium_at(RestEquations.of(at, end - width, end + width), end, None, record(at))


def _equilibria(asked: Analysis, at: Model, _: FloatArray, __: int) -> dict[str, Any]:
    """Every equilibrium in the window."""
    found: Equilibria = equilibria(at, _window(asked))
    stable = sum(one.is_stable for one in found)
    kinds = _listed([one.kind for one in found])
    return {"count": len(found), "stable_count": stable, "kinds": kinds, "is_complete": found.is_complete}


def _shares(asked: Analysis, at: Model, end: FloatArray, member: int) -> dict[str, Any]:
    """How much of the window goes where."""
    stream = np.random.SeedSequence(asked.entropy, spawn_key=(member,))
    found: BasinShares = basin_shares(at, _window(asked), half_width=asked.half_width, rng=np.random.default_rng(stream), bound=asked.bound)
    columns: dict[str, Any] = {
        "attractor_count": len(found.attractors),
        "attractors": _listed([one.kind if one.equilibrium is None else one.equilibrium.kind for one in found.attractors]),
        "share_escaped": found.shares[ESCAPED],
        "share_left_domain": found.shares[LEFT_DOMAIN],
        "share_undecided": found.shares[UNDECIDED],
    }
    for label, attractor in enumerate(found.attractors):
        if attractor.equilibrium is not None and np.allclose(attractor.equilibrium.state, end, rtol=SAME, atol=SAME):
            low, high = found.intervals[label]
            columns |= {"share_reached": found.shares[label], "share_reached_low": low, "share_reached_high": high}
    return columns


def _window(asked: Analysis) -> Window:
    return Window.of(asked.window)


_MEASURED = {DISTANCE: _distance, EQUILIBRIA: _equilibria, SHARES: _shares}
