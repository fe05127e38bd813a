"""The two labels of a contrast."""

from analysis import codebooks


def pair(codebook, a, b):
    """Give a codebook's rows of two labels, if they can be compared.

    Parameters
    ----------
    codebook : DataFrame
        A codebook, from `codebooks.load`.
    a, b : str
        The labels.

    Returns
    -------
    DataFrame
        As `codebooks.checked` gives, with the rows of these labels only.

    Raises
    ------
    ValueError
        If it is no codebook, a label is not in it (the message lists those that
        are) or has no pattern that counts, both are the same, or one is called
        ``both`` or ``neither``, which the results use.

    Examples
    --------
    >>> book = codebooks.parse("peace: {any: peace}\\nwar: {any: war}")
    >>> pair(book, "peace", "pace")
    Traceback (most recent call last):
    ValueError: The codebook has no label 'pace'. It has: 'peace', 'war'.
    """
    codebooks.check_labels(codebook, [a, b])
    codebook = codebooks.checked(codebook)
    if a == b:
        raise ValueError(f"{a!r} is compared with itself: name two labels.")
    for label in (a, b):
        if label in ("both", "neither"):
            raise ValueError(f"A label called {label!r} cannot be compared: the results use this word. Rename it.")
        if not ((codebook["label"] == label) & (codebook["role"] == "any")).any():
            raise ValueError(f"codebook: {label!r} has no pattern that counts (role any).")
    return codebook[codebook["label"].isin([a, b])].reset_index(drop=True)
