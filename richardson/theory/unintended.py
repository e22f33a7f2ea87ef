"""Whether a race ends where no one wants it: how far its outcome is from what all would choose together."""

from collections.abc import Mapping, Sequence

from richardson.theory.flagship import Flagship

NO_CONCERN = "needs concern=, how much insecurity is minded against arms: no spending shows it"
NOT_QUADRATIC = "no costs are known of which an alarmed or strained race (φ > 0 or q > 0) is the gradient play"


def unintended(
    race: Flagship, concern: float | Sequence[float] | Mapping[str, float] | None
) -> tuple[str, float | None, str, dict[str, float]]:
    """Answer, number, meaning and details.

    Parameters
    ----------
    race : Flagship
    concern : float, sequence, mapping or None
        As in `prisoners_dilemma`.
    """
    if concern is None:
        return "not decidable", None, NO_CONCERN, {}
    return "not decidable", None, NOT_QUADRATIC, {}
