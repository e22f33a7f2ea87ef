"""How much an equilibrium withstands: shocks, transient growth, noise, and moving parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.arguments import as_bound
from richardson.errors import InvalidInputError, NotStableError
from richardson.landscape.disturbances import autocorrelation_of, covariance_of, growth_of, noise_of
from richardson.landscape.margin import Margin, margin_of
from richardson.landscape.parameter_box import ParameterBox, checked_farthest
from richardson.landscape.shocks import Basin, Shock, checked_norm, shocked_states
from richardson.provenance import Provenance, record
from richardson.stability.capture import capture
from richardson.stability.equilibria import Equilibrium
from richardson.stability.finding import MOST_STATES
from richardson.stability.rest import refuse_time
from richardson.stability.spectrum import relaxation_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

FARTHEST = 10.0  # scales of the parameters


@dataclass(frozen=True, eq=False, repr=False)
class Resilience:
    """What a stable equilibrium withstands.

    Attributes
    ----------
    equilibrium : Equilibrium
    window : Window
    shocks : tuple of Shock
        The smallest fatal shock of each set of states that was asked for.
    scales : FloatArray
        Shape (d,): in these the states are measured in sizes of shocks and in growth.
    norm : float
        In which sizes of shocks are measured: 1, 2 or infinity.
    relaxation_time : float
        In which small disturbances shrink by a factor e, in years (of a map, steps).
    reactivity : float
        Fastest growth rate of a small disturbance at its first moment, in 1/yr; positive where some disturbances grow before they
        die out.
    amplification, amplification_time : float
        Largest factor by which a small disturbance ever exceeds its first size (1 where none grows), and when.
    margin : Margin or None
        The nearest critical point in the parameters that were named.
    noise : FloatArray
        Shape (d,): intensity of the noise on each state, in its unit per √yr (of a map, per step).
    covariance : FloatArray
        Shape (d, d): of the states under this noise, to first order.
    autocorrelation : FloatArray
        Shape (d,): of each state with itself after ``lag``; it rises towards 1 as a critical point comes near.
    lag : float
        In years (of a map, steps).
    model : Model
    provenance : Provenance
    """

    equilibrium: Equilibrium
    window: Window
    shocks: tuple[Shock, ...]
    scales: FloatArray
    norm: float
    relaxation_time: float
    reactivity: float
    amplification: float
    amplification_time: float
    margin: Margin | None
    noise: FloatArray
    covariance: FloatArray
    autocorrelation: FloatArray
    lag: float
    model: Model
    provenance: Provenance

    @property
    def recovery_rate(self) -> float:
        """Rate at which small disturbances die out in the end, in 1/yr (of a map, a step)."""
        return inf if self.relaxation_time == 0.0 else 1.0 / self.relaxation_time

    def __getitem__(self, name: str) -> Shock:
        """The smallest fatal shock of that name.

        Raises
        ------
        InvalidInputError
            If there is none.
        """
        for shock in self.shocks:
            if shock.name == name:
                return shock
        raise InvalidInputError(f"No shock is named '{name}'; there are {', '.join(shock.name for shock in self.shocks)}.")

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a shock: its name, size, bounds of that, where it leads, and what is added to each state."""
        columns: dict[str, list[Any]] = {
            name: [getattr(shock, name) for shock in self.shocks] for name in ("name", "distance", "at_least", "proved", "leads_to")
        }
        columns |= {name: [float(shock.shock[place]) for shock in self.shocks] for place, name in enumerate(self.model.state_names)}
        return columns

    def __repr__(self) -> str:
        """The first shock, the relaxation time, the amplification and the margin."""
        first = self.shocks[0]
        unseen = "no fatal shock" if first.at_least == inf else f"no fatal shock seen below {first.at_least:.6g}"
        size = unseen if first.distance == inf else f"fatal shock {first.distance:.6g}"
        margin = "" if self.margin is None else f", {self.margin!r}"
        return (
            f"<resilience of {self.equilibrium!r}: {size}, relaxation time {self.relaxation_time:.6g}, "
            f"amplification {self.amplification:.6g}{margin}>"
        )


def resilience(
    model: Model,
    equilibrium: Equilibrium,
    window: Window,
    *,
    shocks: Mapping[str, str | Sequence[str]] | None = None,
    scales: Mapping[str, float] | None = None,
    norm: float = 2.0,
    parameters: str | Sequence[str] = (),
    parameter_scales: Mapping[str, float] | None = None,
    parameter_bounds: Mapping[str, tuple[float, float]] | None = None,
    farthest: float = FARTHEST,
    noise: Mapping[str, float] | None = None,
    lag: float = 1.0,
    bound: float = 1e9,
) -> Resilience:
    """How large a shock, how strong a drift of parameters a stable equilibrium withstands, and what warns of its end.

    Parameters
    ----------
    model : Model
        Autonomous; the margin in parameters is for flows only.
    equilibrium : Equilibrium
        A stable one of ``model``, in the window.
    window : Window
        How far shocks are looked for. States that it fixes are not shocked.
    shocks : mapping of str to sequence of str, optional
        Sets of states that are shocked together, by a name for each. By default: any of the spanned states, arms and fear where the
        model has both, and each state alone.
    scales : mapping of str to float, optional
        By state: what counts as a shock of size 1; its unit for states that are not named.
    norm : float
        1 (sizes add up), 2 (Euclidean) or infinity (the largest counts).
    parameters : str or sequence of str
        Parameters, or concepts, in which the nearest critical point is looked for; without any there is no margin.
    parameter_scales : mapping of str to float, optional
        What counts as one step; by default the range where that is finite, else the size, else 1.
    parameter_bounds : mapping of str to pair of float, optional
        Lowest and highest value, within the parameter's own bounds.
    farthest : float
        In scales of the parameters: how far critical points are looked for. Bands of instability narrower than 0.001 may be missed.
    noise : mapping of str to float, optional
        Intensity of independent noise on each state, in its unit per √yr (of a map, per step); 1 on all of them by default, 0 on those
        not named.
    lag : float
        Of the autocorrelation, in years; of a map a whole number of steps.
    bound : float
        Size of a state beyond which a path has escaped.

    Returns
    -------
    Resilience

    Raises
    ------
    NotAutonomousError, NotStableError, UnknownNameError, InvalidInputError, OutOfBoundsError
        If the rates contain time, the equilibrium is not a stable one of the model in the window, or an option does not fit.
    ComputationError
        If a critical point is met that cannot be solved for.

    Notes
    -----
    Along 64 directions starts are labelled by where their paths end, in 64 places each; from the nearest three a descent over directions
    follows, with the border bracketed to rounding on every ray. A hole of the basin thinner than the places on a ray may be missed:
    ``at_least`` is what runs say, ``proved`` what is proved (where ``capture`` proves anything). Distance to the border as a measure of
    resilience is Holling's idea [1]_, reactivity and amplification are Neubert's and Caswell's [2]_, distance to the nearest instability
    in parameters is Dobson's [3]_, slowing down as a warning is reviewed by Scheffer and others [4]_. To call these together the
    resilience of détente is this project's proposal.

    References
    ----------
    .. [1] C. S. Holling (1973), Resilience and stability of ecological systems, Annual Review of Ecology and Systematics 4, 1–23
       (quoted from memory).
    .. [2] M. G. Neubert, H. Caswell (1997), Alternatives to resilience for measuring the responses of ecological systems to
       perturbations, Ecology 78(3), 653–665 (quoted from memory).
    .. [3] I. Dobson (1993), Computing a closest bifurcation instability in multidimensional parameter space, Journal of Nonlinear
       Science 3, 307–327 (quoted from memory).
    .. [4] M. Scheffer and others (2009), Early-warning signals for critical transitions, Nature 461, 53–59 (quoted from memory).

    Examples
    --------
    >>> from richardson.stability.equilibria import equilibria
    >>> bead, window = Model.from_equations({"x": "m + x - x**3"}, {"m": 0}), Window(x=(-2, 2))
    >>> resilience(bead, equilibria(bead, window)[2], window, parameters="m")
    <resilience of <stable node at x = 1>: fatal shock 1, relaxation time 0.5, amplification 1, <fold at distance 0.3849: m = -0.3849>>
    """
    refuse_time(model, "Resilience")
    _check(model, equilibrium, window)
    _check_named(shocks=shocks, scales=scales, noise=noise)
    sizes, norm, bound = _sizes(model, scales), checked_norm(norm), as_bound(bound)
    asked, intensity = shocked_states(equilibrium, window, shocks), noise_of(model, noise)
    is_map, farthest = model.kind == "map", checked_farthest(farthest)
    _check_lag(lag, is_map=is_map)
    box = _box(model, parameters, parameter_scales, parameter_bounds)
    proved = capture(model, equilibrium, window, bound=bound) if not window.fixed and len(model.states) <= MOST_STATES else None
    basin = Basin.of(equilibrium, window, sizes, norm, bound=bound, capture=proved)
    jacobian = Field.of(model).jacobian(0.0, equilibrium.state)
    growth = growth_of(jacobian * sizes / sizes[:, None], is_map=is_map)
    covariance = covariance_of(jacobian, intensity, is_map=is_map)
    settings: dict[str, Any] = {
        "scales": sizes,
        "norm": norm,
        "parameters": () if box is None else box.names,
        "noise": intensity,
        "lag": lag,
    }
    return Resilience(
        equilibrium=equilibrium,
        window=window,
        shocks=tuple(basin.smallest(name, positions) for name, positions in asked.items()),
        scales=sizes,
        norm=norm,
        relaxation_time=relaxation_time(equilibrium),
        reactivity=growth.reactivity,
        amplification=growth.amplification,
        amplification_time=growth.time,
        margin=None if box is None else margin_of(box, equilibrium, farthest),
        noise=intensity,
        covariance=covariance,
        autocorrelation=autocorrelation_of(jacobian, covariance, lag, is_map=is_map),
        lag=float(lag),
        model=model,
        provenance=record(model, verb="resilience", window=repr(window), bound=bound, farthest=farthest, **settings),
    )


def _check(model: Model, equilibrium: Equilibrium, window: Window) -> None:
    Window.of(window).check(model)
    if not isinstance(equilibrium, Equilibrium) or equilibrium.model != model:
        raise InvalidInputError(
            f"The equilibrium must be one of '{model.name}' at these parameter values; got {equilibrium!r}. "
            "Take one from equilibria(model, window)."
        )
    if not equilibrium.is_stable:
        raise NotStableError(f"{equilibrium!r} is not stable, so it withstands no shock. Choose a stable equilibrium.")
    free = np.array([name in window.spans for name in model.state_names])
    lower, upper = window.box(model)
    if ((equilibrium.state < lower) | (equilibrium.state > upper))[free].any():
        raise InvalidInputError(f"{equilibrium!r} lies outside {window!r}. Widen the window.")


def _check_named(**options: Any) -> None:
    for name, given in options.items():
        if given is not None and not isinstance(given, Mapping):
            raise InvalidInputError(f'{name}= takes a mapping by name, for example {name}={{"x": …}}; got {given!r}.')


def _sizes(model: Model, scales: Mapping[str, float] | None) -> FloatArray:
    sizes = np.ones(len(model.states))
    for name, value in (scales or {}).items():
        position = state_position(model, name)
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0.0 < float(value) < inf:
            raise InvalidInputError(f"The scale of '{name}' is a number above 0 in its unit; got {value!r}.")
        sizes[position] = float(value)
    return sizes


def _check_lag(lag: Any, *, is_map: bool) -> None:
    whole = isinstance(lag, int | np.integer) or (isinstance(lag, float | np.floating) and float(lag).is_integer())
    if isinstance(lag, bool) or not isinstance(lag, int | float | np.number) or not 0.0 < float(lag) < inf or (is_map and not whole):
        what = "a whole number of steps, 1 or more" if is_map else "a time above 0"
        raise InvalidInputError(f"The lag of the autocorrelation is {what}; got {lag!r}.")


def _box(
    model: Model,
    parameters: str | Sequence[str],
    scales: Mapping[str, float] | None,
    bounds: Mapping[str, tuple[float, float]] | None,
) -> ParameterBox | None:
    if isinstance(parameters, Sequence) and not parameters:
        return None
    if model.kind != "flow":
        raise InvalidInputError(
            f"The margin in parameters is for flows; '{model.name}' is a {model.kind}. Leave parameters= out, or use continue_equilibrium."
        )
    return ParameterBox.of(model, parameters, scales, bounds)
