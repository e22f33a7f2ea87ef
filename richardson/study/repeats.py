"""The same design drawn several times, each from a random stream of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from math import prod
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.provenance import record
from richardson.sampling import ENGINES, sample
from richardson.study.columns import combined
from richardson.study.design import Design
from richardson.study.parts import read_part

DRAWN = {f"Design.{method}": method for method in ENGINES}  # by the verb that provenance recorded
KEPT = {"Design.grid", "Design.from_table"}  # nothing is random in them


def repeated(design: Design, repeats: Any) -> Design:
    """The members of a design, then those of the same design drawn from other random streams.

    Each repeat of a Sobol' or Halton sequence is an independent scrambling, so that the spread of an average over the repeats tells
    its error. In a product of designs what is drawn is drawn again, and a grid or a table stays as it is.

    Parameters
    ----------
    design : Design
    repeats : int
        How many times, the design itself included; stream r of factor j is ``SeedSequence(design.entropy, spawn_key=(r, j))``.

    Raises
    ------
    InvalidInputError
        If ``repeats`` is no whole number above 0, nothing in the design is random, so that every repeat would be the same, or a part
        of it cannot be drawn again: blocks of a sensitivity analysis, or what was drawn nobody knows how.
    """
    if isinstance(repeats, bool) or not isinstance(repeats, int | np.integer) or repeats < 1:
        raise InvalidInputError(f"repeats= must be a whole number, 1 or more; got {repeats!r}.")
    if repeats == 1 or not isinstance(design, Design):  # what is no design is refused where it meets the model
        return design
    settings = dict(design.provenance.settings)
    others = {verb for verb in _verbs(settings) if verb not in DRAWN and verb not in KEPT}
    if others:
        why = "holds blocks of a sensitivity analysis" if "Design.for_sensitivity" in others else "does not say how it was drawn"
        raise InvalidInputError(
            f"{repeats} repeats were asked for, but the design by {design.method} {why}, and is not drawn again. Leave out repeats=, and "
            "run designs of other seeds one by one."
        )
    if not any(verb in DRAWN for verb in _verbs(settings)):
        raise InvalidInputError(
            f"{repeats} repeats were asked for, but nothing in a design by {design.method} is random, nor in the model: all would be the "
            "same. Leave out repeats=, or draw the design, for example with Design.latin_hypercube."
        )
    if design.entropy is None:
        raise InvalidInputError(
            f"{repeats} repeats were asked for, but it is not known what the design was drawn from. Draw it with a whole number as rng."
        )
    parts = [design.samples, *(_redrawn(design.samples, settings, _streams(design, repeat)) for repeat in range(1, repeats))]
    return Design(
        names=design.names,
        samples=np.concatenate(parts),
        entropy=design.entropy,
        method=f"{repeats} repeats of {design.method}",
        ranges=design.ranges,
        provenance=record(None, entropy=design.entropy, verb="repeats", repeats=int(repeats), design=design.provenance.settings),
    )


def _verbs(settings: Mapping[str, Any]) -> Iterator[str]:
    """What made the factors of a design."""
    if settings.get("verb") == "product":
        yield from _verbs(dict(settings["first"]))
        yield from _verbs(dict(settings["second"]))
    else:
        yield settings.get("verb", "")


def _streams(design: Design, repeat: int) -> Iterator[np.random.Generator]:
    """A generator for each factor of one repeat."""
    for factor in count():
        yield np.random.default_rng(np.random.SeedSequence(design.entropy, spawn_key=(repeat, factor)))


def _redrawn(samples: FloatArray, settings: Mapping[str, Any], streams: Iterator[np.random.Generator]) -> FloatArray:
    """Samples (m, p) of a design with all that is random in it drawn again."""
    verb = settings["verb"]
    if verb == "product":
        first, second = dict(settings["first"]), dict(settings["second"])
        (_, width), (inner, _) = _shape(first), _shape(second)
        return combined([_redrawn(samples[::inner, :width], first, streams), _redrawn(samples[:inner, width:], second, streams)])
    stream = next(streams)
    if verb not in DRAWN:
        return samples
    spans, size = {name: (low, high) for name, low, high in settings["ranges"]}, settings["size"]
    return sample(DRAWN[verb], spans, size, stream, read_part(settings["part"], size) if "part" in settings else None)


def _shape(settings: Mapping[str, Any]) -> tuple[int, int]:
    """Members and names of the design that was made with these settings."""
    if settings["verb"] == "product":
        (first, left), (second, right) = _shape(dict(settings["first"])), _shape(dict(settings["second"]))
        return first * second, left + right
    if settings["verb"] == "Design.grid":
        size, width = prod(number for _, (_, _, number) in settings["axes"]), len(settings["axes"])
    else:
        size, width = settings["size"], len(settings["names"] if settings["verb"] == "Design.from_table" else settings["ranges"])
    return len(read_part(settings.get("part"), size)), width
