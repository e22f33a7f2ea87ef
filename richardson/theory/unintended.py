"""Whether a race ends where no one wants it: how far its outcome is from what all would choose together."""

from collections.abc import Mapping, Sequence

from richardson.theory.flagship import UNDECIDED, Flagship
from richardson.theory.game import prisoners_dilemma
from richardson.theory.quadratic import concerns

Concern = float | Sequence[float] | Mapping[str, float] | None

NO_CONCERN = "needs concern=, how much insecurity is minded against arms: no spending shows it"
NOT_QUADRATIC = "the concern is not used: costs are read off linear races only, and this one has {bends}"
ROUNDED = 1e-12  # relative: a price so near 1 is 1 to rounding


def check_concern(race: Flagship, concern: Concern) -> None:
    """Refuse what is no concern of these nations, whether or not it is used.

    Raises
    ------
    InvalidInputError, OutOfBoundsError, UnknownNameError
        As `prisoners_dilemma`, fatigue being that of small arms, a + kρ + μ.
    """
    if concern is not None:
        of = race.numbers
        concerns(race.nations, concern, of["fatigue"] + of["defence"] * of["reassurance"] + of["ambition"])


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
        If the concern is none of these nations, also where it decides nothing.
    """
    if concern is None:
        return UNDECIDED, None, NO_CONCERN, {}
    check_concern(race, concern)
    has_alarm, has_strain = (race.numbers["alarm"] * race.numbers["defence"]).any(), race.numbers["strain"].any()
    bends = " and ".join(name for name, there in (("alarm, φ > 0", has_alarm), ("strain, q > 0", has_strain)) if there)
    if bends:
        return UNDECIDED, None, NOT_QUADRATIC.format(bends=bends), {}
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
