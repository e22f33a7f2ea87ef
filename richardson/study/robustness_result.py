"""What a comparison of policies over the same scenarios finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray
from richardson.provenance import Provenance
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class Robustness:
    """How each policy, a combination of levers, fares over the same scenarios, combinations of everything uncertain.

    Attributes
    ----------
    levers, uncertainties : tuple of str
        Columns of the design.
    policies : FloatArray
        Shape (q, levers), in the order of the ranking, best first.
    measure, satisfies : str
        What is compared, and what satisfies: texts, or "a function"; ``satisfies`` is empty if nothing was asked for.
    better, rule : str
        "less" or "more"; by which of the columns policies are ranked.
    values : FloatArray
        Shape (q, s): the measure of each policy in each scenario.
    regret : FloatArray
        Shape (q, s): how much worse that is than the best policy in the same scenario; zero for the best.
    quantile : float
        Of ``regret_at_quantile``; 1 is the largest regret.
    satisficing : FloatArray
        Shape (q,): share of the scenarios in which a policy satisfies; NaN if nothing was asked for.
    satisficing_interval : FloatArray
        Shape (q, 2): Wilson's interval of that share, as of scenarios drawn independently.
    regret_at_quantile, maximum_regret, mean, standard_deviation, worst : FloatArray
        Shape (q,): of each policy over the scenarios, in the measure's unit.
    confidence : float
        Of the intervals.
    failed : int
        Members that gave no answer, or no finite measure.
    dropped : int
        Scenarios that were left out for them.
    model : Model
    provenance : Provenance
    """

    levers: tuple[str, ...]
    uncertainties: tuple[str, ...]
    policies: FloatArray
    measure: str
    satisfies: str
    better: str
    rule: str
    values: FloatArray
    regret: FloatArray
    quantile: float
    satisficing: FloatArray
    satisficing_interval: FloatArray
    regret_at_quantile: FloatArray
    maximum_regret: FloatArray
    mean: FloatArray
    standard_deviation: FloatArray
    worst: FloatArray
    confidence: float
    failed: int
    dropped: int
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of policies q."""
        return int(self.policies.shape[0])

    @property
    def best(self) -> dict[str, float]:
        """The policy that ranks first, by lever."""
        return dict(zip(self.levers, self.policies[0].tolist(), strict=True))

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        """Columns, one row a policy, best first."""
        columns: dict[str, npt.NDArray[Any]] = dict(zip(self.levers, self.policies.T.copy(), strict=True))
        low, high = self.satisficing_interval.T
        columns |= {"satisficing": self.satisficing, "satisficing_low": low.copy(), "satisficing_high": high.copy()}
        names = ("maximum_regret", "regret_at_quantile", "mean", "standard_deviation", "worst")
        return columns | {name: getattr(self, name) for name in names}

    def to_xarray(self) -> Any:
        """Dataset over ``policy`` and ``scenario``: levers, measure, regret, and the columns of `to_table`.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        cells: dict[str, Any] = {name: ("policy", column) for name, column in self.to_table().items()}
        cells |= {"values": (("policy", "scenario"), self.values), "regret": (("policy", "scenario"), self.regret)}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "measure": self.measure, "satisfies": self.satisfies}
        return xarray.Dataset(cells, attrs=attributes | {"better": self.better, "rule": self.rule, "quantile": self.quantile})

    def __repr__(self) -> str:
        """How many policies and scenarios, and the best policy."""
        best = ", ".join(f"{name} = {value:g}" for name, value in self.best.items())
        share = f", satisfies in {self.satisficing[0]:.1%}" if self.satisfies else ""
        told = f"largest regret {self.maximum_regret[0]:.4g}, mean {self.mean[0]:.4g}{share}"
        return f"<{len(self)} policies in {self.values.shape[1]} scenarios; by {self.rule} the best is {best}: {told}>"
