"""Wilson's interval for a share, and how large a sample makes it as narrow as asked."""

from math import inf, sqrt

from scipy.special import ndtri

from richardson.errors import InvalidInputError


def interval(count: int, size: int, confidence: float) -> tuple[float, float]:
    """Low and high end of Wilson's interval for the share of which ``count`` of ``size`` draws were seen.

    Parameters
    ----------
    count, size : int
    confidence : float
        Between 0 and 1.

    References
    ----------
    .. [1] E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal of the American
       Statistical Association 22, 209–212 (from memory).

    Examples
    --------
    >>> [round(end, 4) for end in interval(0, 10, 0.95)]
    [0.0, 0.2775]
    """
    share, weight = count / size, _quantile(confidence) ** 2 / size
    middle = (share + weight / 2) / (1 + weight)
    half = sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    return max(middle - half, 0.0) if count else 0.0, min(middle + half, 1.0) if count < size else 1.0


def size_for(share: float, half_width: float, confidence: float) -> float:
    """Size of a sample whose interval around ``share`` has the half-width asked: the root of the formula above.

    Parameters
    ----------
    share : float
    half_width : float
        Above 0 and below one half.
    confidence : float
    """
    spread = share * (1 - share) - 2 * half_width**2
    leading = 0.25 - half_width**2
    weight = (sqrt(spread**2 + 4 * leading * half_width**2) - spread) / (2 * leading)
    return _quantile(confidence) ** 2 / weight if weight > 0 else inf


def check(half_width: float, confidence: float) -> None:
    """Refuse a half-width or confidence that no interval has.

    Raises
    ------
    InvalidInputError
        If the half-width is not between 0 and one half, or the confidence not between 0 and 1.
    """
    if isinstance(half_width, bool) or not isinstance(half_width, int | float) or not 0.0 < half_width < 0.5:
        raise InvalidInputError(
            f"The half-width of a share's interval lies between 0 and 0.5; got {half_width!r}. Ask for example for half_width=0.01."
        )
    if not 0.0 < confidence < 1.0:
        raise InvalidInputError(f"The confidence of an interval lies between 0 and 1; got {confidence!r}. Ask for example for 0.95.")


def _quantile(confidence: float) -> float:
    """How many standard errors of a normal variable hold that confidence."""
    return float(ndtri(0.5 + 0.5 * confidence))
