"""The work every peer is given: members of the security dilemma over a hundred years, as one formula and as bare numbers.

With H = f²/(h² + f²) for f ≥ 0, the reaction k f (1 + φ H) is k (1 + φ) f − k φ h² f/(h² + f²): the rates below are the
model's own at its default values, in the form that was fastest for the peers, with the numbers written in. Only the gain
e^balance varies between members, and every peer is handed it ready-made. All of this favours the peers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from richardson.compiled.field import Field
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

FloatArray = NDArray[np.float64]
# (starts (m, d), balances (m,), tolerance, times (t,)) -> states (m, t, d), every run beginning at time 0
Run = Callable[[FloatArray, FloatArray, float, FloatArray], FloatArray]

END = 100.0  # years
BALANCES = (-1.0, 1.0)  # across both folds: members reach one outcome, the other, or pass slowly between
STARTS = (0.0, 5.0)  # arms, on both sides of the threshold at 3.15
ABSOLUTE = 1e-2  # absolute over relative tolerance, for every peer that takes both


def instant(state: Any, gain: Any) -> tuple[Any, ...]:
    """Rates of two states, x and y: fear equals threat."""
    x, y = state[0], state[1]
    u, v = gain * y, gain * x
    return (
        1.8 * u - 21.6 * u / (16.0 + u**2) - x - 0.04 * x**2 + 0.5,
        1.8 * v - 21.6 * v / (16.0 + v**2) - y - 0.04 * y**2 + 0.5,
    )


def delayed(state: Any, gain: Any) -> tuple[Any, ...]:
    """Rates of four states, x, y and the fear of each: fear follows threat within half a year."""
    x, y, u, v = state[0], state[1], state[2], state[3]
    return (
        1.8 * u - 21.6 * u / (16.0 + u**2) - x - 0.04 * x**2 + 0.5,
        1.8 * v - 21.6 * v / (16.0 + v**2) - y - 0.04 * y**2 + 0.5,
        2.0 * (gain * y - u),
        2.0 * (gain * x - v),
    )


@dataclass(frozen=True)
class Problem:
    """One model: its name, its kind of fear, its rates (state, gain) -> rates, and its number of states."""

    name: str
    fear: str
    rates: Callable[[Any, Any], tuple[Any, ...]]
    dimension: int

    def model(self, balance: float = 0.0) -> Model:
        """The library's model of which this is the bare formula."""
        return security_dilemma(fear=self.fear, balance=balance)

    def draw(self, member_count: int, rng: int) -> tuple[FloatArray, FloatArray]:
        """Starts, shape (m, d), arms drawn and fear at 0; and balances, shape (m,)."""
        generator = np.random.default_rng(rng)
        balances = generator.uniform(*BALANCES, member_count)
        starts = np.zeros((member_count, self.dimension))
        starts[:, :2] = generator.uniform(*STARTS, (member_count, 2))
        return starts, balances

    def check(self) -> None:
        """Stop unless the formula gives the rates of the library's model."""
        starts, balances = self.draw(20, rng=1)
        starts[:, 2:] = starts[::-1, :2][:, : self.dimension - 2]
        for start, balance in zip(starts, balances, strict=True):
            ours, bare = Field.of(self.model(balance)).rates(0.0, start), self.rates(start, np.exp(balance))
            if not np.allclose(ours, bare, rtol=1e-13, atol=1e-13):
                raise SystemExit(f"The peers' formula of the {self.name} model gives {bare}, the library {ours}. Correct the formula.")


PROBLEMS = (Problem("two-state", "instant", instant, 2), Problem("four-state", "state", delayed, 4))
FINAL, SAVED = np.array([END]), np.linspace(0.0, END, 101)


def from_zero(times: FloatArray) -> FloatArray:
    """The times with 0 before them where it is missing, for peers that take the first time as the start."""
    return times if times[0] == 0.0 else np.concatenate(([0.0], times))
