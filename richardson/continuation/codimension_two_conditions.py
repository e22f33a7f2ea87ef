"""The conditions under which a fold or Hopf point is of codimension two."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.continuation import codimension_two_forms as forms
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.codimension_two import Place, special_point
from richardson.continuation.loci_systems import FoldSystem, HopfSystem
from richardson.continuation.normal_forms import cubic_coefficient, first_lyapunov, null_vectors

SIMPLE = 1e-6  # relative: a real part that vanishes beside its imaginary part
POLE = 1e-8  # of ω: an eigenvalue so near zero leaves c₁ without a digit


@dataclass(frozen=True, eq=False)
class FoldConditions:
    """On a fold curve: a = 0, ⟨p, q⟩ = 0 for unit vectors, and a pair ±iω.

    Attributes
    ----------
    system : FoldSystem
    """

    system: FoldSystem
    kinds = ("cusp", "bogdanov-takens", "zero-hopf")

    def frame(self, point: FloatArray, near: FloatArray | None) -> FloatArray:
        """Left and right null vector, shape (2, d)."""
        frame = np.array(self.system.null_vectors(point))
        return frame if near is None else frame * np.where((frame * near).sum(axis=1) < 0.0, -1.0, 1.0)[:, np.newaxis]

    def numbers(self, point: FloatArray, frame: FloatArray) -> FloatArray:
        """⟨p, B(q, q)⟩, ⟨p, q⟩ and the sum of the two other eigenvalues that comes nearest zero."""
        plane = self.system.plane
        p, q = self.frame(point, frame)
        state = plane.at(point)
        row, column = p * self.system.weights, q * plane.scale
        bent = np.einsum("i,ijk,j,k->", row, plane.field.second_derivatives(state), column, column)
        others = self._others(point)
        return np.array((bent, row @ column / np.linalg.norm(row) / np.linalg.norm(column), _nearest_sum(others)))

    def named(self, place: Place) -> SpecialPoint | None:
        """Cusp, Bogdanov–Takens or zero–Hopf point; None for a fold beside a neutral saddle."""
        system = self.system
        form = forms.LocalForm(system.plane.field, system.plane.at(place.point))
        if place.kind == "cusp":
            q, p = null_vectors(form.jacobian)
            cubic = cubic_coefficient(form.jacobian, form.second, form.third, q, p)
            return special_point(system, place, (cubic,), convention=forms.CUSP)
        if place.kind == "bogdanov-takens":
            return _bogdanov_takens(system, place)
        omega = _frequency(self._others(place.point))
        return None if omega is None else _zero_hopf(system, place, form, omega)

    def _others(self, point: FloatArray) -> ComplexArray:
        """Eigenvalues of J other than the zero, in rad/yr, shape (d − 1,)."""
        plane = self.system.plane
        jacobian = plane.field.jacobian(0.0, plane.at(point)) * plane.scale / plane.scale[:, np.newaxis]
        row = self.system.null_vectors(point)[0] * self.system.weights * plane.scale
        return _eigenvalues_without(jacobian, row[np.newaxis])


@dataclass(frozen=True, eq=False)
class HopfConditions:
    """On a Hopf curve: l₁ = 0, a zero eigenvalue, another pair ±iω, and ω = 0.

    Attributes
    ----------
    system : HopfSystem
    """

    system: HopfSystem
    kinds = ("generalised hopf", "zero-hopf", "hopf-hopf", "bogdanov-takens")

    def frame(self, point: FloatArray, near: FloatArray | None) -> FloatArray:
        """Nothing: these numbers do not depend on the direction of eigenvectors."""
        return np.empty((0, 0)) if near is None else near

    def numbers(self, point: FloatArray, frame: FloatArray) -> FloatArray:
        """Re c₁ times the real eigenvalue nearest zero, that eigenvalue, the sum of two others nearest zero, and κ.

        The product, because c₁ has a pole where that eigenvalue vanishes. It is NaN at the pole and where κ = 0.
        """
        others = self._others(point)
        zero = _nearest_real(others)
        growth = self._growth(point) if abs(zero) > POLE * self.frequency(point) else np.nan
        return np.array((growth * zero, zero, _nearest_sum(others), point[self.system.plane.dimension]))

    def frequency(self, point: FloatArray) -> float:
        """ω at a point, in rad/yr."""
        return float(np.sqrt(max(point[self.system.plane.dimension], 0.0))) * self.system.pace

    def named(self, place: Place) -> SpecialPoint | None:
        """The point with its coefficients; None for a Hopf point beside a neutral saddle."""
        system, omega = self.system, self.frequency(place.point)
        if place.kind == "bogdanov-takens":
            return _bogdanov_takens(system, place)
        form = forms.LocalForm(system.plane.field, system.plane.at(place.point))
        if place.kind == "generalised hopf":
            shares = _computed(lambda: forms.second_lyapunov(form, omega, system.plane.scale))
            return special_point(system, place, shares, convention=forms.GENERALISED_HOPF, frequency=omega)
        if place.kind == "zero-hopf":
            return _zero_hopf(system, place, form, omega)
        other = _frequency(self._others(place.point))
        if other is None:
            return None
        shares = _computed(lambda: forms.hopf_hopf(form, (omega, other)))
        return special_point(system, place, shares, convention=forms.HOPF_HOPF, frequency=omega, second_frequency=other)

    def _growth(self, point: FloatArray) -> float:
        """Re c₁; NaN where it is undefined."""
        omega, plane = self.frequency(point), self.system.plane
        form = forms.LocalForm(plane.field, plane.at(point))
        try:
            return first_lyapunov(form.jacobian, form.second, form.third, omega)[0] if omega > 0.0 else np.nan
        except np.linalg.LinAlgError:  # J is singular
            return np.nan

    def _others(self, point: FloatArray) -> ComplexArray:
        """Eigenvalues of J other than the pair, in rad/yr, shape (d − 2,)."""
        plane = self.system.plane
        jacobian = plane.field.jacobian(0.0, plane.at(point)) * plane.scale / plane.scale[:, np.newaxis]
        return _eigenvalues_without(jacobian, self.system.critical_rows(point))


def _bogdanov_takens(system: FoldSystem | HopfSystem, place: Place) -> SpecialPoint:
    """The Bogdanov–Takens point at ``place``."""
    pair = forms.bogdanov_takens(forms.LocalForm(system.plane.field, system.plane.at(place.point)))
    return special_point(system, place, pair, convention=forms.BOGDANOV_TAKENS)


def _zero_hopf(system: FoldSystem | HopfSystem, place: Place, form: forms.LocalForm, omega: float) -> SpecialPoint:
    return special_point(system, place, forms.zero_hopf(form, omega), convention=forms.ZERO_HOPF, frequency=omega)


def _computed(coefficients: Callable[[], tuple[float, ...]]) -> tuple[float, ...]:
    """The coefficients; none where they are undefined, because frequencies resonate."""
    try:
        return coefficients()
    except np.linalg.LinAlgError:
        return ()


def _eigenvalues_without(jacobian: FloatArray, rows: FloatArray) -> ComplexArray:
    """Eigenvalues other than those to which the left invariant space spanned by ``rows`` (k, d) belongs."""
    complement = np.linalg.qr(rows.T, mode="complete")[0][:, len(rows) :]
    return np.asarray(np.linalg.eigvals(complement.T @ jacobian @ complement), dtype=np.complex128)


def _nearest_real(eigenvalues: ComplexArray) -> float:
    """The real eigenvalue nearest zero, with the sign of their product; 1 where there is none."""
    return _signed(eigenvalues.real[eigenvalues.imag == 0.0])


def _nearest_sum(eigenvalues: ComplexArray) -> float:
    """The sum of two eigenvalues nearest zero, with the sign of the product of all such sums that are real; 1 where there is none.

    A sum that is not real has its conjugate beside it, and so does not affect the sign.
    """
    real = eigenvalues.real[eigenvalues.imag == 0.0]
    first, second = np.triu_indices(len(real), 1)
    return _signed(np.append(real[first] + real[second], 2 * eigenvalues.real[eigenvalues.imag > 0.0]))


def _signed(numbers: FloatArray) -> float:
    if len(numbers) == 0:
        return 1.0
    return float(np.prod(np.sign(numbers)) * np.abs(numbers).min())


def _frequency(eigenvalues: ComplexArray) -> float | None:
    """ω of the pair on the imaginary axis; None where two real eigenvalues of opposite sign stand in its place."""
    pairs = eigenvalues[eigenvalues.imag > 0.0]
    critical = pairs[np.abs(pairs.real) <= SIMPLE * pairs.imag]
    return float(critical[0].imag) if len(critical) else None
