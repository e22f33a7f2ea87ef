"""What is told of a curve that was followed both ways."""

from richardson.outcome import Outcome

RANK = (
    Outcome.STEP_TOO_SMALL,
    Outcome.STEP_LIMIT,
    Outcome.RAN_AWAY,
    Outcome.REACHED_BOUND,
    Outcome.VANISHED,
    Outcome.REACHED_END,
)  # what kept an end from the end of the span comes first, the least expected of it at the front


def outcome_of_both(back: Outcome, ahead: Outcome) -> Outcome:
    """The outcome of a curve of which both ends were reached so."""
    return min((back, ahead), key=RANK.index)
