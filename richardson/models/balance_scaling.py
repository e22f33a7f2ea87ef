"""An offence–defence balance that moves with investment: offence gains first, defence later.

The form is this project's own proposal; that balances scale in this way is argued by Garfinkel and Dafoe (2019).
"""

import sympy

from richardson.symbolic.indexed import ARMS, other, own, shared, total
from richardson.symbolic.quantity import POSITIVE, Parameter

GARFINKEL_DAFOE = (
    "B. Garfinkel, A. Dafoe (2019), How Does the Offense-Defense Balance Scale?, Journal of Strategic Studies 42(6), 736–763 "
    "(abstract read; the form is ours)"
)


def scaling_terms() -> list[Parameter]:
    """Parameters of a balance that scales, which stand in the place of the constant one."""
    return [
        Parameter("offence_early", r"o_{0}", "offence over defence at little investment", lower=0.0, default=1.5),
        Parameter("offence_late", r"o_{\infty}", "offence over defence at much investment", lower=0.0, default=0.7),
        Parameter("investment_scale", r"x_{c}", "investment at which half of the change is done", "arms", lower=POSITIVE, default=5.0),
    ]


def scaled_offence(count: int) -> sympy.Expr:
    """o(x̄) = o_∞ + (o₀ − o_∞)/(1 + x̄/x_c) with the mean arms x̄ of all ``count`` nations, in the place of e^β."""
    mean = (own(ARMS) + total(other(ARMS))) / count
    early, late = shared("offence_early"), shared("offence_late")
    return late + (early - late) / (1 + mean / shared("investment_scale"))
