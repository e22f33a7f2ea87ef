"""What a study recorded, written down by hand: a design, columns, and which members gave an answer."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray
from richardson.models import linear
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.discovery_boxes import Cases, Ends, box_of
from richardson.study.discovery_result import Discovery, Reproduction
from richardson.study.discovery_search import Path, peeling_of
from richardson.study.dynamics_result import DynamicsStudy
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False)
class ByHand:
    """Columns as `Ensemble` has them."""

    design: Design
    columns: dict[str, npt.NDArray[Any]]
    is_answer: BoolArray
    model: Model

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        return {**self.design.to_table(), **self.columns}


def recorded(design: Design, is_answer: Any = None, **columns: Any) -> ByHand:
    """Columns of a design's members, all answers unless said otherwise."""
    answers = np.ones(len(design), dtype=np.bool_) if is_answer is None else np.asarray(is_answer)
    return ByHand(design, {name: np.asarray(column) for name, column in columns.items()}, answers, linear())


def discovery_by_hand() -> Discovery:
    """What PRIM and a tree might find, put together without either, of members that lie evenly."""
    samples = np.random.default_rng(1).uniform(size=(600, 3)) * [1.0, 2.0, 0.5]
    interest = (samples[:, 0] < 0.4) & (samples[:, 1] > 0.5) ^ (np.arange(600) % 17 == 0)
    cases = Cases(("defence", "fatigue", "grievance_x"), samples, interest, np.ones(600, dtype=np.bool_))
    cuts = [(inf, -inf, inf), (0.9, -inf, inf), (0.7, 0.2, inf), (0.55, 0.35, inf), (0.42, 0.5, inf), (0.35, 0.55, inf), (0.3, 0.55, 0.45)]
    path = [Ends(np.array([-inf, low, -inf]), np.array([high, inf, top])) for high, low, top in cuts]
    boxes = tuple(box_of(cases, path[place]) for place in (4, 6))
    halves = Reproduction(
        cases.names, np.array([[-inf, 0.5, -inf], [np.nan] * 3]), np.full((2, 3), inf), np.full(2, 0.8), np.full(2, 0.7), 300
    )
    peelings = (peeling_of(cases, Path(path, 4)), peeling_of(cases, Path(path, 6)))
    names = {"names": cases.names, "samples": samples, "is_of_interest": interest}
    told = {"method": "prim", "where": "z > 0", "failed": 0, "rule": "refuse", "density": 0.8, "level": 0.05, "model": linear()}
    return Discovery(boxes=boxes, peelings=peelings, leaves=boxes, reproduction=halves, provenance=record(linear()), **names, **told)  # type: ignore[arg-type]


def policies_by_hand() -> ByHand:
    """What three policies cost in four scenarios."""
    product = Design.grid({"defence": [0.1, 0.2, 0.3]}) * Design.from_table({"grievance_x": [0, 1, 2, 3], "grievance_y": [5, 4, 4, 5]})
    return recorded(product, cost=[1.0, 5.0, 2.0, 9.0, 2.0, 2.0, 4.0, 6.0, 9.0, 1.0, 1.0, 1.0])


def dynamics_by_hand() -> DynamicsStudy:
    """Two members, one of which comes to rest."""
    design = Design.grid({"defence": [0.5, 1.5]})
    codes = np.array([OUTCOMES.index(Outcome.SETTLED), OUTCOMES.index(Outcome.ESCAPED)], dtype=np.int8)
    columns = {"spiral_number": np.array([0.5, 1.5]), "kind": np.array(["stable node", ""]), "equilibrium x": np.array([2.0, np.nan])}
    return DynamicsStudy(design, None, ("spiral_number", "kind"), columns, codes, linear(), record(linear()))
