"""The fitted model with everything that says how far it can be trusted."""

from dataclasses import dataclass

from richardson.arrays import FloatArray
from richardson.errors import UnknownNameError, nearest
from richardson.estimation.observations import Observations
from richardson.estimation.regression import Regression
from richardson.estimation.tables import html_table
from richardson.estimation.uncertainty import EstimateRow
from richardson.provenance import Provenance
from richardson.symbolic.model import Model

UNDEFINED_LIMIT = 0.05  # beyond this share of draws without R, its interval describes another population


@dataclass(frozen=True, eq=False, repr=False)
class Estimate:
    """A model fitted to observations; ``fit["defence_x"]`` is the row of a free parameter.

    Attributes
    ----------
    model : Model
        At the estimated values.
    free : tuple of str
        Names estimated.
    rows : tuple of EstimateRow
        One a free name: value, standard_error, lower, upper, at_bound, identifiable.
    derived : dict of str to EstimateRow
        ``"spiral_number"`` R, ``"critical_balance_change"`` −ln R, ``"max_real_eigenvalue"``, and
        ``"equilibrium x"`` for every state, each with its undefined_share.
    stable_probability : float
        Share of the draws in which every eigenvalue has a negative real part.
    covariance : ndarray, shape (k, k)
        Of the free parameters; zero in the rows of those at a bound.
    residuals : ndarray, shape (m, n)
        Of the method's regression, in the unit of the observations.
    innovation_covariance : ndarray, shape (n, n)
        Of the residuals, with m − k/n degrees of freedom.
    r_squared : ndarray, shape (n,)
        Share of the variance of each series' change over one spacing that the fit explains.
    log_likelihood : float or None
        At the estimate; None for "midpoint", which is no likelihood.
    criteria : dict of str to float
        AIC, AICc, BIC; empty without a likelihood.
    differences : Regression
        Yearly changes on lagged levels by ordinary least squares, for comparison with the literature.
    method : str
        "transition", "differences" or "midpoint".
    level : float
        Of all intervals.
    observations : Observations
        What was fitted; series in the order of the model's states.
    provenance : Provenance
    """

    model: Model
    free: tuple[str, ...]
    rows: tuple[EstimateRow, ...]
    derived: dict[str, EstimateRow]
    stable_probability: float
    covariance: FloatArray
    residuals: FloatArray
    innovation_covariance: FloatArray
    r_squared: FloatArray
    log_likelihood: float | None
    criteria: dict[str, float]
    differences: Regression
    method: str
    level: float
    observations: Observations
    provenance: Provenance

    def __getitem__(self, name: str) -> EstimateRow:
        """Row of a free parameter.

        Raises
        ------
        UnknownNameError
            If it was not free.
        """
        if name not in self.free:
            raise UnknownNameError(f"'{name}' was not estimated. {nearest(str(name), self.free)}")
        return self.rows[self.free.index(name)]

    @property
    def headline(self) -> EstimateRow:
        """R, or max Re λ where more than 5 % of the draws have no R."""
        spiral = self.derived["spiral_number"]
        return spiral if spiral.undefined_share <= UNDEFINED_LIMIT else self.derived["max_real_eigenvalue"]

    def to_table(self) -> dict[str, list[str] | list[float] | list[bool]]:
        """Columns of all rows, free parameters first, then what is derived."""
        every = [*self.rows, *self.derived.values()]
        return {
            "name": [row.name for row in every],
            "value": [row.value for row in every],
            "standard_error": [row.standard_error for row in every],
            "lower": [row.lower for row in every],
            "upper": [row.upper for row in every],
            "at_bound": [row.at_bound for row in every],
            "identifiable": [row.identifiable for row in every],
            "undefined_share": [row.undefined_share for row in every],
        }

    def __repr__(self) -> str:
        """Model, series, headline and P(stable) in one line."""
        row = self.headline
        held = [parameter.name for parameter in self.rows if parameter.at_bound]
        note = f"; a bound decided {', '.join(held)}, whose uncertainty is left out" if held else ""
        return (
            f"<Estimate '{self.model.name}' on {', '.join(self.observations.names)} by {self.method}: {row.name} {row.value:.4g} "
            f"[{row.lower:.4g}, {row.upper:.4g}] at {self.level:.0%}, P(stable) {self.stable_probability:.3g}{note}>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.to_table(), caption=repr(self)[1:-1])
