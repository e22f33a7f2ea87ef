"""Coefficients of normal forms, from exact derivatives: pure functions of arrays.

Throughout, ``second`` of shape (d, d, d) and ``third`` of shape (d, d, d, d) are derivatives of the right-hand side, B(u, v) and
C(u, v, w) the forms they make; vectors are normalised by ‖q‖ = 1 and ⟨p, q⟩ = 1, ⟨p, q⟩ = Σ p̄ᵢ qᵢ. Formulas as in [1]_.

References
----------
.. [1] Y. A. Kuznetsov (2004), Elements of Applied Bifurcation Theory, sections 3.5, 5.4, 8.7 and 10.2 (quoted from memory).
"""

import numpy as np

from richardson.arrays import ComplexArray, FloatArray

LEADING = 0.999  # of components equal but for rounding the first counts as the largest


def quadratic(second: FloatArray, u: FloatArray, v: FloatArray) -> FloatArray:
    """B(u, v), shape (d,), of real vectors of shape (d,)."""
    applied: FloatArray = second @ v @ u
    return applied


def cubic(third: FloatArray, u: FloatArray, v: FloatArray, w: FloatArray) -> FloatArray:
    """C(u, v, w), shape (d,), of real vectors of shape (d,)."""
    applied: FloatArray = third @ w @ v @ u
    return applied


def null_vectors(jacobian: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Vectors q and p, shape (d,) each, with J q = 0 and Jᵀ p = 0 of a matrix (d, d) with one zero eigenvalue.

    ‖q‖ = 1, its largest component is positive, and ⟨p, q⟩ = 1; p is infinite where the zero eigenvalue is not simple.
    """
    left, _, right = np.linalg.svd(jacobian)
    q, p = oriented(right[-1]), left[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return q, p / (p @ q)


def oriented(vector: FloatArray) -> FloatArray:
    """The vector (d,) at length one, its largest component positive."""
    leading = vector[np.argmax(np.abs(vector) > LEADING * np.abs(vector).max())]
    turned: FloatArray = vector * (np.sign(leading) / np.linalg.norm(vector))
    return turned


def fold_coefficient(second: FloatArray, q: FloatArray, p: FloatArray) -> float:
    """Fold: a = ½⟨p, B(q, q)⟩ of ẏ = b μ + a y²."""
    return 0.5 * float(p @ quadratic(second, q, q))


def cubic_coefficient(jacobian: FloatArray, second: FloatArray, third: FloatArray, q: FloatArray, p: FloatArray) -> float:
    """Pitchfork or cusp: c = ⅙⟨p, C(q, q, q) + 3 B(q, h)⟩ of ẏ = … + c y³ where ⟨p, B(q, q)⟩ = 0.

    h solves J h = ⟨p, B(q, q)⟩ q − B(q, q), ⟨p, h⟩ = 0.
    """
    bent = quadratic(second, q, q)
    h = bordered_solution(jacobian, q, p, float(p @ bent) * q - bent)
    return float(p @ (cubic(third, q, q, q) + 3.0 * quadratic(second, q, h))) / 6.0


def bordered_solution(jacobian: FloatArray, q: FloatArray, p: FloatArray, right: FloatArray) -> FloatArray:
    """Solution v, shape (d,), of J v = right with ⟨p, v⟩ = 0, for J q = 0, pᵀ J = 0 and ⟨p, right⟩ = 0."""
    size = len(q)
    both = np.zeros((size + 1, size + 1))
    both[:size, :size], both[:size, size], both[size, :size] = jacobian, q, p
    solution: FloatArray = np.linalg.solve(both, np.append(right, 0.0))[:size]
    return solution


def eigenvectors_near(jacobian: FloatArray, number: complex) -> tuple[ComplexArray, ComplexArray]:
    """Vectors q and p, shape (d,) each, with J q = λ q and Jᵀ p = λ̄ p for the eigenvalue λ next to ``number``.

    ‖q‖ = 1 and ⟨p, q⟩ = 1; coefficients of an oscillation do not depend on the phase of q.
    """
    left, _, right = np.linalg.svd(jacobian - number * np.eye(len(jacobian)))
    q, p = right[-1].conj(), left[:, -1]
    return q, p / np.vdot(p, q).conj()


def first_lyapunov(jacobian: FloatArray, second: FloatArray, third: FloatArray, omega: float) -> tuple[float, float]:
    """Hopf: Re c₁ and l₁ = Re c₁/ω of ż = iω z + c₁ z|z|², for the eigenvalues ±iω.

    c₁ = ½⟨p, C(q, q, q̄) − 2 B(q, J⁻¹ B(q, q̄)) + B(q̄, (2iω − J)⁻¹ B(q, q))⟩; negative is supercritical: the cycle is stable
    where the equilibrium is not.
    """
    q, p = eigenvectors_near(jacobian, 1j * omega)
    real = 0.5 * float(_resonant(-jacobian, _shifted(jacobian, 2j * omega), (second, third), q, p).real)
    return real, real / omega


def flip_coefficient(jacobian: FloatArray, second: FloatArray, third: FloatArray) -> float:
    """Period doubling of a map: b = ⅙⟨p, C(q, q, q) + 3 B(q, (1 − J)⁻¹ B(q, q))⟩ of y ↦ −y + b y³.

    Positive is supercritical: the cycle of two is stable where the fixed point is not.
    """
    q, p = null_vectors(jacobian + np.eye(len(jacobian)))
    h = np.asarray(np.linalg.solve(np.eye(len(q)) - jacobian, quadratic(second, q, q)), dtype=np.float64)
    return float(p @ (cubic(third, q, q, q) + 3.0 * quadratic(second, q, h))) / 6.0


def neimark_sacker_coefficient(jacobian: FloatArray, second: FloatArray, third: FloatArray, angle: float) -> float:
    """Neimark–Sacker: Re d of z ↦ e^{iθ} z (1 + d|z|²), for a map with the multipliers e^{±iθ}.

    d = ½ e^{−iθ}⟨p, C(q, q, q̄) + 2 B(q, (1 − J)⁻¹ B(q, q̄)) + B(q̄, (e^{2iθ} − J)⁻¹ B(q, q))⟩; negative is supercritical: the closed
    curve is stable where the fixed point is not. Undefined at strong resonances, θ = 2π/k with k ≤ 4.
    """
    turn = complex(np.exp(1j * angle))
    q, p = eigenvectors_near(jacobian, turn)
    return 0.5 * float((_resonant(np.eye(len(q)) - jacobian, _shifted(jacobian, turn**2), (second, third), q, p) / turn).real)


def _resonant(still: FloatArray, twice: ComplexArray, forms: tuple[FloatArray, FloatArray], q: ComplexArray, p: ComplexArray) -> complex:
    """⟨p, C(q, q, q̄) + 2 B(q, still⁻¹ B(q, q̄)) + B(q̄, twice⁻¹ B(q, q))⟩, B and C from ``forms``."""
    second, third = forms
    shift = np.asarray(np.linalg.solve(still, _form2(second, q, q.conj())), dtype=np.complex128)
    overtone = np.asarray(np.linalg.solve(twice, _form2(second, q, q)), dtype=np.complex128)
    parts = (_form3(third, q, q, q.conj()), 2.0 * _form2(second, q, shift), _form2(second, q.conj(), overtone))
    return complex(sum(np.vdot(p, part) for part in parts))


def _shifted(jacobian: FloatArray, number: complex) -> ComplexArray:
    """Number times the unit matrix, less the Jacobian, shape (d, d)."""
    return np.asarray(number * np.eye(len(jacobian)) - jacobian, dtype=np.complex128)


def _form2(second: FloatArray, u: ComplexArray, v: ComplexArray) -> ComplexArray:
    """B(u, v), shape (d,), of complex vectors."""
    applied: ComplexArray = second @ v @ u
    return applied


def _form3(third: FloatArray, u: ComplexArray, v: ComplexArray, w: ComplexArray) -> ComplexArray:
    """C(u, v, w), shape (d,), of complex vectors."""
    applied: ComplexArray = third @ w @ v @ u
    return applied
