"""Closed curves as piecewise polynomials over an adaptive mesh, for orthogonal collocation [1]_.

A cycle of period T is a function of the phase t/T in [0, 1]. On each interval of the mesh it is a polynomial of degree `DEGREE`,
given by its values at equidistant nodes; neighbours share the node between them. The equations hold at the Gauss points, so that
the error at mesh points falls with the 2·`DEGREE`-th power of the interval.

References
----------
.. [1] C. de Boor, B. Swartz (1973), Collocation at Gaussian points, SIAM Journal on Numerical Analysis 10, 582–606
   (quoted from memory).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.polynomial import Polynomial
from numpy.polynomial.legendre import leggauss

from richardson.arrays import FloatArray

DEGREE = 4
NODES = np.linspace(0.0, 1.0, DEGREE + 1)  # of an interval
GAUSS = 0.5 * (leggauss(DEGREE)[0] + 1.0)
WEIGHTS = 0.5 * leggauss(DEGREE)[1]
TO_COEFFICIENTS = np.linalg.inv(np.vander(NODES, increasing=True))  # of powers, from values at the nodes
VALUES = np.vander(GAUSS, DEGREE + 1, increasing=True) @ TO_COEFFICIENTS  # at the Gauss points
_POWERS = np.arange(1, DEGREE + 1)
SLOPES = (_POWERS * np.vander(GAUSS, DEGREE, increasing=True)) @ TO_COEFFICIENTS[1:]
LOCAL_ERROR = float(np.abs(Polynomial.fromroots(GAUSS).integ()(np.linspace(0.0, 1.0, 201))).max()) / factorial(DEGREE)

EVEN = 0.1  # of the mean density: no stretch, however smooth, goes without mesh points
SPREAD = 2  # intervals on each side over which the density is levelled


@dataclass(frozen=True, eq=False)
class Profile:
    """A closed curve.

    Attributes
    ----------
    mesh : FloatArray
        Shape (n + 1,): ends of the intervals, increasing from 0 to 1.
    nodes : FloatArray
        Shape (n · DEGREE, d): states at the nodes of all intervals; the last node is the first again, and left out.
    period : float
        In the model's unit of time.
    """

    mesh: FloatArray
    nodes: FloatArray
    period: float

    @property
    def phases(self) -> FloatArray:
        """Phases of the nodes and, last, 1: shape (n · DEGREE + 1,)."""
        return phases_of(self.mesh)

    @property
    def pieces(self) -> FloatArray:
        """Values at the nodes of each interval, both ends included, shape (n, DEGREE + 1, d)."""
        return pieces_of(self.nodes)

    def at(self, phases: FloatArray) -> FloatArray:
        """States at phases (k,) in [0, 1], shape (k, d)."""
        interval = np.clip(np.searchsorted(self.mesh, phases, side="right") - 1, 0, len(self.mesh) - 2)
        share = (phases - self.mesh[interval]) / np.diff(self.mesh)[interval]
        weights = np.vander(share, DEGREE + 1, increasing=True) @ TO_COEFFICIENTS
        states: FloatArray = np.einsum("kj,kjd->kd", weights, self.pieces[interval])
        return states

    def on(self, mesh: FloatArray) -> "Profile":
        """The same curve over another mesh, by interpolation."""
        return Profile(mesh, self.at(phases_of(mesh)[:-1]), self.period)


def phases_of(mesh: FloatArray) -> FloatArray:
    """Phases of a mesh's nodes and, last, 1: shape (n · DEGREE + 1,)."""
    inner = mesh[:-1, None] + np.diff(mesh)[:, None] * NODES[:-1]
    return np.append(inner.ravel(), 1.0)


def pieces_of(nodes: FloatArray) -> FloatArray:
    """Rows (n · DEGREE, …) of a closed curve as intervals (n, DEGREE + 1, …), each with the first node of the next."""
    inner = nodes.reshape(-1, DEGREE, *nodes.shape[1:])
    return np.concatenate((inner, np.roll(inner[:, :1], -1, axis=0)), axis=1)


def traced(curve: Callable[[FloatArray], FloatArray], mesh: FloatArray, period: float) -> Profile:
    """Profile of a nearly closed curve, phases (k,) in [0, 1] to states (k, d), whose gap is spread over the whole."""
    phases = phases_of(mesh)
    states = curve(phases)
    closed = states - phases[:, None] * (states[-1] - states[0])
    return Profile(mesh, closed[:-1], period)


def local_errors(profile: Profile, scale: FloatArray) -> FloatArray:
    """Estimated error of each interval's polynomial, in units of ``scale`` (d,), shape (n,)."""
    return LOCAL_ERROR * (np.diff(profile.mesh) * _density(profile, scale)) ** (DEGREE + 1)


def adapted(profile: Profile, scale: FloatArray, intervals: int) -> FloatArray:
    """Mesh of that many intervals over which the local errors are equal, shape (intervals + 1,)."""
    widths, density = np.diff(profile.mesh), _density(profile, scale)
    level = np.ones(2 * SPREAD + 1) / (2 * SPREAD + 1)
    density = np.convolve(np.pad(density, SPREAD, mode="wrap"), level, mode="valid")
    total = float(density @ widths)
    density = density + EVEN * total if total > 0.0 else np.ones_like(density)
    reached = np.concatenate(([0.0], np.cumsum(density * widths)))
    mesh: FloatArray = np.interp(np.linspace(0.0, reached[-1], intervals + 1), reached, profile.mesh)
    mesh[0], mesh[-1] = 0.0, 1.0
    return mesh


def _density(profile: Profile, scale: FloatArray) -> FloatArray:
    """(DEGREE + 1)-th root of the (DEGREE + 1)-th derivative, from differences of the one below, shape (n,)."""
    widths = np.diff(profile.mesh)
    top = factorial(DEGREE) * np.einsum("j,njd->nd", TO_COEFFICIENTS[DEGREE], profile.pieces) / widths[:, None] ** DEGREE / scale
    jumps = np.abs(top - np.roll(top, 1, axis=0)).max(axis=1) / (0.5 * (widths + np.roll(widths, 1)))
    density: FloatArray = (0.5 * (jumps + np.roll(jumps, -1))) ** (1.0 / (DEGREE + 1))
    return density
