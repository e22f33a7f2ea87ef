"""Games of two nations that choose between two levels of arms, and whether such a game is a prisoner's dilemma."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from richardson.arrays import FloatArray

ROUNDING = 64 * float(np.finfo(np.float64).eps)  # of the largest payoff: a payoff is a dozen operations
ORDERS = {
    "TRPS": "prisoner's dilemma",
    "TRSP": "chicken",
    "RTPS": "stag hunt",
    "TPRS": "deadlock",
}


@dataclass(frozen=True, eq=False, repr=False)
class TwoByTwo:
    """Two nations, two levels of arms each, and what each nation gets: minus its cost.

    Attributes
    ----------
    nations : pair of str
    cooperate, defect : FloatArray
        Shape (2,): each nation's two levels of arms.
    temptation, reward, punishment, sucker : FloatArray
        Shape (2,): what each gets by defecting alone, when both cooperate, when both defect, by cooperating alone.
    failures : tuple of str
        Each inequality of the prisoner's dilemma that does not hold, for whom, and with which numbers; empty in a prisoner's dilemma.
    """

    nations: tuple[str, str]
    cooperate: FloatArray
    defect: FloatArray
    temptation: FloatArray
    reward: FloatArray
    punishment: FloatArray
    sucker: FloatArray
    failures: tuple[str, ...]

    @property
    def is_prisoners_dilemma(self) -> bool:
        """Whether temptation > reward > punishment > sucker and 2 reward > temptation + sucker, for both."""
        return not self.failures

    @property
    def verdict(self) -> str:
        """Whether it is a prisoner's dilemma, and if not, which inequality fails."""
        return "prisoner's dilemma" if self.is_prisoners_dilemma else f"not a prisoner's dilemma: {'; '.join(self.failures)}"

    @property
    def orders(self) -> tuple[str, str]:
        """For each nation the name of the order of its payoffs, such as "chicken", or "none of the named games"."""
        first, second = (_order(payoffs) for payoffs in self._rows())
        return first, second

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a nation."""
        names = ("cooperate", "defect", "temptation", "reward", "punishment", "sucker")
        return {"nation": list(self.nations), **{name: getattr(self, name).tolist() for name in names}, "order": list(self.orders)}

    def _rows(self) -> list[dict[str, float]]:
        """Payoffs of each nation by letter."""
        four = zip(self.temptation.tolist(), self.reward.tolist(), self.punishment.tolist(), self.sucker.tolist(), strict=True)
        return [dict(zip("TRPS", payoffs, strict=True)) for payoffs in four]

    def __repr__(self) -> str:
        """The levels and the verdict."""
        levels = ", ".join(
            f"{name} {low:.6g} or {high:.6g}" for name, low, high in zip(self.nations, self.cooperate, self.defect, strict=True)
        )
        return f"<{levels}: {self.verdict}>"


def two_by_two(nations: tuple[str, str], cooperate: FloatArray, defect: FloatArray, costs: Callable[[FloatArray], FloatArray]) -> TwoByTwo:
    """The game in which each of two nations chooses between two levels of arms.

    Parameters
    ----------
    nations : pair of str
    cooperate, defect : FloatArray
        Shape (2,): each nation's two levels.
    costs : callable
        What each pays, shape (2,), at arms of shape (2,).
    """
    alone = np.array([[defect[0], cooperate[1]], [cooperate[0], defect[1]]])  # row i: only i defects
    sides = [-costs(arms) for arms in alone]
    temptation, sucker = np.array([sides[0][0], sides[1][1]]), np.array([sides[1][0], sides[0][1]])
    payoffs = {"temptation": temptation, "reward": -costs(cooperate), "punishment": -costs(defect), "sucker": sucker}
    failures = tuple(text for text in _compared(nations, payoffs) if text)
    return TwoByTwo(nations=nations, cooperate=cooperate, defect=defect, **payoffs, failures=failures)


def _compared(nations: tuple[str, str], payoffs: dict[str, FloatArray]) -> list[str]:
    """For each inequality of the prisoner's dilemma whom it fails for, beyond rounding; empty where for none."""
    T, R, P, S = (payoffs[name] for name in ("temptation", "reward", "punishment", "sucker"))
    room = ROUNDING * np.max(np.abs([T, R, P, S]), axis=0)
    sides = {
        "temptation > reward": (T, R),
        "reward > punishment": (R, P),
        "punishment > sucker": (P, S),
        "2 reward > temptation + sucker": (2 * R, T + S),
    }
    texts = []
    for name, (left, right) in sides.items():
        whom = [f"{nations[i]} ({left[i]:.6g} against {right[i]:.6g})" for i in np.flatnonzero(~(left > right + room))]
        texts.append(f"{name} fails for {' and '.join(whom)}" if whom else "")
    return texts


def _order(payoffs: dict[str, float]) -> str:
    """Name of the game by the order of the payoffs; ties have none."""
    room = ROUNDING * max(map(abs, payoffs.values()))
    letters = sorted(payoffs, key=lambda letter: -payoffs[letter])
    is_strict = all(payoffs[one] > payoffs[other] + room for one, other in pairwise(letters))
    return ORDERS.get("".join(letters), "none of the named games") if is_strict else "none of the named games"
