"""What the report says in words; numbers come from the results, never from here."""

from math import exp, isnan, log

from richardson.cli.tables import shown, shown_share
from richardson.cli.verdict import STABLE, UNDECIDED, decision, with_interval
from richardson.estimation.result import UNDEFINED_LIMIT, Estimate

METHOD = (
    "Each nation's spending changes for three reasons: it answers what the rival spends (defence, k), its own spending wears it down "
    "(fatigue, "
    "a), and it has reasons of its own (grievance, g). This is L. F. Richardson's linear arms race. It is fitted to the yearly figures "
    "through "
    "its exact solution over one year, by maximum likelihood with Gaussian shocks that may hit both nations together. Nothing is fixed "
    "in advance."
)
COEFFICIENTS = (
    (
        "defence coefficient, k or l [1/yr]",
        "How much a nation adds to its spending, per year, for each unit that the rival spends. Fear of the rival and any wish to outdo "
        "it are "
        "both in it: spending alone cannot tell them apart.",
    ),
    (
        "fatigue, a or b [1/yr]",
        "How strongly a nation's own burden pulls its spending down. A value below zero would mean spending that feeds itself.",
    ),
    ("grievance, g or h [money/yr]", "What a nation adds each year whatever either side spends; below zero, goodwill."),
)
QUANTITIES = (
    (
        "spiral number, R",
        "How strongly each side, in the long run, answers one more unit of the rival's spending: the geometric mean of k/a and l/b, "
        "R = √(kl/(ab)). Below 1 an answer is weaker than what provoked it and the exchange dies out; above 1 the race spirals. It has no "
        "unit, and is defined where both fatigues are above zero and neither reaction is below. Its undefined share is the share of draws "
        "in which it is not.",
    ),
    (
        "critical change of the balance, Δβ* = −ln R",
        "How far the offence–defence balance may move before the verdict turns, if a change Δβ multiplies what each side sees as threat "
        "by e^Δβ "
        "and everything else stays: upwards (towards offence) if it is above 0, downwards if it is below. It takes all of the reaction "
        "to be an answer to threat, which spending cannot confirm.",
    ),
    (
        "largest growth rate, max Re λ [1/yr]",
        "How fast the most persistent disturbance of the race grows (above 0) or dies out (below 0). Below 0 the race is stable.",
    ),
    (
        "equilibrium",
        "Where spending would come to rest if the race is stable, and what it moves away from if it is not. It is poorly determined "
        "when R is near 1; "
        "a value below zero is arithmetic, not a prediction.",
    ),
    (
        "P(stable)",
        "Share of 10 000 coefficients drawn from the estimate and its covariance for which the race is stable. It takes the model as "
        "given.",
    ),
)
INTERVALS = (
    "An interval says how far the yearly shocks alone could have moved a number: if the model were right and history could be run again "
    "many times, "
    "intervals made in this way would hold the true value in about {level} of the runs. Those of the coefficients are normal; all "
    "others are percentiles "
    "of 10 000 draws in which the number is defined. They leave out errors in the data and in the model, and they rest on many years: "
    "when the race is close to the border of stability, "
    "short series make it look more stable than it is."
)
DIFFERENCES = (
    "Much of the literature regresses the yearly change of spending on last year's levels by ordinary least squares. Its coefficients "
    "describe steps of a year, not rates: they are not "
    "comparable with the rates above, of which they are, roughly, the effect accumulated over a year. A minus sign on a nation's own "
    "level is fatigue."
)
CAVEATS = (
    "Money is nominal: billions of US dollars of each year at market exchange rates. Part of any growth is inflation and exchange "
    "rates. The same race in "
    "constant prices or as a share of national product can give another verdict; neither is among the shipped data.",
    "Spending is not arms. Stocks, quality, alliances and third parties are left out.",
    "The coefficients are taken to be the same in all years, the reactions linear, and the shocks Gaussian and independent from year to "
    "year. None of this was tested here.",
    "From spending alone only sums can be estimated: the defence coefficient holds fear, exposure, the offence–defence balance and "
    "ambition together, and fatigue holds wear, reassurance and restraint.",
    "The verdict describes the years of the data. It is no forecast, and no advice.",
)
THEORY = (
    "Default parameters, not fitted. What follows shows what the model of fear and the offence–defence balance can do; none of its "
    "numbers comes from the data above. "
    "Its equations are this project's own proposal, built on the theory of Herz, Jervis and others; they have not been tested against "
    "history."
)
HYSTERESIS = (
    "Two identical nations arm out of fear, which rises more than proportionally once it passes a threshold. Along the offence–defence "
    "balance β (above 0, offence has the advantage) "
    "the same world can rest in a détente with low arms or in a cold war with high arms. Where the lower branch ends, a small move "
    "towards offence tips "
    "détente into cold war; taking the move back does not undo it, until the upper branch ends as well."
)
WORLDS = (
    "Jervis's four worlds cross the balance with how well defensive arms can be told from offensive ones. The chart shows the spiral "
    "number of the equilibrium that is reached from no arms and no fear. R says whether that equilibrium holds, not how high its arms "
    "are: towards the curve R = 1 détente weakens, and beyond it a race that starts from no arms comes to rest only in a cold war, which "
    "can be stable as well. The curve is not the border between the worlds."
)


def title(fit: Estimate) -> str:
    """Whose race, when."""
    return (
        f"{' and '.join(fit.observations.names)}, {fit.observations.times[0]:g}–{fit.observations.times[-1]:g}: does the arms race settle?"
    )


def reading(fit: Estimate) -> list[str]:
    """The verdict explained with this fit's numbers, a paragraph each."""
    return [_headline(fit), _pace(fit), _balance(fit)]


def _headline(fit: Estimate) -> str:
    row, limit = fit.headline, f"{UNDEFINED_LIMIT:.0%}"
    share = f"{fit.derived['spiral_number'].undefined_share:.1%} of the draws"
    if row.name == "spiral_number":
        why = f"The headline is the spiral number R, which is undefined in {share}, not more than {limit}."
    else:
        why = f"R is undefined in {share}, more than {limit}, so that its interval would tell of the others only; the headline is max Re λ."
    probability = f"The race is stable in a share P(stable) {shown_share(fit.stable_probability)} of the draws."
    return f"{why} {_side(fit)} {probability}"


def _side(fit: Estimate) -> str:
    """Where the headline's interval lies."""
    row, leading = fit.headline, fit.derived["max_real_eigenvalue"]
    name, border = ("R", 1.0) if row.name == "spiral_number" else ("max Re λ", 0.0)
    told = f"{name} = {with_interval(row)}: the {fit.level:.0%} interval"
    if row.lower <= border <= row.upper:
        return f"{told} holds values on both sides of {border:g}, so the data leave open whether the race is stable."
    if decision(fit) == UNDECIDED and leading.lower <= 0.0 <= leading.upper:
        return f"{told} lies on one side of {border:g}, but that of max Re λ, {with_interval(leading)}, holds 0: the data leave it open."
    if decision(fit) == UNDECIDED:
        return f"{told} and the estimate do not lie on the same side of {border:g}: no verdict rests on them."
    return f"{told} lies wholly {'below' if decision(fit) == STABLE else 'above'} {border:g}."


def _pace(fit: Estimate) -> str:
    rate = fit.derived["max_real_eigenvalue"].value
    if rate == 0:
        return "At the estimate a disturbance neither grows nor dies out."
    way = "shrinks to half" if rate < 0 else "doubles"
    return f"At the estimate, the most persistent disturbance {way} in {shown(log(2) / abs(rate))} years (ln 2/|max Re λ|)."


def _balance(fit: Estimate) -> str:
    change = fit.derived["critical_balance_change"]
    if isnan(change.value):
        return "R is not defined at the estimate, so there is no critical change of the offence–defence balance."
    side = "unstable" if change.value > 0 else "stable"
    turn = (
        f"the race would turn {side} if each side came to see {shown(exp(change.value))} times the threat that it sees in the same arms now"
    )
    return f"The critical change of the balance is Δβ* = {with_interval(change)}: {turn}."
