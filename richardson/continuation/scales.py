"""How far states have to move before something happens to a model."""

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field

MOST = 0.9  # of a branch: what is left may run away
ROUNDING = 16 * np.finfo(np.float64).eps  # of what a second derivative is made of: it may be nothing else
FLAT = 1e-6  # of a slope: what changes it by less over a state's own size may be rounding


def natural_scales(joint: Field, own: Field, place: FloatArray, width: float) -> FloatArray:
    """A length for each state, shape (d,), in its unit: its size, or the length over which slopes change where that is longer.

    Parameters
    ----------
    joint : Field
        Of the states and a parameter, the last.
    own : Field
        Of the states alone, at the parameter's value.
    place : FloatArray
        Shape (d + 1,): state and parameter value.
    width : float
        Of the parameter's span.

    Notes
    -----
    A step of a hundredth of such a length changes no slope of a rate by much more than a hundredth. The length over which slopes
    change along state j is the smallest sᵢₖ ÷ |∂²fᵢ/∂xₖ∂xⱼ| over rates i and states k, sᵢₖ = |∂fᵢ/∂xₖ| + |∂²fᵢ/∂xₖ∂p| × width. For a state
    at zero along which no slope changes at first order it is the smallest √(sᵢₖ ÷ |∂³fᵢ/∂xₖ∂xⱼ²|); then what the parameter moves the
    state by over its span; then one unit.
    """
    size = len(place) - 1
    jacobian = joint.jacobian(0.0, place)[:-1]
    bent = np.abs(joint.second_derivatives(place)[:-1, :-1])
    slopes = np.abs(jacobian[:, :-1]) + bent[:, :, -1] * width
    sizes, curved = np.abs(place[:-1]), bent[:, :, :-1]
    if ((curved * sizes > 0.0) & (curved * sizes < FLAT * slopes[:, :, None])).any():
        made_of = np.abs(own.third_derivatives(place[:-1])) @ sizes
        curved = np.where(curved > ROUNDING * made_of, curved, 0.0)
    lengths = np.maximum(sizes, _shortest(slopes, curved))
    missing = lengths == 0.0
    if missing.any():
        twists = np.abs(own.third_derivatives(place[:-1])[:, :, range(size), range(size)])
        lengths[missing] = np.sqrt(_shortest(slopes, twists))[missing]
    missing = lengths == 0.0
    if missing.any():
        moves = np.abs(np.linalg.lstsq(jacobian[:, :-1], jacobian[:, -1], rcond=None)[0]) * width
        lengths[missing] = np.where(moves > 0.0, moves, 1.0)[missing]
    return lengths


def usual_sizes(states: FloatArray, values: FloatArray) -> FloatArray:
    """Size of each state, shape (d,), that nine tenths of a branch do not exceed, measured along the parameter.

    Parameters
    ----------
    states : FloatArray
        Shape (n, d), along the branch.
    values : FloatArray
        Shape (n,): of the parameter; they may go back.
    """
    lengths = np.abs(np.diff(values))
    if not lengths.any():
        return np.zeros(states.shape[1])
    sizes = np.abs(states[1:] + states[:-1]) / 2
    order = np.argsort(sizes, axis=0)
    passed = np.cumsum(lengths[order], axis=0) / lengths.sum()
    usual = order[np.argmax(passed >= MOST, axis=0), range(states.shape[1])]
    return np.asarray(sizes[usual, range(states.shape[1])])


def _shortest(slopes: FloatArray, changes: FloatArray) -> FloatArray:
    """Smallest positive ratio of slopes (d, d) to their changes (d, d, d) along both first axes, shape (d,); 0 where there is none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = slopes[:, :, None] / changes
    shortest = np.where((ratios > 0.0) & np.isfinite(ratios), ratios, np.inf).min(axis=(0, 1))
    return np.where(np.isfinite(shortest), shortest, 0.0)
