"""How many states a table of derivatives has room for."""

from richardson.errors import InvalidInputError
from richardson.symbolic.model import Model

MOST_WITH_JACOBIAN = 3200  # states: a table of their derivatives has 82 MB, and solving with it takes seconds


def check_jacobian(model: Model) -> None:
    """Refuse, by an InvalidInputError, a table of derivatives of more than `MOST_WITH_JACOBIAN` states."""
    if len(model.states) > MOST_WITH_JACOBIAN:
        raise InvalidInputError(
            f"'{model.name}' has {len(model.states)} states; equilibria, spectra, ensembles and stiff methods need room for the "
            f"derivatives of every rate in every state, and take at most {MOST_WITH_JACOBIAN}. Take fewer nations, or integrate a run "
            'by an explicit method, such as "Tsit5" or "scipy-DOP853", to where it comes to rest.'
        )
