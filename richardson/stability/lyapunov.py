"""Ellipsoids from which every path provably goes to a stable equilibrium: Lyapunov's direct method [1]_ on intervals.

V(x) = (x − c)ᵀ P (x − c) with AᵀP + PA = −Q at the equilibrium (of a map AᵀPA − P = −Q). In a *core* V ≤ ℓ₀ the symmetric part of
P J(x) is proved negative definite, so that any two paths approach each other in the norm of P: all approach the equilibrium, wherever
in its own enclosure that lies. In the *shell* ℓ₀ ≤ V ≤ ℓ the derivative of V along paths (of a map: V(f(x)) − V(x)) is proved
negative by its mean value form, so that paths come down into the core. Both by branch and prune over boxes.

References
----------
.. [1] H. K. Khalil (2002), Nonlinear Systems, third edition, sections 4.1 and 8.2 (quoted from memory).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, solve_continuous_lyapunov, solve_discrete_lyapunov
from scipy.special import ndtri
from scipy.stats import qmc

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.bounds import Bounds
from richardson.compiled.field import Field
from richardson.compiled.intervals import Intervals, arb
from richardson.stability.domain import Domain, halves, pieces

MOST = 1_500  # boxes on which a claim may fail at once
FEW, GROWTH, PLANE = 50, 1.3, 2  # in the plane, failures above so many that grow so twice in succession will not become fewer
SHARES = (0.9, 0.6, 0.3)  # of the radius at which samples first show V to grow
DIRECTIONS = 128  # samples a radius
RADII = np.geomspace(1e-4, 1.0, 49)  # of the largest radius that the domain and the window allow
ROUNDED = 1e-9  # relative: by so much a level is lowered for those who compute V in doubles
LONGEST = 1e8  # condition number of P: longer ellipsoids are left to rounding
INVERTED = 1e-6  # relative: more than the rounding of the inverse of P
UNSURE = 1e-12  # of the terms of V: more than the rounding of it

Test = Callable[[FloatArray, FloatArray], BoolArray]


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """The states with (x − centre)ᵀ form (x − centre) ≤ level, of shapes (d,), (d, d) and ()."""

    centre: FloatArray
    form: FloatArray
    level: float

    def extent(self) -> FloatArray:
        """Half the widths of the box around it, shape (d,)."""
        return np.asarray(np.sqrt(self.level * np.diag(np.linalg.inv(self.form))))

    def at(self, radius: float) -> "Ellipsoid":
        """The same with √level = ``radius``."""
        return Ellipsoid(self.centre, self.form, radius**2)


def ellipsoid(bounds: Bounds, point: FloatArray, error: FloatArray, domain: Domain) -> Ellipsoid | None:
    """The largest ellipsoid that could be proved, cut off by the domain; None if none could.

    Parameters
    ----------
    bounds : Bounds
    point, error : FloatArray
        Shape (d,): the equilibrium lies within ``error`` of ``point``.
    domain : Domain
        Where paths may be, and how far it is worth to look.
    """
    field = Field.of(bounds.model)
    unit = _unit(field, point, domain.width)
    if unit is None:
        return None
    reach = min(domain.reach(point, unit.extent()), float(((domain.upper - domain.lower) / unit.extent()).max()))
    proof = _Proof(bounds, unit, domain)
    offset = float(np.sqrt(error @ np.abs(unit.form) @ error)) * (1 + UNSURE)
    core = _largest(proof, _first_growth(field, unit, reach, proof.samples_contract), proof.contracts_in)
    if core is None or core <= 4 * offset:
        return None
    core -= 2 * offset
    whole = max(core, _first_growth(field, unit, reach, proof.samples_fall))
    radius = _largest(proof, whole, lambda level: proof.falls_between(core, level)) if whole > core else core
    return unit.at(max(core, radius or core) * (1 - ROUNDED))


def _unit(field: Field, point: FloatArray, width: FloatArray) -> Ellipsoid | None:
    """The ellipsoid V ≤ 1, Q the identity when states are measured in powers of two near the width; None if there is none."""
    scale = 2.0 ** np.round(np.log2(width))
    slopes = field.jacobian(0.0, point) * scale / scale[:, np.newaxis]
    solve = solve_discrete_lyapunov if field.model.kind == "map" else solve_continuous_lyapunov
    sign = 1.0 if field.model.kind == "map" else -1.0
    try:
        form = solve(slopes.T, sign * np.eye(len(point)))
        np.linalg.cholesky(form)
    except (LinAlgError, ValueError):
        return None
    form = 0.5 * (form + form.T)
    if not np.linalg.cond(form) < LONGEST:
        return None
    return Ellipsoid(point, form / scale / scale[:, np.newaxis], 1.0)


def _first_growth(field: Field, unit: Ellipsoid, reach: float, falls: Callable[[Field, FloatArray], BoolArray]) -> float:
    """The largest radius up to which samples show no growth."""
    size = len(unit.centre)
    normal = ndtri(np.clip(qmc.Sobol(size, seed=1).random(DIRECTIONS), 1e-6, 1 - 1e-6))
    heading = np.linalg.solve(np.linalg.cholesky(unit.form).T, (normal / np.linalg.norm(normal, axis=1)[:, np.newaxis]).T).T
    points = unit.centre + reach * RADII[:, np.newaxis, np.newaxis] * heading
    points = np.clip(points, field.lower, field.upper)
    falling = falls(field, points.reshape(-1, size)).reshape(len(RADII), -1).all(axis=1)
    count = int(np.argmin(falling)) if not falling.all() else len(RADII)
    return 0.0 if count == 0 else float(reach * RADII[count - 1])


def _largest(proof: "_Proof", estimate: float, holds: Callable[[float], bool]) -> float | None:
    """The largest share of the estimate that is proved."""
    return next((share * estimate for share in SHARES if estimate > 0 and holds(share * estimate)), None)


class _Proof:
    """Claims about V on sublevel sets."""

    def __init__(self, bounds: Bounds, unit: Ellipsoid, domain: Domain) -> None:
        self.bounds, self.unit, self.domain = bounds, unit, domain
        self.is_map = bounds.model.kind == "map"
        self.scale: FloatArray = np.exp2(np.round(np.log2(domain.width)))

    def samples_contract(self, field: Field, points: FloatArray) -> BoolArray:
        """Whether the symmetric part of PJ (of a map, JᵀPJ − P) is negative definite at points (n, d)."""
        slopes = field.rates_and_jacobians(points)[1]
        form = self.unit.form
        product = np.swapaxes(slopes, 1, 2) @ form @ slopes - form if self.is_map else form @ slopes + np.swapaxes(slopes, 1, 2) @ form
        known = np.isfinite(product).all(axis=(1, 2))
        product[~known] = np.eye(len(form))
        return np.asarray(np.linalg.eigvalsh(product)[:, -1] < 0)

    def samples_fall(self, field: Field, points: FloatArray) -> BoolArray:
        """Whether V falls at points (n, d)."""
        rates = field.rates_over(0.0, points)
        away, form = points - self.unit.centre, self.unit.form
        if self.is_map:
            image = rates - self.unit.centre
            return np.asarray(np.einsum("ni,ij,nj->n", image, form, image) < np.einsum("ni,ij,nj->n", away, form, away))
        return np.asarray(np.einsum("ni,ij,nj->n", away, form, rates) < 0)

    def contracts_in(self, radius: float) -> bool:
        """Whether paths in V ≤ radius² are proved to approach each other."""
        return self._holds(self._contracts, 0.0, radius)

    def falls_between(self, core: float, radius: float) -> bool:
        """Whether V is proved to fall wherever core² ≤ V ≤ radius²."""
        return self._holds(self._falls, core, radius)

    def _holds(self, test: Test, core: float, radius: float) -> bool:
        """Branch and prune of the box around V ≤ radius² without what lies in V ≤ core²."""
        extent = self.unit.at(radius).extent() * (1 + INVERTED)
        low, high = self._kept(*pieces(*self.domain.cut(self.unit.centre - extent, self.unit.centre + extent)), core, radius)
        failures = [len(low), len(low)]
        while len(low):
            failed = ~test(low, high)
            failures.append(int(failed.sum()))
            grows = failures[-1] > GROWTH * failures[-2] > GROWTH**2 * failures[-3]
            if failures[-1] > MOST or (grows and failures[-1] > FEW and len(self.scale) <= PLANE):
                return False
            low, high = self._kept(*halves(*halves(low[failed], high[failed], self.scale), self.scale), core, radius)
        return True

    def _kept(self, low: FloatArray, high: FloatArray, core: float, radius: float) -> tuple[FloatArray, FloatArray]:
        """Boxes that are not outside the ellipsoid or inside the core."""
        centre, half = 0.5 * (low + high) - self.unit.centre, 0.5 * (high - low) * (1 + UNSURE)
        pull = centre @ self.unit.form
        value, spread = (pull * centre).sum(axis=1), 2 * (np.abs(pull) * half).sum(axis=1)
        unsure = UNSURE * ((np.abs(centre) @ np.abs(self.unit.form)) * np.abs(centre)).sum(axis=1)
        curved = ((half @ np.abs(self.unit.form)) * half).sum(axis=1)
        outside = value - spread - unsure > radius**2
        inside = (core > 0) & (value + spread + curved + unsure < core**2)
        return low[~(outside | inside)], high[~(outside | inside)]

    def _contracts(self, low: FloatArray, high: FloatArray) -> BoolArray:
        """By Gershgorin's discs of the matrix, states measured in powers of two."""
        size = len(self.scale)
        slopes = self.bounds.jacobian(low, high)
        form = self.unit.form
        pushed = [[_sum([slopes[k][j] * float(form[i, k]) for k in range(size)]) for j in range(size)] for i in range(size)]
        known = np.isfinite(_sum(self.bounds.rates(low, high)).low)
        for i in range(size):
            total = np.zeros(len(low))
            for j in range(size):
                if self.is_map:
                    entry = _sum([slopes[k][i] * pushed[k][j] for k in range(size)]) - float(form[i, j])
                else:
                    entry = pushed[i][j] + pushed[j][i]
                entry = entry * float(self.scale[i] * self.scale[j])
                total = total + (entry.high if i == j else np.maximum(np.abs(entry.low), np.abs(entry.high)))
            known &= total * (1 + UNSURE) < 0
        return known

    def _falls(self, low: FloatArray, high: FloatArray) -> BoolArray:
        """By the mean value form of the derivative of V, of a map of its change."""
        size = len(self.scale)
        middle = 0.5 * (low + high)
        rates, slopes = self.bounds.rates(low, high), self.bounds.jacobian(low, high)
        value = self._change(self.bounds.rates(middle, middle), middle, middle)
        away = self._away(low, high)
        pull = self._pulled(away)
        if self.is_map:
            pull, before = self._pulled([rate - float(c) for rate, c in zip(rates, self.unit.centre, strict=True)]), pull
        for k in range(size):
            slope = _sum([pull[i] * slopes[i][k] for i in range(size)])
            slope = slope - before[k] if self.is_map else slope + self._pulled(rates)[k]
            value = value + slope * (Intervals(low[:, k], high[:, k]) - Intervals(middle[:, k], middle[:, k])) * (
                2.0 if self.is_map else 1.0
            )
        return np.asarray(value.high < 0) & np.isfinite(_sum(rates).low)

    def _change(self, rates: list[Intervals], low: FloatArray, high: FloatArray) -> Intervals:
        """Half the derivative of V; of a map, its change."""
        away = self._away(low, high)
        if not self.is_map:
            return _sum([one * rate for one, rate in zip(self._pulled(away), rates, strict=True)])
        image = [rate - float(c) for rate, c in zip(rates, self.unit.centre, strict=True)]
        products = [one * other for one, other in zip(self._pulled(image), image, strict=True)]
        return _sum(products) - _sum([one * other for one, other in zip(self._pulled(away), away, strict=True)])

    def _away(self, low: FloatArray, high: FloatArray) -> list[Intervals]:
        return [Intervals(low[:, k], high[:, k]) - float(c) for k, c in enumerate(self.unit.centre)]

    def _pulled(self, vector: list[Intervals]) -> list[Intervals]:
        """The form times a vector."""
        return [_sum([one * float(entry) for one, entry in zip(vector, row, strict=True)]) for row in self.unit.form]


def _sum(terms: list[Intervals]) -> Intervals:
    total = arb(0)
    for term in terms:
        total = total + term
    return total
