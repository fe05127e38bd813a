"""The four counts of a 2×2 table → one number, for many tables at once.

             target  reference                 with the word  elsewhere
    word       a         b          collocate        a            b
    others     c         d          others           c            d

Every measure with a sign is above 0 where a is more than expected, below 0 where
it is less, and 0 where it is exactly as expected. All refuse what `g2` refuses.
"""

import numpy as np
from scipy.special import xlog1py

_SIGNS = (1, -1, -1, 1)  # the four cells differ from their expected counts by the same number, two up and two down


def g2(a, b, c, d):
    """Signed log-likelihood ratio with four terms.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        2 Σ O ln(O / E) over all four cells, E = row sum · column sum / N (Dunning 1993), with the sign of a − E_a.

    Raises
    ------
    ValueError
        If a count is missing, infinite, below 0 or no number, there are not equally many of each (one number serves
        for all), or a table is empty.

    Examples
    --------
    >>> round(float(g2(120, 60, 50_000 - 120, 60_000 - 60)), 4)
    32.8745
    """
    cells, expected, difference = _table(a, b, c, d)
    return _likelihood(cells, expected, difference)


def g2_two_term(a, b, c, d):
    """Signed log-likelihood ratio with the two terms of the word alone.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        2 (a ln(a / E_a) + b ln(b / E_b)), signed: the formula of UCREL's calculator (Rayson & Garside 2000). Close to
        `g2` where the word is rare.

    Examples
    --------
    >>> round(float(g2_two_term(120, 60, 50_000 - 120, 60_000 - 60)), 4)
    32.821
    """
    cells, expected, difference = _table(a, b, c, d)
    return _likelihood(cells[:2], expected[:2], difference)


def g2_yates(a, b, c, d):
    """Signed four-term log-likelihood ratio with Yates' correction.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        `g2` of counts moved towards their expected values by ½ (by the whole difference where that is smaller), in
        every table (Yates 1934; as `scipy.stats.chi2_contingency` does).

    Examples
    --------
    >>> round(float(g2_yates(3, 1, 7, 9)), 4)
    0.3152
    """
    cells, expected, difference = _table(a, b, c, d)
    taken = np.clip(difference, -0.5, 0.5)
    moved = [cell - sign * taken for cell, sign in zip(cells, _SIGNS, strict=True)]
    return _likelihood(moved, expected, difference - taken)


def g2_williams(a, b, c, d):
    """Signed four-term log-likelihood ratio divided by Williams' q.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        `g2` / q, q = 1 + (N/R₁ + N/R₂ − 1)(N/C₁ + N/C₂ − 1) / 6N with row sums R and column sums C (Williams 1976);
        q = 1 where a cell is 0, by our convention.

    Examples
    --------
    >>> round(float(g2(3, 1, 7, 9) / g2_williams(3, 1, 7, 9)), 4)  # (5 + 1.25 − 1)(2 + 2 − 1) / 120 = 0.13125
    1.1313
    """
    return g2(a, b, c, d) / _williams(a, b, c, d)


def chi2(a, b, c, d):
    """Signed Pearson χ².

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        Σ (O − E)² / E over the four cells, with the sign of a − E_a.

    Examples
    --------
    >>> round(float(chi2(3, 1, 7, 9)), 4)  # 1 / 2 + 1 / 2 + 1 / 8 + 1 / 8
    1.25
    """
    _, expected, difference = _table(a, b, c, d)
    return _squares(expected, difference)


def chi2_yates(a, b, c, d):
    """Signed χ² with Yates' correction.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        Σ (|O − E| − ½)² / E, the bracket not below 0, in every table (Yates 1934).

    Examples
    --------
    >>> round(float(chi2_yates(3, 1, 7, 9)), 4)  # a quarter of 1.25
    0.3125
    """
    _, expected, difference = _table(a, b, c, d)
    return _squares(expected, difference - np.clip(difference, -0.5, 0.5))


def chi2_williams(a, b, c, d):
    """Signed χ² divided by Williams' q.

    Parameters
    ----------
    a, b, c, d : array_like
        Counts, laid out as at the head of this module.

    Returns
    -------
    ndarray
        `chi2` / q, with the q of `g2_williams`.

    Examples
    --------
    >>> round(float(chi2_williams(3, 1, 7, 9)), 4)  # 1.25 / 1.13125
    1.105
    """
    return chi2(a, b, c, d) / _williams(a, b, c, d)


def log_ratio(a, b, n_target, n_reference):
    """How many times as frequent in the target, in doublings.

    Parameters
    ----------
    a, b : array_like
        Counts of the word in target and reference.
    n_target, n_reference : array_like
        All words of target and reference.

    Returns
    -------
    ndarray
        log₂((a / n_target) / (b / n_reference)), ½ for a count of 0 (Hardie 2014); missing where both are 0.

    Raises
    ------
    ValueError
        If a count is missing, below 0 or above all words of its side, or a side has no words.

    Examples
    --------
    >>> log_ratio([8, 0, 0], [2, 2, 0], 1_000, 1_000).tolist()
    [2.0, -2.0, nan]
    """
    a, b, n_target, n_reference = _sides(a=a, b=b, n_target=n_target, n_reference=n_reference)
    ratio = np.log2(np.where(a == 0, 0.5, a) / n_target) - np.log2(np.where(b == 0, 0.5, b) / n_reference)
    return np.where((a == 0) & (b == 0), np.nan, ratio)


def weighted_log_odds(a, b, n_target, n_reference, prior_share, prior_size):
    """Log-odds ratio with an informative Dirichlet prior, and its z.

    Parameters
    ----------
    a, b : array_like
        Counts of the word in target and reference.
    n_target, n_reference : array_like
        All words of target and reference.
    prior_share : array_like
        Share of the word expected beforehand, above 0, at most 1.
    prior_size : float
        Words the prior is worth (α₀), above 0.

    Returns
    -------
    log_odds, z : ndarray
        With α = prior_size · prior_share: δ = ln((a + α) / (n_target + α₀ − a − α)) − ln((b + α) / (n_reference + α₀ −
        b − α)) and δ / √(1 / (a + α) + 1 / (b + α)) (Monroe, Colaresi & Quinn 2008). No finite number where a side
        and the prior hold no other word.

    Raises
    ------
    ValueError
        As `log_ratio`; if `prior_share` or `prior_size` is not as above.

    Examples
    --------
    >>> log_odds, z = weighted_log_odds(a=9, b=4, n_target=100, n_reference=100, prior_share=0.1, prior_size=10)
    >>> round(float(log_odds), 4), round(float(z), 4)  # ln(10 / 100) − ln(5 / 105); over √(1/10 + 1/5)
    (0.7419, 1.3546)
    """
    cells = {"a": a, "b": b, "n_target": n_target, "n_reference": n_reference}
    a, b, n_target, n_reference, share, size = _sides(**cells, prior_share=prior_share, prior_size=prior_size)
    wrong = ((share == 0) | (share > 1) | (size == 0)).ravel()
    if wrong.any():
        found = f"prior_share {share.ravel()[wrong][0]:g} and prior_size {size.ravel()[wrong][0]:g}"
        raise ValueError(f"{found} in place {wrong.argmax()}: the share is above 0 and at most 1, the size above 0.")
    ours, theirs, rest = a + size * share, b + size * share, size * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_odds = np.log(ours / (n_target - a + rest)) - np.log(theirs / (n_reference - b + rest))
    return log_odds, log_odds / np.sqrt(1 / ours + 1 / theirs)


MEASURES = {
    "g2": g2,
    "g2_two_term": g2_two_term,
    "g2_yates": g2_yates,
    "g2_williams": g2_williams,
    "chi2": chi2,
    "chi2_yates": chi2_yates,
    "chi2_williams": chi2_williams,
}
"""The signed measures by name."""


def counts(**cells):
    """Counts as numbers of one shape, if they can be counts.

    Parameters
    ----------
    **cells : array_like
        The counts by name.

    Returns
    -------
    list of ndarray

    Raises
    ------
    ValueError
        If a count is missing, infinite, below 0 or no number, or there are not equally many of each.

    Examples
    --------
    >>> counts(a=1, b=[4, -1])
    Traceback (most recent call last):
    ValueError: b: -1 in place 1 (places count from 0) should be a number from 0 up.
    """
    numbers = {}
    for name, cell in cells.items():
        try:
            numbers[name] = number = np.asarray(cell, float)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} should hold numbers, found {cell!s:.60}.") from error
        wrong = ~(np.isfinite(number) & (number >= 0)).ravel()
        if wrong.any():
            found = f"{number.ravel()[wrong][0]:g} in place {wrong.argmax()} (places count from 0)"
            raise ValueError(f"{name}: {found} should be a number from 0 up.")
    try:
        return np.broadcast_arrays(*numbers.values())
    except ValueError as error:
        shapes = ", ".join(f"{name} {number.shape}" for name, number in numbers.items())
        raise ValueError(f"Give equally many of each count, or one number; found shapes {shapes}.") from error


def _table(a, b, c, d):
    """Observed and expected cells, and how far the first is above its expected count."""
    cells = a, b, c, d = counts(a=a, b=b, c=c, d=d)
    n = a + b + c + d
    if not n.all():
        raise ValueError(f"The table in place {n.ravel().argmin()} (places count from 0) is empty: nothing to compare.")
    expected = [row * column / n for row in (a + b, c + d) for column in (a + c, b + d)]
    return cells, expected, (a * d - b * c) / n  # exactly 0 where observed = expected


def _sides(**cells):
    """Counts of a word and of all words, if the one is part of the other."""
    a, b, n_target, n_reference, *more = counts(**cells)
    for name, part, whole in [("a", a, n_target), ("b", b, n_reference)]:
        wrong = ((part > whole) | (whole == 0)).ravel()
        if wrong.any():
            found = f"{part.ravel()[wrong][0]:g} of {whole.ravel()[wrong][0]:g} words in place {wrong.argmax()}"
            raise ValueError(f"{name}: {found} (places count from 0); a side has words, and no fewer than one of them.")
    return a, b, n_target, n_reference, *more


def _likelihood(cells, expected, difference):
    """2 Σ O ln(O / E), signed; as O ln(1 + (O − E) / E), so that nothing is lost where both are large."""
    total = 0
    for cell, of_chance, sign in zip(cells, expected, _SIGNS, strict=False):
        total = total + xlog1py(cell, _share(sign * difference, of_chance)) - sign * difference
    return np.sign(difference) * 2 * np.maximum(total, 0)


def _squares(expected, difference):
    """Σ (O − E)² / E, signed."""
    return np.sign(difference) * sum(_share(difference**2, of_chance) for of_chance in expected)


def _share(part, whole):
    """A share, 0 of nothing."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _williams(a, b, c, d):
    """Williams' q; 1 where a cell is 0."""
    a, b, c, d = counts(a=a, b=b, c=c, d=d)
    n, some = a + b + c + d, (a > 0) & (b > 0) & (c > 0) & (d > 0)
    rows, columns = (_share(n, one) + _share(n, other) - 1 for one, other in ((a + b, c + d), (a + c, b + d)))
    return np.where(some, 1 + _share(rows * columns, 6 * n), 1)
