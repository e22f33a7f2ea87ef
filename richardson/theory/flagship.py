"""The model of fear and the offence–defence balance, read as arrays, for what is asked of it alone.

The equations are those of `richardson.models.security_dilemma`, this project's own proposal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import NamedTuple, Self

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, NotStableError
from richardson.models.security_dilemma import security_dilemma
from richardson.stability.equilibria import Equilibrium
from richardson.stability.rest import refuse_time
from richardson.symbolic.model import Model

FACTORS: tuple[str, ...] = ("fear", "grievance", "ambition")
COEFFICIENTS = {"fear": "defence", "grievance": "grievance", "ambition": "ambition"}  # set to 0 a factor is off
CONCEPTS = (
    "balance",
    "terrain",
    "distinguishability",
    "defensive_share",
    "exposure",
    "reassurance",
    "defence",
    "alarm",
    "threshold",
    "steepness",
    "fatigue",
    "strain",
    "grievance",
    "ambition",
    "target",
)
UNDECIDED = "not decidable"  # what is answered where nothing is known for certain
SINGULAR = 1e12  # condition: above it a linear race has a line of equilibria, or none


class Terms(NamedTuple):
    """Parts of the growth of arms, each of shape (n, N) [arms/yr]: ẋ = fear + grievance + ambition − fatigue · x."""

    fear: FloatArray
    grievance: FloatArray
    ambition: FloatArray
    wear: FloatArray  # a (1 + q x), 1/yr


@dataclass(frozen=True, eq=False)
class Flagship:
    """A model of the family at its values.

    Attributes
    ----------
    model : Model
        As given.
    instant : Model
        The same with instant fear: it has the same equilibria.
    nations : tuple of str
    offence : FloatArray
        Shape (N, N): Oᵢⱼ = wᵢⱼ e^(β − γᵢⱼ), what an offensive weapon of j is worth against i; zero on the diagonal.
    seen : FloatArray
        Shape (N,): 1 − δ sⱼ, the share of j's arms that others take for offensive.
    numbers : dict of str to FloatArray
        Each of shape (N,), by concept: defence, alarm, threshold, fatigue, strain, grievance, ambition, target, reassurance.
    """

    model: Model
    instant: Model
    nations: tuple[str, ...]
    offence: FloatArray
    seen: FloatArray
    numbers: dict[str, FloatArray]

    @classmethod
    def of(cls, model: Model, what: str) -> Self:
        """Read a model.

        Raises
        ------
        NotAutonomousError, InvalidInputError
            If its rates contain time, or it is another model; the message says what is missing.
        """
        _check_model(model, what)
        nations = _nations(model)
        values = dict(zip(model.parameter_names, model.numbers, strict=True))
        instant = security_dilemma(nations)
        instant = instant.with_values(**{name: values[name] for name in instant.parameter_names})
        names = ("defence", "alarm", "threshold", "fatigue", "strain", "grievance", "ambition", "target", "reassurance", "defensive_share")
        numbers = {name: np.array([values[f"{name}_{nation}"] for nation in nations]) for name in names}
        numbers["steepness"] = np.full(len(nations), values["steepness"])
        seen = 1.0 - values["distinguishability"] * numbers["defensive_share"]
        return cls(model, instant, nations, _offence(nations, values), seen, numbers)

    @property
    def size(self) -> int:
        """Number of nations N; the first N states are their arms."""
        return len(self.nations)

    @property
    def has_ambition(self) -> bool:
        """Whether any nation seeks more than its safety."""
        return bool(self.numbers["ambition"].any())

    @property
    def is_cooperative(self) -> bool:
        """Whether, seen from the parameters alone, arms stay ≥ 0 and no nation's arms lower another's growth: ρ = 0 and g ≥ 0."""
        return bool((self.numbers["reassurance"] == 0.0).all() and (self.numbers["grievance"] >= 0.0).all())

    @property
    def spread(self) -> Model:
        """The same with fear a state without bounds: the same equilibria, of equations so sparse that many nations compile soon."""
        plain = security_dilemma(self.nations, fear="state", fear_time=1.0 / float(self.numbers["fatigue"].max()))
        states = tuple(replace(state, lower=-inf) if state.is_follower else state for state in plain.states)
        return replace(plain, states=states).with_values(**dict(zip(self.instant.parameter_names, self.instant.numbers, strict=True)))

    def without(self, factors: Sequence[str]) -> "Flagship":
        """The same with factors switched off for all nations at once."""
        off = {f"{COEFFICIENTS[factor]}_{nation}": 0.0 for factor in factors for nation in self.nations}
        return Flagship.of(self.model.with_values(**off), "A factor switched off")

    def with_balance(self, balance: float) -> "Flagship":
        """The same at another offence–defence balance."""
        offence = self.offence * np.exp(balance - self.model.values["balance"])
        model, instant = (one.with_values(balance=balance) for one in (self.model, self.instant))
        return replace(self, model=model, instant=instant, offence=offence)

    def threat(self, arms: FloatArray) -> FloatArray:
        """θ [arms] that each nation sees, shape (…, N) as the arms."""
        return np.asarray((self.seen * arms) @ self.offence.T - self.numbers["reassurance"] * arms)

    def state(self, arms: FloatArray) -> FloatArray:
        """State of the model (d,) at arms (N,) and the fear that settles there."""
        return arms if self.model.fingerprint == self.instant.fingerprint else np.concatenate((arms, self.threat(arms)))

    def fears(self, states: FloatArray) -> FloatArray:
        """Fear of each nation [arms], shape (…, N), in states of the model, shape (…, d)."""
        n = self.size
        return self.threat(states) if states.shape[-1] == n else states[..., n:]

    def terms(self, states: FloatArray) -> Terms:
        """Parts of the growth of arms in states of the model, shape (n, d)."""
        of, arms, fear = self.numbers, states[..., : self.size], self.fears(states)
        power = (np.maximum(fear, 0.0) / of["threshold"]) ** of["steepness"]
        alarm = 1.0 - 1.0 / (1.0 + power)
        rivals = arms.sum(axis=-1, keepdims=True) - arms
        return Terms(
            of["defence"] * fear * (1.0 + of["alarm"] * alarm),
            np.broadcast_to(of["grievance"], arms.shape),
            of["ambition"] * (of["target"] * rivals - arms),
            of["fatigue"] * (1.0 + of["strain"] * arms),
        )

    def alarms(self, arms: FloatArray) -> FloatArray:
        """f/h of each nation at an equilibrium with arms (N,): below 1 it is calm."""
        return np.asarray(self.threat(arms) / self.numbers["threshold"])

    def largest(self) -> float:
        """A number [arms] that no nation's arms exceed at any equilibrium ≥ 0; infinite where none follows from the parameters.

        Notes
        -----
        Of the best armed nation, X = max x: a X (1 + q X) ≤ [k (1 + φ) Σⱼ Oᵢⱼ(1 − δsⱼ) + μ c (N − 1)] X + max(g, 0).
        """
        of = self.numbers
        if not (of["alarm"].any() or of["strain"].any()):
            return self._largest_of_linear()
        gain = of["defence"] * (1.0 + of["alarm"]) * (self.offence @ self.seen) + of["ambition"] * of["target"] * (self.size - 1)
        net, bend, push = gain - of["fatigue"], of["fatigue"] * of["strain"], np.maximum(of["grievance"], 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            curved = (net + np.sqrt(net**2 + 4.0 * bend * push)) / (2.0 * bend)
            straight = np.where(net < 0.0, -push / net, np.inf)
        return float(np.where(bend > 0.0, curved, straight).max())

    def _largest_of_linear(self) -> float:
        """The same where φ = q = 0: of the one equilibrium of ẋ = J x + g."""
        of = self.numbers
        own = of["fatigue"] + of["ambition"] + of["defence"] * of["reassurance"]
        cross = of["defence"][:, np.newaxis] * self.offence * self.seen + (of["ambition"] * of["target"])[:, np.newaxis]
        np.fill_diagonal(cross, 0.0)
        matrix = np.diag(own) - cross
        if np.linalg.cond(matrix) > SINGULAR:
            return float("inf")
        return float(max(np.linalg.solve(matrix, of["grievance"]).max(), 0.0))


def stable_at(model: Model, at: Equilibrium, what: str) -> Equilibrium:
    """The equilibrium, refused unless it is a stable one of the model.

    Raises
    ------
    InvalidInputError, NotStableError
        If it is none, belongs to another model or other values, or is not stable.
    """
    if not isinstance(at, Equilibrium):
        raise InvalidInputError(f"{what} is asked at an equilibrium; got {at!r}. Take one of equilibria(model, window).")
    if at.model != model:
        raise InvalidInputError(f"{at!r} is one of another model or other values of parameters. Find those of this model.")
    if not at.is_stable:
        raise NotStableError(
            f"{what} is asked of a state that lasts; {at!r} does not: the least disturbance leads away from it. Give a stable equilibrium."
        )
    return at


def _nations(model: Model) -> tuple[str, ...]:
    return tuple(state.name for state in model.states if not state.is_follower)


def _check_model(model: Model, what: str) -> None:
    if not isinstance(model, Model):
        raise InvalidInputError(f"{what} is asked of a model; got {model!r}. Give for example models.security_dilemma().")
    refuse_time(model, what)
    missing = [name for name in CONCEPTS if not _has(model, name)]
    if missing or model.kind != "flow":
        lack = "it is a map" if model.kind != "flow" else f"it has no {', no '.join(missing)}"
        raise InvalidInputError(
            f"{what} is read off the parameters of models.security_dilemma; of '{model.name}' it cannot be: {lack}. "
            "Write the race as security_dilemma(…), with the values at 0 of what it does not have."
        )
    nations = _nations(model)
    if len(nations) < 2 or model.fingerprint not in _known(nations):
        raise InvalidInputError(
            f"{what} is read off the equations of models.security_dilemma with instant fear or fear as a state; those of '{model.name}' "
            "have other terms, of which its numbers would not speak. Give the model without them."
        )


def _has(model: Model, concept: str) -> bool:
    return any(name == concept or name.startswith(f"{concept}_") for name in model.parameter_names)


def _known(nations: tuple[str, ...]) -> tuple[str, str]:
    return security_dilemma(nations).fingerprint, security_dilemma(nations, fear="state").fingerprint


def _offence(nations: tuple[str, ...], values: dict[str, float]) -> FloatArray:
    """Oᵢⱼ, shape (N, N)."""
    matrix = np.zeros((len(nations), len(nations)))
    for row, i in enumerate(nations):
        for column, j in enumerate(nations):
            if row != column:
                first, second = (i, j) if row < column else (j, i)
                pair = len(nations) == 2
                exposure = values[f"exposure_{i}" if pair else f"exposure_{i}_{j}"]
                terrain = values["terrain" if pair else f"terrain_{first}_{second}"]
                matrix[row, column] = exposure * np.exp(values["balance"] - terrain)
    return matrix
