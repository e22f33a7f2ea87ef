"""Whether a race ends where no one wants it: how far its outcome is from what all would choose together."""

from collections.abc import Mapping, Sequence

from richardson.theory.flagship import Flagship
from richardson.theory.game import prisoners_dilemma

Concern = float | Sequence[float] | Mapping[str, float] | None

NO_CONCERN = "needs concern=, how much insecurity is minded against arms: no spending shows it"
NOT_QUADRATIC = "no costs are known of which a race with alarm or strain (φ > 0 or q > 0) is the gradient play"
ROUNDED = 1e-12  # relative: a price so near 1 is 1 to rounding


def unintended(race: Flagship, concern: Concern) -> tuple[str, float | None, str, dict[str, float]]:
    """Answer, number, meaning and details.

    Parameters
    ----------
    race : Flagship
    concern : float, sequence, mapping or None
        As in `prisoners_dilemma`.

    Raises
    ------
    InvalidInputError, OutOfBoundsError, UnknownNameError
        If a linear race is given a concern that its game does not have.
    """
    if concern is None:
        return "not decidable", None, NO_CONCERN, {}
    if race.numbers["alarm"].any() or race.numbers["strain"].any():
        return "not decidable", None, NOT_QUADRATIC, {}
    game = prisoners_dilemma(race.instant, concern)
    joint = float(game.joint_optimum.sum())
    details = {f"alone {nation}": float(arms) for nation, arms in zip(race.nations, game.nash, strict=True)}
    details |= {f"together {nation}": float(arms) for nation, arms in zip(race.nations, game.joint_optimum, strict=True)}
    price = game.price_of_anarchy
    if price is None:
        return "no", None, "price of anarchy: there is nothing to pay alone or together", details
    if joint > 0.0:
        details["arms alone over together"] = float(game.nash.sum()) / joint
    return "yes" if price > 1.0 + ROUNDED else "no", price, "price of anarchy, cost alone over cost together", details
