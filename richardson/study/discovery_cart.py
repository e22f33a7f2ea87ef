"""Classification trees, as scikit-learn grows them, read as boxes."""

from __future__ import annotations

from math import ceil, inf
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.study.discovery_boxes import Cases, Ends

Tree = Any


def leaves_of(cases: Cases, *, leaves: int, least_mass: float, density: float) -> list[Ends]:
    """Boxes of the leaves of a tree that splits the members into cases of interest and others.

    Parameters
    ----------
    cases : Cases
    leaves : int
        At most.
    least_mass : float
        Share of all members that a leaf holds at least.
    density : float
        Leaves with a larger share of cases of interest count as alike: splits that part only such leaves are undone.

    Raises
    ------
    MissingExtraError
        If scikit-learn, of the extra ``discovery``, is not installed.

    References
    ----------
    .. [1] L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone (1984), Classification and Regression Trees, Wadsworth (quoted from
       memory).
    """
    tree = extras.require("sklearn.tree", "discovery")
    low, high = cases.samples.min(axis=0), cases.samples.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    unit = (cases.samples - low) / width  # scikit-learn compares in single precision, which a large offset would use up
    least = max(ceil(least_mass * len(unit)), 1)
    grown = tree.DecisionTreeClassifier(max_leaf_nodes=leaves, min_samples_leaf=least, random_state=0)  # which of equal splits is taken
    grown.fit(unit, cases.is_of_interest)
    count = unit.shape[1]
    whole = Ends(np.full(count, -inf), np.full(count, inf))
    return [Ends(_back(ends.lower, low, width), _back(ends.upper, low, width)) for ends in _walk(grown.tree_, 0, whole, density)]


def _back(ends: FloatArray, low: FloatArray, width: FloatArray) -> FloatArray:
    return np.asarray(np.where(np.isfinite(ends), low + ends * width, ends))


def _walk(tree: Tree, node: int, ends: Ends, density: float) -> list[Ends]:
    """Boxes of all leaves below a node."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left == right or _is_dense(tree, node, density):  # both −1: a leaf
        return [ends]
    place, threshold = int(tree.feature[node]), float(tree.threshold[node])
    below, above = Ends(ends.lower, ends.upper.copy()), Ends(ends.lower.copy(), ends.upper)
    below.upper[place] = threshold
    above.lower[place] = threshold
    return _walk(tree, left, below, density) + _walk(tree, right, above, density)


def _is_dense(tree: Tree, node: int, density: float) -> bool:
    """Whether all leaves below a node are as dense as asked."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left != right:
        return _is_dense(tree, left, density) and _is_dense(tree, right, density)
    others, interest = tree.value[node][0]
    return bool(interest >= density * (others + interest))
