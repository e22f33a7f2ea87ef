"""Theories of international politics as models: what each sets, who says so, and what it predicts that can fail.

The theories are books and articles; that a preset says what they mean is this project's reading, and the docs keep the two apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from richardson import models
from richardson.errors import OutOfBoundsError
from richardson.symbolic import concepts
from richardson.symbolic.model import Model

READING = "equations: this project's reading of the theory"
BUTTERFIELD = "H. Butterfield (1951), History and Human Relations, Collins (quoted from memory)"
WALTZ = "K. N. Waltz (1979), Theory of International Politics, Addison-Wesley (quoted from memory)"
GLASER = "C. L. Glaser (1994), Realists as Optimists: Cooperation as Self-Help, International Security 19(3), 50–90 (quoted from memory)"
MEARSHEIMER = "J. J. Mearsheimer (2001), The Tragedy of Great Power Politics, Norton (quoted from memory)"
MORGENTHAU = "H. J. Morgenthau (1948), Politics Among Nations, Knopf (quoted from memory)"

Rule = tuple[Callable[[float], bool], str]
NOTHING: Rule = (lambda value: value == 0.0, "0")
SOMETHING: Rule = (lambda value: value > 0.0, "above 0")
MORE_THAN_THE_RIVALS: Rule = (lambda value: value > 1.0, "above 1")
NOT_NEGATIVE: Rule = (lambda value: value >= 0.0, "0 or more")
LESS_THAN_ALL: Rule = (lambda value: value < 1.0, "below 1")


def security_dilemma(
    nations: Sequence[str] | int = ("x", "y"),
    fear: str = "instant",
    *,
    beliefs: bool = False,
    balance_scaling: bool = False,
    **values: Any,
) -> Model:
    """The security dilemma of Herz, Butterfield and Jervis: fear without greed.

    Sets: no ambition (μ = 0), fear that is answered (k > 0), and arms that cannot be told apart for sure (δ < 1).

    Parameters
    ----------
    nations, fear, beliefs, balance_scaling
        As in `richardson.models.security_dilemma`.
    **values : float
        Its parameters.

    Returns
    -------
    Model
        The flagship model under these rules.

    Raises
    ------
    OutOfBoundsError
        If a value breaks a rule of the theory; or as the model refuses.

    Notes
    -----
    Prediction that can fail: where peace is lost, all nations arm together. The direction in which the race leaves is the Perron vector
    of the Jacobian, real and of one sign (with a constant balance; where fear is a state or beliefs move, without reassurance).

    References
    ----------
    .. [1] J. H. Herz (1950), Idealist Internationalism and the Security Dilemma, World Politics 2(2), 157–180 (first page read).
    .. [2] H. Butterfield (1951), History and Human Relations, Collins (quoted from memory).
    .. [3] R. Jervis (1978), Cooperation Under the Security Dilemma, World Politics 30(2), 167–214 (quoted from memory).

    Examples
    --------
    >>> security_dilemma(balance=0.05)
    <flow 'theory: security dilemma': states x, y; 26 parameters>
    """
    model = models.security_dilemma(nations, fear, beliefs=beliefs, balance_scaling=balance_scaling, **values)
    _check(model, "The security dilemma is fear without greed", ambition=NOTHING, defence=SOMETHING, distinguishability=LESS_THAN_ALL)
    return _named(model, "security dilemma", BUTTERFIELD)


def defensive_realism(**values: float) -> Model:
    """Defensive realism of Waltz and Glaser: two nations that arm until they are secure, and stop.

    It is `richardson.models.stock_adjustment` in other words, and no second model: ẋ = r (m + o y − x), with ``adjustment`` r,
    ``reaction`` o (how much each needs against the rival's arms) and ``base`` m (what it needs without).

    Parameters
    ----------
    **values : float
        ``adjustment_i`` r > 0 [1/yr], ``reaction_i`` o ≥ 0, ``base_i`` m ≥ 0 [arms], for i = x, y. A bare name sets both.

    Returns
    -------
    Model
        States x and y [arms].

    Raises
    ------
    OutOfBoundsError
        If a value breaks a rule of the theory; or as the model refuses.

    Notes
    -----
    Predictions that can fail: both rest at x* = (m_x + o_x m_y)/(1 − o_x o_y), and exactly when o_x o_y < 1, however fast they arm.

    References
    ----------
    .. [1] K. N. Waltz (1979), Theory of International Politics, Addison-Wesley (quoted from memory).
    .. [2] C. L. Glaser (1994), Realists as Optimists: Cooperation as Self-Help, International Security 19(3), 50–90 (quoted from memory).

    Examples
    --------
    >>> defensive_realism(reaction=0.8).values["reaction_y"]
    0.8
    """
    model = models.stock_adjustment(**values)
    _check(model, "Defensive realism arms to be secure", adjustment=SOMETHING, base=NOT_NEGATIVE)
    return _named(model, "defensive realism", WALTZ, GLASER)


def offensive_realism(nations: Sequence[str] | int = ("x", "y"), fear: str = "instant", **values: Any) -> Model:
    """Offensive realism of Mearsheimer: nobody is secure but the hegemon, so all seek to be it.

    Sets: ambition (μ > 0, default 0.5) to outarm all rivals together (c > 1, default 1.5), beside fear.

    Parameters
    ----------
    nations, fear
        As in `richardson.models.security_dilemma`.
    **values : float
        Its parameters.

    Returns
    -------
    Model
        The flagship model under these rules.

    Raises
    ------
    OutOfBoundsError
        If a value breaks a rule of the theory; or as the model refuses.

    Notes
    -----
    Predictions that can fail. Without alarm and strain (φ = q = 0), for g > 0, no equilibrium with arms exists exactly when R ≥ 1, which
    targets with c_x c_y > 1 (of N alike: c (N − 1) > 1) bring about by ambition alone. With strain, and ambition that is strong, there is
    one high equilibrium, about [kW (1 + φ) + μ (c − 1) − a]/(a q) of a symmetric pair with W = w e^β (1 − δ s): it grows with μ however
    well defence is told apart. Weak ambition leaves a low one: at the defaults beside the high one up to μ = 0.2349 for δ = 0, and as the
    only one up to about μ = 1.6 for δ = 1.

    References
    ----------
    .. [1] J. J. Mearsheimer (2001), The Tragedy of Great Power Politics, Norton (quoted from memory).

    Examples
    --------
    >>> offensive_realism(ambition=5).values["target_x"]
    1.5
    """
    model = models.security_dilemma(nations, fear, ambition=0.5).with_values(**values)
    _check(model, "Offensive realism seeks hegemony", ambition=SOMETHING, target=MORE_THAN_THE_RIVALS)
    return _named(model, "offensive realism", MEARSHEIMER)


def classical_realism(nations: Sequence[str] | int = ("x", "y"), **values: float) -> Model:
    """Classical realism of Morgenthau: power sought for its own sake, whoever the rival is.

    Sets: grievance, here the drive for power (g > 0), and no answer to rivals, neither out of fear (k = 0) nor of greed (μ = 0).

    Parameters
    ----------
    nations : sequence of str or int
        As in `richardson.models.security_dilemma`.
    **values : float
        Its parameters.

    Returns
    -------
    Model
        The flagship model under these rules.

    Raises
    ------
    OutOfBoundsError
        If a value breaks a rule of the theory; or as the model refuses.

    Notes
    -----
    Prediction that can fail: arming does not depend on the rival. Each rests alone, at the positive root of a x (1 + q x) = g.

    References
    ----------
    .. [1] H. J. Morgenthau (1948), Politics Among Nations, Knopf (quoted from memory).

    Examples
    --------
    >>> classical_realism(grievance_x=2).values["defence_y"]
    0.0
    """
    model = models.security_dilemma(nations, defence=0.0).with_values(**values)
    _check(model, "Classical realism wants power whoever the rival", defence=NOTHING, ambition=NOTHING, grievance=SOMETHING)
    return _named(model, "classical realism", MORGENTHAU)


def collective_security(nations: Sequence[str] | int = 3, pact: Sequence[str] | None = None, **values: Any) -> Model:
    """Collective security: an attack on one member of a pact is met by all of them.

    It is `richardson.models.collective_security`, with a pact that binds: commitment κ > 0.

    Parameters
    ----------
    nations : sequence of str or int
        Names, or a count.
    pact : sequence of str, optional
        Its members; by default all.
    **values : float
        Parameters of the model.

    Returns
    -------
    Model
        States: arms of each nation [arms].

    Raises
    ------
    OutOfBoundsError
        If a value breaks a rule of the theory (the prediction needs k ≥ 0 too); or as the model refuses.

    Notes
    -----
    Predictions that can fail: the leading eigenvalue never rises with commitment; and identical nations in a pact of all have
    k[(N − 1)(1 − κ) + κ] − a, so full commitment makes a race of any number as tame as a race of two.

    References
    ----------
    .. [1] J. M. Epstein (1997), Nonlinear Dynamics, Mathematical Biology, and Social Science (quoted from memory).

    Examples
    --------
    >>> collective_security(4, commitment=1).values["commitment"]
    1.0
    """
    model = models.collective_security(nations, pact, **values)
    _check(model, "Collective security is a pact that binds nations that answer threats", commitment=SOMETHING, defence=NOT_NEGATIVE)
    return _named(model, "collective security")


def _check(model: Model, claim: str, **rules: Rule) -> None:
    """Refuse values that the theory does not allow."""
    numbers = dict(zip(model.parameter_names, model.numbers, strict=True))
    for concept, (holds, words) in rules.items():
        for name in concepts.members(concept, model.parameter_names, model.state_names):
            if not holds(numbers[name]):
                got = f"{name} must be {words}; got {numbers[name]:g}"
                raise OutOfBoundsError(f"{claim}: {got}. The model itself, in richardson.models, takes other values.")


def _named(model: Model, theory: str, *works: str) -> Model:
    return replace(model, name=f"theory: {theory}", references=(READING, *works, *model.references))
