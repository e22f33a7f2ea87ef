"""Recognising that cycles end in a homoclinic orbit.

Near it the cycle spends nearly all of its period beside one saddle, the period grows like −ln|p − p*| / κ, and the distance to the
saddle shrinks, κ being the smaller of the rates at which the saddle is left and approached [1]_. So the parameter converges
exponentially in the period: its limit is known better than any cycle comes near it.

References
----------
.. [1] Y. A. Kuznetsov (2004), Elements of Applied Bifurcation Theory, sections 6.2 and 6.4 (quoted from memory).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.collocation import phases_of
from richardson.continuation.cycles_birth import rest_near
from richardson.continuation.cycles_chart import Stand
from richardson.continuation.cycles_solve import scale_of

PASSES = 3  # cycles from which the limit is judged
NEAR = 1e-2  # of the oscillation: distance from the saddle
AT_SADDLE = 0.5  # of the period spent within a tenth of the oscillation around the saddle
BESIDE = 0.1
LONG = 4.0  # periods over the saddle's slowest time: it is not slow itself
STANDS = 1e-8  # of the span: agreement of the limits from consecutive cycles
SAFETY = 4.0  # bracket, in changes of the limit over the last cycles
KEEN = 0.5  # of the distance to the limit: disagreement at which cycles do not tend there as they should


@dataclass(frozen=True, eq=False)
class Passage:
    """How a cycle passes a saddle.

    Attributes
    ----------
    saddle : FloatArray
        Shape (d,).
    distance : float
        Of the cycle from it, in the size of the oscillation.
    rate : float
        Smaller one of the rates at which it is left and approached.
    frequency : float
        Of that leading eigenvalue; zero where it is real.
    """

    saddle: FloatArray
    distance: float
    rate: float
    frequency: float


def passage(field: Field, stand: Stand) -> Passage | None:
    """How a cycle passes the one saddle beside which it spends most of its time; None if it does not.

    The field's parameters must be those of the cycle.
    """
    profile, scale = stand.profile, scale_of(stand.profile.nodes)
    speed = np.abs(field.rates_over(0.0, profile.nodes) / scale).max(axis=1)
    saddle = rest_near(field, profile.nodes[int(np.argmin(speed))])
    if saddle is None:
        return None
    apart = np.abs((profile.nodes - saddle) / scale).max(axis=1)
    shares = np.diff(phases_of(profile.mesh))
    eigenvalues = np.linalg.eigvals(field.jacobian(0.0, saddle))
    left, approached = eigenvalues[eigenvalues.real > 0.0], eigenvalues[eigenvalues.real < 0.0]
    if not left.size or not approached.size or apart.min() > NEAR or shares[apart < BESIDE].sum() < AT_SADDLE:
        return None
    leaders = left[np.argmin(left.real)], approached[np.argmax(approached.real)]
    slowest = min(leaders, key=lambda value: abs(value.real))
    if abs(slowest.real) * profile.period < LONG or len(left) + len(approached) < len(eigenvalues):
        return None
    return Passage(saddle, float(apart.min()), float(abs(slowest.real)), float(abs(slowest.imag)))


def homoclinic_end(field: Field, stands: Sequence[Stand], width: float) -> SpecialPoint | None:
    """The homoclinic orbit to which the last cycles tend; None as long as that is not certain.

    Parameters
    ----------
    field : Field
        Its parameters are those of the last cycle.
    stands : sequence of Stand
        Cycles in the order in which they were found.
    width : float
        Of the parameter's span.
    """
    if len(stands) < PASSES + 1:
        return None
    last = stands[-PASSES - 1 :]
    periods = np.array([stand.profile.period for stand in last])
    values = np.array([stand.value for stand in last])
    if not (np.diff(periods) > 0.0).all():
        return None
    here = passage(field, last[-1])
    if here is None:
        return None
    moves = np.diff(values)
    limits = values[1:] + moves / np.expm1(here.rate * np.diff(periods))
    if here.frequency > 0.0:  # the approach swings round the limit
        limits = values[1:]
    spread = float(np.ptp(limits[-2:]))
    rounding = 16.0 * float(np.spacing(np.abs(values).max()))
    if float(np.ptp(limits)) > STANDS * width:
        return None
    if spread > KEEN * abs(limits[-1] - values[-1]) + STANDS * width:
        return None
    limit, doubt = float(limits[-1]), SAFETY * float(np.ptp(limits)) + rounding
    return SpecialPoint(
        kind="homoclinic",
        value=limit,
        state=here.saddle,
        bracket=(limit - doubt, limit + doubt),
        residual=here.distance,
    )
