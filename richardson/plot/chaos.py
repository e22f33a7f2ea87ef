"""Chaos drawn: exponents as they converge or along a parameter, orbit diagrams, Poincaré sections."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.landscape.lyapunov import LyapunovSpectrum
from richardson.landscape.orbits import OrbitDiagram
from richardson.landscape.poincare import PoincareSection
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import drawing
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

HEIGHT = 68.0  # mm
DOTS: dict[str, Any] = {"linestyle": "none", "marker": ".", "markeredgewidth": 0.0, "rasterized": True}
FINE, COARSE = 0.6, 2.4  # points: of dots where there are very many, or few
MANY = 20_000  # dots from which on they are fine
FAINT = 0.25  # opacity of an error band
EARLY = 16  # the first averages, over a few stretches only, would set the scale
ROW = 0.06  # of the extent: height of a row of ticks under the orbits
MOST_DECIMALS = 8
THIN = 0.9  # points: width of the first of several lines


@draws
def lyapunov(found: LyapunovSpectrum | Sequence[LyapunovSpectrum], *, parameter: str | None = None, ax: Axes | None = None) -> Axes:
    """Exponents of an orbit as their averages converge, or of several models over a parameter, with bands of two standard errors.

    Parameters
    ----------
    found : LyapunovSpectrum or sequence of LyapunovSpectrum
        One, or several of a model at different values of a parameter.
    parameter : str, optional
        Of several: the parameter whose value tells them apart; a bare concept name where its members are equal.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Of one, how far each average is from the last, which stands in the legend with two standard errors.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If several are given without a parameter that tells them apart.

    Examples
    --------
    >>> import richardson as rn
    >>> found = rn.lyapunov_spectrum(rn.models.saperstein(), [0.3, 0.3], horizon=2000)
    >>> rn.plot.lyapunov(found).get_ylabel()
    'average so far, less the last one'
    """
    if isinstance(found, LyapunovSpectrum):
        if parameter is not None:
            raise InvalidInputError(f"One spectrum is drawn over its time; parameter={parameter!r} is for several. Give a list of them.")
        return _convergence(found, ax)
    several = tuple(found)
    if not several or parameter is None:
        raise InvalidInputError("Several spectra are drawn over a parameter: give one or more, and parameter=, its name.")
    values = np.array([_value(each.model, parameter) for each in several])
    order = np.argsort(values, kind="stable")
    exponents = np.array([several[place].exponents for place in order])
    errors = np.array([several[place].standard_errors for place in order])
    with drawing(ax, height=HEIGHT) as axes:
        _bands(axes, values[order], exponents, errors)
        axes.axhline(0.0, color=key.FLOW, linewidth=THIN, zorder=0)
        axes.set_xlabel(key.parameter_label(several[0].model, parameter))
        axes.set_ylabel("Lyapunov exponents, per step" if several[0].model.kind == "map" else "Lyapunov exponents")
        key.legend(axes, columns=4)
    return axes


@draws
def orbit_diagram(found: OrbitDiagram, *, state: str | None = None, ax: Axes | None = None) -> Axes:
    """States on the orbits after their transients, over the parameter; ticks below where an orbit ended otherwise.

    Parameters
    ----------
    found : OrbitDiagram
    state : str, optional
        The state on the upright axis; the model's first by default.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        If the model has no such state.

    Examples
    --------
    >>> import richardson as rn
    >>> found = rn.orbit_diagram(rn.models.saperstein(), "reaction", [0.7, 0.8, 0.9], [0.3, 0.3])
    >>> rn.plot.orbit_diagram(found).get_xlabel()
    'reaction ($a_{x}$, $a_{y}$)'
    """
    model = found.model
    position = 0 if state is None else state_position(model, state)
    heights = found[model.state_names[position]]
    with drawing(ax, height=HEIGHT) as axes:
        across = np.broadcast_to(found.values[:, None], heights.shape)
        known = np.isfinite(heights)
        axes.plot(across[known], heights[known], color=key.colour(position), markersize=_size(int(known.sum())), **DOTS)
        _mark_ends(axes, found)
        if np.ptp(found.values) > 0.0:
            axes.set_xlim(float(found.values.min()), float(found.values.max()))
        axes.set_xlabel(key.parameter_label(model, found.parameter))
        axes.set_ylabel(model.states[position].label)
        key.legend(axes)
    return axes


@draws
def poincare(found: PoincareSection, *, states: tuple[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Crossings of a section in two of the states.

    Parameters
    ----------
    found : PoincareSection
    states : pair of str, optional
        States on the two axes; by default the first two that vary over the section.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInputError, UnknownNameError
        If not two states are given, or the model has no such state.

    Examples
    --------
    >>> import richardson as rn
    >>> circle = rn.Model.from_equations({"x": "y", "y": "-x"})
    >>> found = rn.poincare_section(circle, {"x": 0, "y": 1}, "y", count=2)
    >>> rn.plot.poincare(found).get_xlabel()
    '$y$'
    """
    names = _varying(found) if states is None else tuple(states)
    if len(names) != 2:
        raise InvalidInputError(f"A section is drawn in two states; got {states!r}. Give states=(…, …).")
    across, upright = (state_position(found.model, name) for name in names)
    with drawing(ax, height=HEIGHT) as axes:
        axes.plot(found.states[:, across], found.states[:, upright], color=key.INK, markersize=_size(len(found)), **DOTS)
        axes.set_xlabel(found.model.states[across].label)
        axes.set_ylabel(found.model.states[upright].label)
    return axes


def _convergence(found: LyapunovSpectrum, ax: Axes | None) -> Axes:
    """Running averages less the final values, which stand in the legend with their errors."""
    first = min(EARLY, max(len(found.times) - 2, 0))
    with drawing(ax, height=HEIGHT) as axes:
        for mode, column in enumerate(found.running.T):
            value, error = found.exponents[mode], found.standard_errors[mode]
            if not np.isfinite(value):
                continue
            name = rf"$\lambda_{{{mode + 1}}} = {_to_its_error(float(value), 2.0 * float(error))}$"
            axes.plot(found.times[first:], column[first:] - value, color=key.colour(mode), label=name)
            axes.axhspan(-2.0 * error, 2.0 * error, color=key.colour(mode), alpha=FAINT, linewidth=0.0)
        axes.set_xlim(0.0, float(found.times[-1]) if found.times.size else 1.0)
        axes.set_xlabel("steps after the transient" if found.model.kind == "map" else "time after the transient")
        axes.axhline(0.0, color=key.FLOW, linewidth=THIN, zorder=0)
        axes.set_ylabel("average so far, less the last one")
        key.legend(axes, columns=2)
    return axes


def _to_its_error(value: float, error: float) -> str:
    """A number and its error, to the digit that the error reaches, at most eight of them."""
    if not error > 0.0:
        return f"{value:.6g}"
    decimals = min(max(0, 1 - int(np.floor(np.log10(error)))), MOST_DECIMALS)
    return rf"{value:.{decimals}f} \pm {error:.1g}" if error >= 10.0**-MOST_DECIMALS else f"{value:.{decimals}f}"


def _bands(axes: Axes, values: FloatArray, exponents: FloatArray, errors: FloatArray) -> None:
    finite = np.where(np.isfinite(exponents), exponents, np.nan)
    for mode in range(exponents.shape[1]):
        look: dict[str, Any] = {
            "color": key.colour(mode),
            "linewidth": THIN * (1 + mode),
            "zorder": 3.0 - 0.1 * mode,
        }  # where two are equal both are seen
        axes.plot(values, finite[:, mode], label=rf"$\lambda_{{{mode + 1}}}$", **look)
        low, high = finite[:, mode] - 2.0 * errors[:, mode], finite[:, mode] + 2.0 * errors[:, mode]
        axes.fill_between(values, low, high, color=key.colour(mode), alpha=FAINT, linewidth=0.0)


def _mark_ends(axes: Axes, found: OrbitDiagram) -> None:
    """A row of ticks under the orbits for each way in which some ended, where they did."""
    ended = [outcome.name.lower().replace("_", " ") for outcome in found.outcomes]
    kinds = sorted(set(ended) - {"reached end"})
    low, high = axes.get_ylim()
    axes.set_ylim(low - ROW * len(kinds) * (high - low), high)
    for place, name in enumerate(kinds):
        where = found.values[[each == name for each in ended]]
        look: dict[str, Any] = {"linestyle": "none", "marker": "|", "color": key.colour(place + 3), "markersize": 3.0, "label": name}
        axes.plot(where, np.full(where.size, ROW * (0.6 + 0.8 * place)), transform=axes.get_xaxis_transform(), **look)


def _varying(found: PoincareSection) -> tuple[str, ...]:
    size = np.maximum(np.abs(found.states).max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    spread = np.ptp(found.states, axis=0) / size if len(found) else np.ones(found.states.shape[1])
    moving = [name for name, share in zip(found.model.state_names, spread, strict=True) if share > 1e-9]
    return tuple((moving + [name for name in found.model.state_names if name not in moving])[:2])


def _value(model: Model, name: str) -> float:
    values = {model.values[member] for member in model.resolve(name)}
    if len(values) > 1:
        raise InvalidInputError(f"The members of '{name}' differ: {', '.join(f'{value:g}' for value in sorted(values))}. Name one of them.")
    return float(values.pop())


def _size(count: int) -> float:
    return FINE if count > MANY else COARSE
