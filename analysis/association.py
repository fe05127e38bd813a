"""The four counts of a 2×2 table → one number, for many tables at once.

             target  reference                 with the word  elsewhere
    word       a         b          collocate        a            b
    others     c         d          others           c            d

Every measure with a sign is above 0 where a is more than expected, below 0 where
it is less, and 0 where it is exactly as expected.
"""

import numpy as np


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
        If a count is missing or below 0, or a table is empty.

    Examples
    --------
    >>> round(float(g2(120, 60, 50_000 - 120, 60_000 - 60)), 4)
    32.8745
    """
    cells, expected, sign = _table(a, b, c, d)
    return sign * 2 * sum(_term(o, e) for o, e in zip(cells, expected, strict=True))


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

    Raises
    ------
    ValueError
        As `g2`.

    Examples
    --------
    >>> round(float(g2_two_term(120, 60, 50_000 - 120, 60_000 - 60)), 4)
    32.821
    """
    cells, expected, sign = _table(a, b, c, d)
    return sign * 2 * (_term(cells[0], expected[0]) + _term(cells[1], expected[1]))


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

    Raises
    ------
    ValueError
        As `g2`.

    Examples
    --------
    >>> round(float(g2_yates(3, 1, 7, 9)), 4)
    0.3152
    """
    cells, expected, sign = _table(a, b, c, d)
    return sign * 2 * sum(_term(o, e) for o, e in zip(_moved(cells, expected), expected, strict=True))


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
        q = 1 where a cell is 0.

    Raises
    ------
    ValueError
        As `g2`.

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

    Raises
    ------
    ValueError
        As `g2`.

    Examples
    --------
    >>> round(float(chi2(3, 1, 7, 9)), 4)  # 1 / 2 + 1 / 2 + 1 / 8 + 1 / 8
    1.25
    """
    cells, expected, sign = _table(a, b, c, d)
    return sign * sum(_square(o, e) for o, e in zip(cells, expected, strict=True))


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

    Raises
    ------
    ValueError
        As `g2`.

    Examples
    --------
    >>> round(float(chi2_yates(3, 1, 7, 9)), 4)  # a quarter of 1.25
    0.3125
    """
    cells, expected, sign = _table(a, b, c, d)
    return sign * sum(_square(o, e) for o, e in zip(_moved(cells, expected), expected, strict=True))


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

    Raises
    ------
    ValueError
        As `g2`.

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

    Examples
    --------
    >>> log_ratio([8, 0, 0], [2, 2, 0], 1_000, 1_000).tolist()
    [2.0, -2.0, nan]
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(np.where(a == 0, 0.5, a) / n_target) - np.log2(np.where(b == 0, 0.5, b) / n_reference)
    return np.where((a == 0) & (b == 0), np.nan, ratio)


def weighted_log_odds(a, b, n_target, n_reference, prior_share, prior_size):
    """Log-odds ratio with an informative Dirichlet prior, and its z.

    Parameters
    ----------
    a, b : array_like
        Counts of the word in target and reference.
    n_target, n_reference : int
        All words of target and reference.
    prior_share : array_like
        Share of the word expected beforehand, above 0.
    prior_size : float
        Words the prior is worth (α₀), above 0.

    Returns
    -------
    log_odds, z : ndarray
        With α = prior_size · prior_share: δ = ln((a + α) / (n_target + α₀ − a − α)) − ln((b + α) / (n_reference + α₀ −
        b − α)) and δ / √(1 / (a + α) + 1 / (b + α)) (Monroe, Colaresi & Quinn 2008, equations 16, 18 and 22).

    Examples
    --------
    >>> log_odds, z = weighted_log_odds(a=9, b=4, n_target=100, n_reference=100, prior_share=0.1, prior_size=10)
    >>> round(float(log_odds), 4), round(float(z), 4)  # ln(10 / 100) − ln(5 / 105); over √(1/10 + 1/5)
    (0.7419, 1.3546)
    """
    a, b, alpha = np.asarray(a, float), np.asarray(b, float), prior_size * np.asarray(prior_share, float)
    log_odds = np.log((a + alpha) / (n_target + prior_size - a - alpha)) - np.log(
        (b + alpha) / (n_reference + prior_size - b - alpha)
    )
    return log_odds, log_odds / np.sqrt(1 / (a + alpha) + 1 / (b + alpha))


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


def counts(*cells):
    """The four counts as numbers of one shape, if they can be counts.

    Parameters
    ----------
    *cells : array_like
        a, b, c and d.

    Returns
    -------
    list of ndarray

    Raises
    ------
    ValueError
        If a count is missing or below 0, or a table is empty.

    Examples
    --------
    >>> counts(1, 2, 3, [4, -1])
    Traceback (most recent call last):
    ValueError: d: count -1.0 of table 1 (tables count from 0) should be a number from 0 up.
    """
    cells = np.broadcast_arrays(*(np.asarray(cell, float) for cell in cells))
    for name, cell in zip("abcd", cells, strict=True):
        wrong = ~(np.isfinite(cell) & (cell >= 0)).ravel()
        if wrong.any():
            raise ValueError(
                f"{name}: count {cell.ravel()[wrong.argmax()]} of table {wrong.argmax()} (tables count from 0) "
                "should be a number from 0 up."
            )
    empty = (sum(cells) == 0).ravel()
    if empty.any():
        raise ValueError(f"table {empty.argmax()} (tables count from 0) is empty: there is nothing to compare.")
    return cells


def _table(a, b, c, d):
    """Observed and expected cells, and the sign of the first cell's difference."""
    cells = a, b, c, d = counts(a, b, c, d)
    n = a + b + c + d
    expected = [r * k / n for r in (a + b, c + d) for k in (a + c, b + d)]
    return cells, expected, np.sign(a * d - b * c)  # whole numbers: 0 exactly where observed = expected


def _term(observed, expected):
    """O ln(O / E); nothing where O is 0."""
    some = observed > 0
    return np.where(some, observed * np.log(np.where(some, observed, 1) / np.where(some, expected, 1)), 0)


def _square(observed, expected):
    """(O − E)² / E; nothing where E is 0."""
    return np.where(expected > 0, (observed - expected) ** 2 / np.where(expected > 0, expected, 1), 0)


def _moved(cells, expected):
    """Each count half a unit nearer to its expected value, or on it."""
    return [o + np.sign(e - o) * np.minimum(0.5, np.abs(e - o)) for o, e in zip(cells, expected, strict=True)]


def _williams(a, b, c, d):
    a, b, c, d = counts(a, b, c, d)
    n = a + b + c + d
    some = (a > 0) & (b > 0) & (c > 0) & (d > 0)
    inverse = [np.where(some, n / np.where(some, s, 1), 1) for s in (a + b, c + d, a + c, b + d)]
    return np.where(some, 1 + (inverse[0] + inverse[1] - 1) * (inverse[2] + inverse[3] - 1) / (6 * n), 1)
