"""The dynamics of some members: each is analysed by itself, from its own numbers and its own random stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import RichardsonError
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.many_kinds import KINDS
from richardson.landscape.margin import margin_of
from richardson.landscape.parameter_box import ParameterBox
from richardson.landscape.settling import SETTLED, Reached
from richardson.landscape.shares import BasinShares, basin_shares
from richardson.landscape.verdicts import verdicts
from richardson.provenance import record
from richardson.stability.equilibria import Equilibria, Equilibrium, equilibria, equilibrium_at
from richardson.stability.rest import RestEquations
from richardson.stability.window import Window
from richardson.study.binding import Bound
from richardson.symbolic.model import Model

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
TEXTS, TRUTHS = ("kind", "kinds", "attractors"), ("is_complete",)
LONGEST_TEXT = 240  # characters: more equilibria than a member of a study has
NOT_REACHED = -2  # a code that no path has, where none is known to end at an equilibrium
SAME = 1e-6  # relative: an attractor so near to the equilibrium that is reached is that equilibrium
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
    window: Window | None
    groups: frozenset[tuple[str, ...]]
    margins: Margins
    half_width: float
    bound: float
    entropy: Any


def analysed(asked: Analysis, members: Bound, ends: FloatArray, first: int = 0) -> dict[str, npt.NDArray[Any]]:
    """Columns of some members, and ``is_refused``, shape (n,) each.

    Parameters
    ----------
    asked : Analysis
    members : Bound
        Their parameters.
    ends : FloatArray
        Shape (n, d): where each comes to rest, NaN where it does not.
    first : int
        Number of the first member, which its random stream is drawn by.
    """
    rows = members.rows(slice(None))[0]
    columns = _at_rest(asked, rows, ends)
    wanted = [group for group in (DISTANCE, EQUILIBRIA, SHARES) if group in asked.groups]
    names = [name for group in wanted for name in group]
    columns |= {name: _empty(name, len(rows)) for name in names}
    columns["is_refused"] = np.zeros(len(rows), dtype=np.bool_)
    for place, (row, end) in enumerate(zip(rows, ends, strict=True) if wanted else ()):
        at = replace(asked.model, numbers=tuple(row.tolist()))
        for group in wanted:
            try:
                found = _MEASURED[group](asked, at, end, first + place)
            except RichardsonError:
                columns["is_refused"][place] = True
                continue
            for name, value in found.items():
                columns[name][place] = value
    return columns


def _empty(name: str, count: int) -> npt.NDArray[Any]:
    if name in TEXTS:
        return np.full(count, "", dtype=f"<U{LONGEST_TEXT}")
    return np.zeros(count, dtype=np.bool_) if name in TRUTHS else np.full(count, np.nan)


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
    columns["kind"] = np.where(np.isin(kinds, KINDS), kinds, "")
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
        field.raw_rates_and_jacobian(0.0, np.ascontiguousarray(ends[place]), np.ascontiguousarray(rows[place]), rate, jacobians[place])
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
    kinds = "; ".join(one.kind for one in found)
    return {"count": len(found), "stable_count": stable, "kinds": kinds, "is_complete": found.is_complete}


def _shares(asked: Analysis, at: Model, end: FloatArray, member: int) -> dict[str, Any]:
    """How much of the window goes where."""
    stream = np.random.SeedSequence(asked.entropy, spawn_key=(member,))
    found: BasinShares = basin_shares(at, _window(asked), half_width=asked.half_width, rng=np.random.default_rng(stream), bound=asked.bound)
    columns: dict[str, Any] = {
        "attractor_count": len(found.attractors),
        "attractors": "; ".join(one.kind if one.equilibrium is None else one.equilibrium.kind for one in found.attractors),
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
