"""New paragraphs → shares of the topics of a fitted model."""

from analysis.topics import fitting, spaces, tidy, words


def place(topics, tokens, *, vectors=None):
    """Find the topics of a fitted model in paragraphs, new or old.

    Parameters
    ----------
    topics : Topics
        From `fit` or `load`. It stays as it is: nothing is learnt from the paragraphs.
    tokens : DataFrame
        `document`, `paragraph`, `position`, `token`, from `tokens.tokenize`.
    vectors : DataFrame, optional
        `document`, `paragraph`, and columns of numbers: needed if, and only if, the topics were fitted with vectors;
        from the same source, the same columns in the same order.

    Returns
    -------
    DataFrame
        One row per paragraph and topic, in the order of `tokens`: `document`, `paragraph`, `topic` (as in
        ``topics.terms``), `share` (0 to 1; in a paragraph it sums to 1; missing where it has none of the model's words,
        or its vector is all zeros).

    Raises
    ------
    TypeError
        If `topics` does not come from `fit` or `load`.
    ValueError
        If columns or values are missing, there are no rows, words are not in the order of the text, vectors are absent
        where needed or given where not, a paragraph has none, or their columns are not those fitted with,
        in the same order.

    Notes
    -----
    Only the model's words count; idf and topics are those of the paragraphs fitted on. On these themselves the result
    is ``topics.shares``. With ``"cooccurrence"``, vectors and ``"lda"``, a paragraph's shares do not hang on
    the others placed with it. With ``"nmf"`` they do a little: scikit-learn stops when all of them together have come
    to rest.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.tokens import tokenize
    >>> texts = ["troops guard borders", "borders need troops", "courts try crimes", "crimes before courts"] * 3
    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": [str(n) for n in range(12)], "text": texts})
    >>> found = fitting.fit(tokenize(paragraphs), 2, stopwords=["before"])
    >>> new = pd.DataFrame({"document": "eu", "paragraph": ["1", "2"], "text": ["Courts for all crimes", "Fish"]})
    >>> place(found, tokenize(new))["share"].tolist()
    [0.0, 1.0, nan, nan]
    """
    if not isinstance(topics, fitting.Topics):
        raise TypeError(f"topics should come from topics.fit or topics.load, found {type(topics).__name__}.")
    needed = topics.model == "vectors"
    if needed and vectors is None:
        raise ValueError("these topics were fitted with vectors: give the vectors of the new paragraphs too.")
    if vectors is not None and not needed:
        raise ValueError(f"these topics were fitted without vectors (model {topics.model!r}): leave vectors out.")
    kept = words.keep(tokens, words=topics.words)
    given = spaces.aligned(vectors, kept.paragraphs) if needed else None
    if needed and given.shape[1] != len(topics.space.axes):
        raise ValueError(
            f"vectors has {given.shape[1]} columns of numbers, those that the topics were fitted with "
            f"{len(topics.space.axes)}: take both from the same source."
        )
    columns = spaces.names(vectors) if needed else None
    if needed and topics.vector_columns and columns != topics.vector_columns:
        found, wanted = next(pair for pair in zip(columns, topics.vector_columns, strict=True) if len(set(pair)) > 1)
        raise ValueError(
            f"vectors has the column {found!r} where the topics were fitted with {wanted!r}: give the same columns in "
            "the same order."
        )
    counts = kept.counts()
    rows, _ = spaces.tfidf(counts, topics.idf)
    shares = fitting.placed(topics.space, rows, counts, given)
    return tidy.long(shares[:, topics.order], kept)
