"""How a computation ended; each member's value is the sentence shown to the user."""

from enum import Enum


class Outcome(Enum):
    """End of a run, a member of an ensemble, or a branch."""

    REACHED_END = "reached the end that was asked for"
    SETTLED = "settled at a stable equilibrium"
    STOPPED_BY_EVENT = "stopped by a terminal event"
    ESCAPED = "ran away: a state's magnitude passed the bound"
    LEFT_DOMAIN = "left the domain: a state crossed its lower or upper bound"
    STEP_TOO_SMALL = "the step size fell below what the arithmetic resolves"
    STEP_LIMIT = "the number of steps reached its limit"
    NOT_FINITE = "the rates stopped being finite numbers"
    NO_CONVERGENCE = "the implicit equations of a step did not converge"
    INTERRUPTED = "interrupted by the user"
    REACHED_BOUND = "reached a bound of a state or of the window"
    CLOSED = "closed on itself"
    RAN_AWAY = "ran away: a state, or the period, outgrew every scale along the branch"
    VANISHED = "ended where its cycles vanish: in an equilibrium or a homoclinic orbit"
    LENGTH_LIMIT = "longer than it was followed"
    NOT_ANALYSED = "an analysis of it was refused or did not come to an end"

    @property
    def is_answer(self) -> bool:
        """Whether this is a result of the model rather than a failure of the computation."""
        return self not in _FAILURES

    def __str__(self) -> str:
        """The member's sentence."""
        return self.value


_FAILURES = frozenset(
    {
        Outcome.STEP_TOO_SMALL,
        Outcome.STEP_LIMIT,
        Outcome.LENGTH_LIMIT,
        Outcome.NOT_FINITE,
        Outcome.NO_CONVERGENCE,
        Outcome.INTERRUPTED,
        Outcome.NOT_ANALYSED,
    }
)
