"""A sensitivity analysis as a Dataset that says what it holds without this library: indices, their design, where both come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from richardson import extras
from richardson.study.dataset import described, made

if TYPE_CHECKING:
    from richardson.study.sensitivity_result import Sensitivity

MEANINGS = {
    "first": "share of the variance that an input explains alone",
    "total": "share of the variance that an input explains with all its interactions",
    "second": "share of the variance that two inputs explain together beyond what each does alone",
    "mean_effect": "mean effect of a step over the whole range of an input",
    "mean_absolute_effect": "mean size of these effects",
    "spread_of_effects": "standard deviation of these effects",
    "median": "median distance between the outcome's distribution in tenths of an input and over all",
    "mean": "mean of these distances",
    "maximum": "largest of these distances",
    "delta": "half the mean distance between densities of the outcome where an input is held, and over all",
}
ENDS = ("lower", "upper")


def dataset_of(found: Sensitivity) -> Any:
    """The Dataset; see `Sensitivity.to_xarray`.

    Raises
    ------
    MissingExtraError
        If xarray, of the extra ``data``, is not installed.
    """
    xarray = extras.require("xarray", "data")
    cells: dict[str, Any] = {}
    for index in found.indices:
        axes = ("size", "outcome", "input", "other")[: 2 + found[index].ndim - 1]
        cells |= _with_ends(index, MEANINGS[index], axes, *found.course(index))
    for place, index in enumerate(found.indices if found.idle is not None else ()):
        values, ends = found.estimates[:, place, :, -1], found.bounds[:, :, place, :, -1]
        cells |= _with_ends(f"{index}_idle", f"{MEANINGS[index]}: of an input that does nothing", ("size", "outcome"), values, ends)
    design = found.design
    low, high = np.array([span[1:] for span in design.ranges]).T
    cells["low"] = ("input", low, {"long_name": "lower end of the range"})
    cells["high"] = ("input", high, {"long_name": "upper end of the range"})
    cells["design"] = (("member", "input"), design.samples, {"long_name": "value of an input in a member"})
    coordinates = {"size": ("size", found.sizes, {"long_name": "blocks of members"}), "outcome": list(found.outcomes)}
    coordinates |= {"input": list(found.names)} | ({"other": list(found.names)} if "second" in found.indices else {})
    return xarray.Dataset(cells, coords=coordinates, attrs=_about(found))


def _with_ends(name: str, meaning: str, axes: tuple[str, ...], values: Any, bounds: Any) -> dict[str, Any]:
    """An index over sizes (s, …) and the ends (s, 2, …) of its intervals."""
    cells = {name: (axes, values, {"long_name": meaning})}
    named = ((f"{name}_{end}", f"{end} end of the interval of {name}", bounds[:, side]) for side, end in enumerate(ENDS))
    return cells | {end: (axes, array, {"long_name": told}) for end, told, array in named}


def _about(found: Sensitivity) -> dict[str, Any]:
    """Attributes: method, what became of members, how the design was made, and where the result comes from."""
    design, blocks = found.design, found.design.blocks
    return {
        **({} if found.model is None else described(found.model)),
        "title": f"Sensitivity of {', '.join(found.outcomes)}, by {found.method}",
        "method": found.method,
        "confidence": found.confidence,
        "failed": found.failed,
        "failures": json.dumps(found.failures),
        "dropped_blocks": found.dropped,
        "members": len(design),
        "members_of_a_block": 0 if blocks is None else blocks.length,
        "design_sha256": "" if blocks is None else blocks.sha256,
        "design_settings": json.dumps(design.provenance.to_dict()["settings"]),
        "design_entropy": json.dumps(design.entropy),
        **made(found.provenance),
    }
