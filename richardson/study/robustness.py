"""Robustness: how a choice of levers fares over all the uncertainties that it was tried against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.landscape import wilson
from richardson.provenance import record
from richardson.study.design import Design
from richardson.study.discovery_columns import Recorded, check_recorded, condition, has_ended, numbers, several
from richardson.study.robustness_result import Robustness

RULES = ("satisficing", "regret", "mean")
BETTER = {"less": 1.0, "more": -1.0}


def robustness(
    runs: Recorded,
    levers: Sequence[str],
    measure: Any,
    *,
    better: str = "less",
    satisfies: Any = None,
    rule: str = "regret",
    quantile: float = 1.0,
    failed: str | float = "refuse",
    confidence: float = 0.95,
) -> Robustness:
    """How each policy fares over all the uncertainties that a study tried it against.

    Parameters
    ----------
    runs : Ensemble or DynamicsStudy
        Of a design that is a product of policies and scenarios, as ``Design.grid(levers) * Design.sobol(uncertainties, …)`` is: every
        policy meets the same scenarios.
    levers : sequence of str
        Columns of the design that somebody chooses; all others are uncertain.
    measure : str or callable
        What is compared: a text over the columns recorded, or a function of ``runs`` that gives one number a member. In a text, runs
        that escaped or left their domain have neither states at the end nor records: where they stopped says nothing.
    better : str
        Whether "less" or "more" of it is better.
    satisfies : str or callable, optional
        The condition under which a policy is good enough.
    rule : str
        By what policies are ranked: "regret" (the smallest at the quantile), "satisficing" (the largest share), "mean" (the best).
    quantile : float
        Of the regrets over the scenarios, above 0; 1 ranks by the largest (minimax regret).
    failed : str or float
        What becomes of members without a measure, because they gave no answer or it is not finite: "refuse", "drop" (their scenarios,
        for all policies), or a number to take as their measure. Those that gave no answer satisfy nothing, nor do runs
        that were stopped early satisfy a text, unless it names ``outcome``.
    confidence : float
        Of the intervals of shares.

    Returns
    -------
    Robustness

    Raises
    ------
    UnknownNameError, ParseError, InvalidInputError
        If a name or text is unknown, members have no measure and nothing is said about them, or the design is no such product; the
        message says what is missing.

    Notes
    -----
    Regret is Savage's [1]_, satisficing Simon's [2]_; both as measures of robust decisions are compared by Lempert and others [3]_. A
    regret is measured against the best of the policies that were tried, so it changes with them.

    References
    ----------
    .. [1] L. J. Savage (1951), The theory of statistical decision, Journal of the American Statistical Association 46, 55–67 (quoted
       from memory).
    .. [2] H. A. Simon (1956), Rational choice and the structure of the environment, Psychological Review 63, 129–138 (quoted from
       memory).
    .. [3] R. J. Lempert, D. G. Groves, S. W. Popper, S. C. Bankes (2006), A general, analytic method for generating robust strategies
       and narrative scenarios, Management Science 52, 514–528 (quoted from memory).

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.grid({"grievance": [0.2, 0.5]}) * rn.Design.sobol({"defence": (0.2, 0.8)}, size=64, rng=1)
    >>> runs = rn.run_ensemble(rn.models.linear(), design, {"x": 0, "y": 0}, 40.0)
    >>> found = rn.robustness(runs, ["grievance"], "x", satisfies="x < 2")
    >>> found.to_table()["satisficing"].round(2).tolist()
    [1.0, 0.92]
    """
    check_recorded(runs, "Robustness")
    check_options(better=better, rule=rule, satisfies=satisfies, quantile=quantile, failed=failed, confidence=confidence)
    chosen = several(levers, "levers")
    table = product_of(runs.design, chosen)
    measured, is_answer = numbers(runs, measure), np.asarray(runs.is_answer)
    lost = ~is_answer | ~np.isfinite(measured)
    is_kept = _kept(lost[table.members], failed, f"{_told(measure)}; {np.count_nonzero(~is_answer)} of them failed")
    if not isinstance(failed, str):
        measured = np.where(lost, float(failed), measured)
    values = measured[table.members][:, is_kept]
    good = None if satisfies is None else _satisfied(runs, satisfies)[table.members][:, is_kept]
    told: dict[str, Any] = {"measure": _told(measure), "satisfies": _told(satisfies or ""), "better": better, "rule": rule}
    provenance = record(runs.model, verb="robustness", levers=chosen, **told, quantile=quantile, failed=failed, confidence=confidence)
    regret = BETTER[better] * values
    regret = regret - regret.min(axis=0)
    columns: dict[str, Any] = _columns(values, regret, good, BETTER[better], (quantile, confidence))
    merit = {"regret": columns["regret_at_quantile"], "satisficing": -columns["satisficing"], "mean": BETTER[better] * columns["mean"]}
    order = np.lexsort((BETTER[better] * columns["mean"], merit[rule]))
    return Robustness(
        levers=chosen,
        uncertainties=tuple(name for name in runs.design.names if name not in chosen),
        policies=table.policies[order],
        values=values[order],
        regret=regret[order],
        quantile=float(quantile),
        confidence=float(confidence),
        failed=int(np.count_nonzero(lost)),
        dropped=int(np.count_nonzero(~is_kept)),
        model=runs.model,
        provenance=provenance,
        **told,
        **{name: column[order] for name, column in columns.items()},
    )


def _satisfied(runs: Recorded, satisfies: Any) -> BoolArray:
    """Which members are good enough, shape (m,): where a run was stopped, states tell nothing of the model."""
    good = condition(runs, satisfies) & np.asarray(runs.is_answer)
    is_of_states = isinstance(satisfies, str) and not re.search(r"\boutcome\b", satisfies)
    return good & has_ended(runs) if is_of_states else good


@dataclass(frozen=True, eq=False)
class Product:
    """A design as policies against scenarios.

    Attributes
    ----------
    policies : FloatArray
        Shape (q, levers), each once.
    members : IntArray
        Shape (q, s): the member that tries each in each scenario.
    """

    policies: FloatArray
    members: IntArray


def product_of(design: Design, levers: tuple[str, ...]) -> Product:
    """The members of a design by policy and scenario.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If it has no such levers, or not every policy meets every scenario exactly once.
    """
    for name in levers:
        if name not in design.names:
            raise UnknownNameError(f"The design has no lever {name!r}. {nearest(str(name), design.names)}")
    rest = [place for place, name in enumerate(design.names) if name not in levers]
    if not levers or not rest:
        raise InvalidInputError(
            f"A policy is tried against what is uncertain: of the design's columns ({', '.join(design.names)}) some are levers and the "
            f"others uncertain; got levers {levers!r}. Name at least one, and not all."
        )
    columns = [design.names.index(name) for name in levers]
    policies, policy = np.unique(design.samples[:, columns], axis=0, return_inverse=True)
    scenarios, scenario = np.unique(design.samples[:, rest], axis=0, return_inverse=True)
    if len(policies) < 2:
        raise InvalidInputError(
            f"Only one policy was tried, since the levers ({', '.join(levers)}) have one value each, so that there is nothing to compare. "
            "Give one of them two values or more."
        )
    tried = np.bincount(policy.ravel() * len(scenarios) + scenario.ravel(), minlength=len(policies) * len(scenarios))
    counts = tried.reshape(len(policies), len(scenarios))
    if (counts != 1).any():
        raise InvalidInputError(_not_a_product(levers, policies, counts))
    members = np.empty(counts.shape, dtype=np.int64)
    members[policy.ravel(), scenario.ravel()] = np.arange(len(design))
    return Product(policies, members)


def _not_a_product(levers: tuple[str, ...], policies: FloatArray, counts: npt.NDArray[Any]) -> str:
    place = int(np.argmax((counts != 1).any(axis=1)))
    named = ", ".join(f"{name} = {value:g}" for name, value in zip(levers, policies[place], strict=True))
    missing, twice = np.count_nonzero(counts[place] == 0), np.count_nonzero(counts[place] > 1)
    amiss = f"lacks {missing} of the {counts.shape[1]} scenarios" if missing else f"meets {twice} scenarios more than once"
    return (
        f"Every policy must meet the same scenarios, each once; the policy {named} {amiss}. "
        "Make the design a product: Design.grid({levers: values}) * Design.sobol({uncertainties: ranges}, size=…)."
    )


def _kept(lost: BoolArray, failed: Any, told: str) -> BoolArray:
    """Which scenarios are used, shape (s,), where members (q, s) have no measure."""
    count = int(np.count_nonzero(lost))
    if count and failed == "refuse":
        raise InvalidInputError(
            f"{count} of the {lost.size} members have no number to compare ({told}; a run that stopped early has none at its end). Say "
            "what becomes of them: failed='drop' leaves their scenarios out, and a number is taken as their measure."
        )
    kept = np.asarray(~lost.any(axis=0)) if failed == "drop" else np.ones(lost.shape[1], dtype=np.bool_)
    if not kept.any():
        raise InvalidInputError("In every scenario some policy has no number, so that nothing is left to compare. Give failed= a number.")
    return kept


def _columns(
    values: FloatArray, regret: FloatArray, good: BoolArray | None, sign: float, asked: tuple[float, float]
) -> dict[str, FloatArray]:
    """What is known of each policy over the scenarios, shape (q,) or (q, 2) each."""
    quantile, confidence = asked
    count, size = values.shape
    hits = None if good is None else good.sum(axis=1)
    nothing = np.full((count, 2), np.nan)
    return {
        "satisficing": np.full(count, np.nan) if hits is None else hits / size,
        "satisficing_interval": nothing if hits is None else np.array([wilson.interval(int(hit), size, confidence) for hit in hits]),
        "regret_at_quantile": np.quantile(regret, quantile, axis=1),
        "maximum_regret": regret.max(axis=1),
        "mean": values.mean(axis=1),
        "standard_deviation": values.std(axis=1),
        "worst": sign * (sign * values).max(axis=1),
    }


def check_options(*, better: Any, rule: Any, satisfies: Any, quantile: Any, failed: Any, confidence: Any) -> None:
    """Refuse options of `robustness` that no study could serve.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If one is out of its range, or misses another.
    """
    if not isinstance(better, str) or better not in BETTER:
        raise InvalidInputError(f"better= says whether 'less' or 'more' of the measure is better; got {better!r}.")
    if rule not in RULES:
        raise UnknownNameError(f"There is no rule {rule!r} of robustness. {nearest(str(rule), RULES)}")
    if rule == "satisficing" and satisfies is None:
        raise InvalidInputError("Satisficing needs to know what is good enough. Say it, for example satisfies='x < 4'.")
    if isinstance(quantile, bool) or not isinstance(quantile, int | float) or not 0.0 < quantile <= 1.0:
        raise InvalidInputError(f"The quantile of the regrets lies above 0 and is 1 at most; got {quantile!r}. Ask for 1 or 0.9.")
    is_number = isinstance(failed, int | float | np.number) and not isinstance(failed, bool) and np.isfinite(failed)
    if not is_number and not (isinstance(failed, str) and failed in ("refuse", "drop")):
        raise InvalidInputError(f"What becomes of failed members is 'refuse', 'drop', or a number as their measure; got {failed!r}.")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0.0 < confidence < 1.0:
        raise InvalidInputError(f"The confidence of an interval lies between 0 and 1; got {confidence!r}. Ask for example for 0.95.")


def _told(asked: Any) -> str:
    return asked if isinstance(asked, str) else "a function"
