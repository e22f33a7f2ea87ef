"""Normal form coefficients where two conditions hold at once [1]_.

Eigenvectors have ‖q‖ = 1 and ⟨p, q⟩ = 1 with ⟨p, q⟩ = Σ p̄ᵢ qᵢ; B and C are the second and third derivatives of the rates as
multilinear forms. Critical coordinates w multiply the eigenvectors: x = w q for a zero eigenvalue, x = w q + w̄ q̄ for a pair.

References
----------
.. [1] Y. A. Kuznetsov (1999), Numerical normalization techniques for all codim 2 bifurcations of equilibria in ODE's,
   SIAM Journal on Numerical Analysis 36, 1104–1124 (quoted from memory).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.continuation.normal_forms import bordered_solution, eigenvectors_near, first_lyapunov, null_vectors

CUSP = "c = ⅙⟨p, C(q, q, q) + 3 B(q, h)⟩ of ẇ = c w³; ‖q‖ = 1, ⟨p, q⟩ = 1"
BOGDANOV_TAKENS = "ẇ₀ = w₁, ẇ₁ = a w₀² + b w₀w₁: (a, b); J q₁ = q₀, ‖q₀‖ = 1, ⟨q₀, q₁⟩ = 0, the largest component of q₀ positive"
GENERALISED_HOPF = "l₂ = Re c₂/ω of ẇ = iωw + c₁w|w|² + c₂w|w|⁴; ‖q‖ = 1, ⟨p, q⟩ = 1"
ZERO_HOPF = (
    "ẇ₀ = g₂₀₀w₀² + g₀₁₁|w₁|², ẇ₁ = iωw₁ + h₁₁₀w₀w₁: (g₂₀₀, g₀₁₁, Re h₁₁₀); ‖q‖ = 1, ⟨p, q⟩ = 1, the largest component of q₀ positive"
)
HOPF_HOPF = "ẇ₁ = iω₁w₁ + g₂₁₀₀w₁|w₁|² + g₁₀₁₁w₁|w₂|², ẇ₂ likewise with h: Re (g₂₁₀₀, g₁₀₁₁, h₁₁₁₀, h₀₀₂₁); ‖q‖ = 1, ⟨p, q⟩ = 1"

RESONANT = 1e12  # condition number of what is singular but for rounding
REACH = 5e-3  # of the states' scales: far enough for rounding, near enough for the eighth order
AGREEMENT = 1e-3  # relative: differences over REACH and half of it that part farther are no answer
FIRST = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])  # central differences of the eighth order
SECOND = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])

Vector = FloatArray | ComplexArray


@dataclass(frozen=True, eq=False)
class LocalForm:
    """Derivatives of the rates at one state, and what follows from them.

    Attributes
    ----------
    field : Field
    state : FloatArray
        Shape (d,).
    """

    field: Field
    state: FloatArray

    @cached_property
    def jacobian(self) -> FloatArray:
        """First derivatives, shape (d, d)."""
        return self.field.jacobian(0.0, self.state)

    @cached_property
    def second(self) -> FloatArray:
        """Second derivatives, shape (d, d, d)."""
        return self.field.second_derivatives(self.state)

    @cached_property
    def third(self) -> FloatArray:
        """Third derivatives, shape (d, d, d, d)."""
        return self.field.third_derivatives(self.state)

    def b(self, x: Vector, y: Vector) -> Any:
        """B(x, y)."""
        return np.einsum("ijk,j,k->i", self.second, x, y)

    def c(self, x: Vector, y: Vector, z: Vector) -> Any:
        """C(x, y, z)."""
        return np.einsum("ijkl,j,k,l->i", self.third, x, y, z)

    def solved(self, rate: complex, right: Vector) -> Any:
        """(rate − J)⁻¹ right; raises LinAlgError where ``rate`` is an eigenvalue."""
        matrix = rate * np.eye(len(self.state)) - self.jacobian
        if np.linalg.cond(matrix) > RESONANT:
            raise np.linalg.LinAlgError
        return np.linalg.solve(matrix, right)

    def bordered(self, rate: complex, right: Vector, p: Vector, q: Vector) -> Any:
        """(rate − J)⁻¹ right where ``rate`` is an eigenvalue: the solution without a part along q, of the right side without its own."""
        size = len(self.state)
        matrix = np.zeros((size + 1, size + 1), dtype=np.complex128)
        matrix[:size, :size] = rate * np.eye(size) - self.jacobian
        matrix[:size, size], matrix[size, :size] = q, p.conj()
        return np.linalg.solve(matrix, np.append(right, 0.0))[:size]


def bogdanov_takens(form: LocalForm) -> tuple[float, ...]:
    """(a, b) of a double zero eigenvalue with one eigenvector."""
    q0, p1 = null_vectors(form.jacobian)[0], null_vectors(form.jacobian.T)[0]
    q1, p0 = bordered_solution(form.jacobian, p1, q0, q0), bordered_solution(form.jacobian.T, q0, p1, p1)
    p1, p0 = p1 / (p1 @ q1), p0 / (p1 @ q1)
    p0 = p0 - (p0 @ q1) * p1
    bent = form.b(q0, q0)
    return float(p1 @ bent) / 2, float(p0 @ bent + p1 @ form.b(q0, q1))


def zero_hopf(form: LocalForm, omega: float) -> tuple[float, ...]:
    """(g₂₀₀, g₀₁₁, Re h₁₁₀) of a zero eigenvalue beside a pair ±iω."""
    (q0, p0), (q1, p1) = null_vectors(form.jacobian), eigenvectors_near(form.jacobian, 1j * omega)
    shares = p0 @ form.b(q0, q0) / 2, p0 @ form.b(q1, q1.conj()).real, (p1.conj() @ form.b(q0, q1)).real
    return float(shares[0]), float(shares[1]), float(shares[2])


def hopf_hopf(form: LocalForm, omegas: tuple[float, float]) -> tuple[float, ...]:
    """Re (g₂₁₀₀, g₁₀₁₁, h₁₁₁₀, h₀₀₂₁) of two pairs."""
    first, second = omegas
    (q1, p1), (q2, p2) = eigenvectors_near(form.jacobian, 1j * first), eigenvectors_near(form.jacobian, 1j * second)
    own = [first_lyapunov(form.jacobian, form.second, form.third, omega)[0] for omega in omegas]
    still = [form.solved(0.0, form.b(q, q.conj())) for q in (q1, q2)]
    total = form.solved(1j * (first + second), form.b(q1, q2))
    apart = form.solved(1j * (first - second), form.b(q1, q2.conj()))
    on_first = form.c(q1, q2, q2.conj()) + form.b(total, q2.conj()) + form.b(apart, q2) + form.b(still[1], q1)
    on_second = form.c(q1, q1.conj(), q2) + form.b(apart.conj(), q1) + form.b(total, q1.conj()) + form.b(still[0], q2)
    return own[0], float((p1.conj() @ on_first).real), float((p2.conj() @ on_second).real), own[1]


def second_lyapunov(form: LocalForm, omega: float, scale: FloatArray) -> tuple[float, ...]:
    """(l₂,) of a pair ±iω whose first coefficient vanishes; () where the rates vary too fast for its differences.

    Fourth and fifth derivatives are differences of the exact third ones, of the eighth order, along real and imaginary part of
    the eigenvector, over `REACH` of ``scale`` (d,).
    """
    q, _ = eigenvectors_near(form.jacobian, 1j * omega)
    reach = REACH / float(np.abs(q / scale).max())
    coarse, fine = (_second_lyapunov(form, omega, step) for step in (reach, reach / 2))
    return (fine,) if abs(fine - coarse) <= AGREEMENT * abs(fine) else ()


def _second_lyapunov(form: LocalForm, omega: float, step: float) -> float:
    b, c = form.b, form.c
    q, p = eigenvectors_near(form.jacobian, 1j * omega)
    o = q.conj()
    fourth, fifth = _higher(form, q, step)
    h20, h11 = form.solved(2j * omega, b(q, q)), form.solved(0.0, b(q, o))
    bent = c(q, q, o) + b(o, h20) + 2 * b(q, h11)
    c1 = p.conj() @ bent / 2
    h30 = form.solved(3j * omega, c(q, q, q) + 3 * b(q, h20))
    h21 = form.bordered(1j * omega, bent - 2 * c1 * q, p, q)
    h31 = form.solved(
        2j * omega,
        fourth(q, q, o) + 3 * c(q, q, h11) + 3 * c(q, o, h20) + 3 * b(h20, h11) + b(o, h30) + 3 * b(q, h21) - 6 * c1 * h20,
    )
    half = c(o, o, h20) + 2 * b(o, h21)  # h22 is real: the other half is its conjugate
    h22 = form.solved(
        0.0,
        fourth(q, o, o) + 4 * c(q, o, h11) + 2 * half.real + 2 * b(h11, h11) + b(h20.conj(), h20) - 8 * c1.real * h11,
    )
    quintic = fifth(q, q, q) + fourth(q, q, h20.conj()) + 3 * fourth(o, o, h20) + 6 * fourth(q, o, h11)
    quintic = quintic + c(o, o, h30) + 3 * c(q, q, h21.conj()) + 6 * c(q, o, h21) + 3 * c(q, h20.conj(), h20)
    quintic = quintic + 6 * c(q, h11, h11) + 6 * c(o, h20, h11)
    quintic = quintic + 2 * b(o, h31) + 3 * b(q, h22) + b(h20.conj(), h30) + 3 * b(h21.conj(), h20) + 6 * b(h11, h21)
    return float((p.conj() @ quintic).real) / 12 / omega


def _higher(form: LocalForm, q: ComplexArray, step: float) -> tuple[Any, Any]:
    """D(q, ·, ·, ·) and E(q̄, q̄, ·, ·, ·), fourth and fifth derivatives, as functions of three vectors."""
    along, across = q.real, q.imag
    (along_1, along_2), (across_1, across_2) = _differences(form, along, step), _differences(form, across, step)
    mixed = (_differences(form, along + across, step)[1] - _differences(form, along - across, step)[1]) / 4
    first, second = along_1 + 1j * across_1, along_2 - across_2 - 2j * mixed
    return (
        lambda x, y, z: np.einsum("ijkl,j,k,l->i", first, x, y, z),
        lambda x, y, z: np.einsum("ijkl,j,k,l->i", second, x, y, z),
    )


def _differences(form: LocalForm, direction: FloatArray, step: float) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of C along ``direction``, shape (d, d, d, d) each."""
    moves = step * np.arange(-4, 5)
    stack = np.array([form.field.third_derivatives(form.state + move * direction) for move in moves])
    return np.tensordot(FIRST, stack, axes=1) / step, np.tensordot(SECOND, stack, axes=1) / step**2
