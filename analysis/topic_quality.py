"""How good the terms of topics look: do they occur together, in one topic only; and can people tell what does not belong."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis import resampling, tables
from analysis.tokens import paragraph_of

_EPSILON = 1e-12  # added to a joint share, lest its logarithm be infinite
_ENTRIES = 2_000_000  # windows × terms looked at in one go


class Intrusion(NamedTuple):
    """Questions to be answered, and the answers: the tables `intrusion sheet` and `intrusion key`."""

    sheet: pd.DataFrame
    key: pd.DataFrame


def npmi(terms, tokens, *, window=10, top=10):
    """How often the first terms of each topic occur near one another, compared with chance: the table `topic npmi`.

    With p the share of windows of so many words that hold a term, or both terms of a pair, and ε = 10⁻¹²:
    log((p(a, b) + ε) / (p(a) p(b))) / −log(p(a, b) + ε), mean over all pairs of the `top` first terms. Normalized
    pointwise mutual information (Bouma 2009) over boolean sliding windows (Röder, Both & Hinneburg 2015): the figures
    of ``c_npmi`` in gensim 4.4 with this window. A paragraph shorter than a window is one window; words left out of
    `tokens` (stop words) have let their neighbours move together.

    Kept from gensim, so that figures can be compared: ε lifts a pair that never meets above −1, the more the rarer its
    terms; a pair in every window there is gets −1; a word counts as gone once a window moves past it, even if it
    stands there a second time. A pair with an absent term counts as −1; gensim leaves the term out.

    >>> terms = pd.DataFrame({"topic": 1, "term": ["peace", "accord", "tax"], "rank": [1, 2, 3]})
    >>> tokens = pd.DataFrame({"document": "un", "paragraph": [*"1122"], "position": [0, 1, 0, 1]})
    >>> tokens["token"] = ["peace", "accord", "war", "crimes"]
    >>> found = npmi(terms, tokens, window=2)  # peace and accord: log 2 / log 2; twice −1 with tax
    >>> found.drop(columns="few").round(3).values.tolist()[0]
    [1.0, -0.333, 3.0, 1.0, 3.0, 2.0]
    """
    best = _first(_ranked(terms), top)
    paragraph = paragraph_of(tokens)
    if not len(tokens):
        raise ValueError("tokens has no rows; give the running words in which the terms are looked for.")
    words = pd.Index(best["term"].unique()).sort_values()
    token = tokens["token"].astype("category")
    best = best.assign(code=words.get_indexer(best["term"]))
    code = words.get_indexer(token.cat.categories)[token.cat.codes]
    together, windows = _together(code, len(words), paragraph, window)
    alone = together.diagonal()
    best["absent"] = alone[best["code"]] == 0
    pairs = best.merge(best, on="topic", suffixes=("_a", "_b"))
    pairs = pairs[pairs["rank_a"] < pairs["rank_b"]]
    a, b = pairs["code_a"].to_numpy(), pairs["code_b"].to_numpy()
    both = np.asarray(sparse.csr_matrix(together)[a, b]).ravel() if len(pairs) else np.zeros(0)
    joint = both / windows + _EPSILON
    chance = np.maximum(alone[a], 1) / windows * (np.maximum(alone[b], 1) / windows)
    absent = pairs["absent_a"] | pairs["absent_b"]
    pairs = pairs.assign(npmi=np.where(absent, -1.0, np.log(joint / chance) / -np.log(joint)), never=both == 0)
    table = best.groupby("topic").agg(n_terms=("term", "size"), n_absent=("absent", "sum"))
    per_pair = pairs.groupby("topic").agg(
        npmi=("npmi", "mean"), n_pairs=("npmi", "size"), n_pairs_never=("never", "sum")
    )
    table = table.join(per_pair).fillna({"n_pairs": 0, "n_pairs_never": 0})
    table = table.astype({"n_pairs": "int64", "n_pairs_never": "int64"}).reset_index()
    table["few"] = table["n_terms"] - table["n_absent"] < tables.FEW
    return table[list(tables.columns("topic npmi"))]


def exclusivity(terms, *, top=10):
    """How far the first terms of each topic belong to it alone: the table `topic exclusivity`.

    With φ the weight of a term in a topic, divided by the sum of the topic's weights in `terms`: mean over its `top`
    first terms of φ here / sum of φ over all topics. The exclusivity of Bischof & Airoldi (2012), without their ranks
    and without the frequency that FREX adds. A term that is not listed counts as of weight 0: give all terms.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> exclusivity(terms.assign(weight=[3, 1, 1, 1])).round(3).values.tolist()  # aid: 1/4 and 1/2, of 3/4
    [[1.0, 0.667, 2.0], [2.0, 0.833, 2.0]]
    """
    ranked = _ranked(terms, ["weight"])
    share = ranked["weight"] / ranked.groupby("topic")["weight"].transform("sum")
    ranked["exclusive"] = share / share.groupby(ranked["term"]).transform("sum")
    table = _first(ranked, top).groupby("topic", as_index=False)
    return table.agg(exclusivity=("exclusive", "mean"), n_terms=("term", "size"))


def diversity(terms, *, top=10):
    """How many of the topics' first terms are different words: the table `topic diversity`, one row.

    Topic diversity of Dieng, Ruiz & Blei (2020), who take 25 terms of each topic; figures for another `top` or number
    of topics don't compare.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> diversity(terms).values.tolist()
    [[4.0, 3.0, 0.75]]
    """
    best = _first(_ranked(terms), top)
    n, different = len(best), best["term"].nunique()
    return pd.DataFrame({"n_terms": [n], "n_different": [different], "diversity": [different / n]})


def intrusion(terms, *, n=1, top=5, seed=0):
    """Make questions of word intrusion: a topic's `top` first terms, and one word that does not belong.

    Gives `.sheet`, to be answered in its column `intruder`, and `.key`, to be kept from who answers. n: questions per
    topic; a person should see a topic once, since words that return give the intruder away. Write them with
    `tables.write`; read the sheet with `tables.read`, and the key with ``tables.read(path).astype({"topic": int})``.

    The intruder stands high in another topic, so that it is no rare word, and low in this one: it is drawn from the
    first terms of other topics that are not among this topic's terms, or, where these are fewer than n, in the lower
    half of its ranks (Chang, Boyd-Graber, Gerrish, Wang & Blei 2009). ValueError where topics are too alike.

    >>> words = ["war", "peace", "army", "truce", "arms", "child", "school", "teacher", "book", "class"]
    >>> terms = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": words, "rank": [1, 2, 3, 4, 5] * 2})
    >>> made = intrusion(terms, seed=3)
    >>> made.sheet.values.tolist()[0]
    ['1', 'army', 'child', 'school', 'class', 'teacher', 'book', '']
    >>> made.key[["question", "topic", "intruder", "source"]].values.tolist()[0]
    ['1', 2, 'army', 1]
    """
    terms = _ranked(terms)
    high = _first(terms, top).sort_values(["rank", "topic"]).drop_duplicates("term").sort_values("term")
    high = high[["term", "topic"]].values.tolist()
    rng, questions = np.random.default_rng(seed), []
    for topic, own in terms.groupby("topic"):
        if len(own) < top:
            raise ValueError(f"topic terms: topic {topic} has {len(own)} of the {top} terms shown; lower top.")
        rank = dict(zip(own["term"], own["rank"], strict=True))
        free = [word for word in high if word[0] not in rank]
        if len(free) < n:
            free = [word for word in high if rank.get(word[0], np.inf) > max(top, len(own) / 2)]
        if len(free) < n:
            raise ValueError(
                f"topic terms: only {len(free)} words could intrude on topic {topic}: topics are too alike."
            )
        for drawn in rng.choice(len(free), n, replace=False):
            shown = [*own["term"].iloc[:top], free[drawn][0]]
            questions.append([topic, *free[drawn], *(shown[place] for place in rng.permutation(top + 1))])
    words = [f"word_{place}" for place in range(1, top + 2)]
    key = pd.DataFrame(questions, columns=["topic", "intruder", "source", *words])
    key = key.iloc[rng.permutation(len(key))].reset_index(drop=True)
    key.insert(0, "question", [str(number) for number in range(1, len(key) + 1)])
    return Intrusion(key[["question", *words]].assign(intruder=""), key)


def score_intrusion(answers, key, by="topic"):
    """How often people found the intruder, topic by topic or (by=None) in all: the table `intrusion scores`.

    answers: sheets that were filled in, with a column `coder` where several people answered. `precision` is the model
    precision of Chang et al. (2009): n_right / n_answers, blank ones left out.

    By topic, `low` and `high` are an exact 95 % interval by coder (Clopper & Pearson 1934), none for one coder nor where
    a coder answered several questions of the topic, and `p` is the exact binomial chance of so many right if everyone
    guessed blindly (`q`: Benjamini & Hochberg 1995, over topics). In all, the interval is a jackknife by coder, with no
    test: it says what other people might find in these topics, not how other topics would do.

    >>> key = pd.DataFrame({"question": ["1"], "topic": 1, "intruder": "book", "word_1": "war", "word_2": "book"})
    >>> sheet = key.drop(columns="topic")
    >>> answers = pd.concat([sheet.assign(coder="ann"), sheet.assign(coder="bo", intruder="war")])
    >>> score_intrusion(answers, key)[["n_answers", "n_right", "precision", "chance", "p"]].values.tolist()
    [[2.0, 1.0, 0.5, 0.5, 0.75]]
    """
    words = [name for name in getattr(key, "columns", []) if str(name).startswith("word_")]
    given = _given(tables.check(answers, "intrusion sheet", words), tables.check(key, "intrusion key", words), words)
    rows, chance = [], 1 / len(words)
    for topic, own in given.groupby("topic") if by else [(None, given)]:
        answered = own[own["answer"] != ""]
        n, right, coders = len(answered), int(answered["right"].sum()), answered["coder"].nunique()
        row = {"topic": topic, "n_answers": n, "n_right": right, "n_blank": len(own) - n}
        row |= {"precision": right / n if n else np.nan, "chance": chance, "low": np.nan, "high": np.nan}
        test = stats.binomtest(right, n, chance, alternative="greater") if by and n and n == coders else None
        if not by and n:
            per = answered.groupby("coder")["right"].agg(["sum", "size"])
            low, high, interval = resampling.interval(right / n, (right - per["sum"]) / (n - per["size"]), "coder")
            row |= {"low": np.maximum(low, 0), "high": np.minimum(high, 1), "interval": interval}
        elif test is None:
            row["interval"] = "none: a coder answered several questions of the topic" if n else "none: no answer"
        elif coders < 2:
            row["interval"] = "none: one coder"
        else:
            row["low"], row["high"] = stats.binomtest(right, n).proportion_ci(0.95, method="exact")
            doubt = f", unreliable: {coders}" if coders < tables.UNRELIABLE else ""
            row["interval"] = f"95 % by coder (Clopper–Pearson{doubt})"
        rows.append(row | {"p": test.pvalue if test else np.nan, "q": np.nan, "few": n < tables.FEW})
    table = pd.DataFrame(rows)
    tested = table["p"].notna()
    if tested.any():
        table.loc[tested, "q"] = stats.false_discovery_control(table.loc[tested, "p"])
    return table if by else table.drop(columns=["topic", "p", "q"])


def _ranked(terms, more=()):
    """The terms, checked, by topic and rank."""
    tables.check(terms, "topic terms", more)
    return (
        terms[["topic", "term", "rank", *more]]
        .astype({"term": "str"})
        .sort_values(["topic", "rank"], ignore_index=True)
    )


def _first(ranked, top):
    """The first terms of each topic."""
    return ranked[ranked.groupby("topic").cumcount() < top]


def _given(answers, key, words):
    """Each answer as it was given and whether it is right, with its topic and coder."""
    plain = {name: key[name].str.strip().str.casefold() for name in ["intruder", *words]}
    key = key.assign(**plain, shown=[frozenset(row) for row in pd.DataFrame(plain)[words].to_numpy()])
    given = answers[["question"]].assign(coder=answers["coder"] if "coder" in answers.columns else "")
    given["answer"] = answers["intruder"].str.strip().str.casefold()
    given["seen"] = [
        frozenset(row) for row in answers[words].apply(lambda word: word.str.strip().str.casefold()).to_numpy()
    ]
    given = given.reset_index(drop=True).merge(
        key[["question", "topic", "intruder", "shown"]], on="question", how="left"
    )
    for row, one in enumerate(given.to_dict("records")):
        where = f"intrusion sheet: question {one['question']} in row {row} (from 0)"
        if not isinstance(one["shown"], frozenset) or one["seen"] != one["shown"]:
            raise ValueError(f"{where} has other words than the key; was the sheet made with another seed or topics?")
        if one["answer"] and one["answer"] not in one["shown"]:
            listed = ", ".join(sorted(one["shown"]))
            raise ValueError(f"{where} is answered {one['answer']!r}; write one of its words: {listed}.")
    twice = given.duplicated(["question", "coder"])
    if twice.any():
        row = int(twice.argmax())
        raise ValueError(
            f"intrusion sheet: question {given['question'][row]} in row {row} (from 0) is there twice; name each person "
            "in a column coder."
        )
    if not (given["answer"] != "").any():
        raise ValueError("intrusion sheet: no question is answered; the chosen word belongs in the column intruder.")
    return given.assign(topic=given["topic"].astype("int64"), right=given["answer"] == given["intruder"])


def _together(code, n_words, paragraph, window):
    """In how many windows two words are counted together (by itself: a word), word by word; and all windows."""
    length = np.bincount(paragraph)
    window = min(window, int(length.max()))
    windows = length - np.minimum(length, window) + 1  # of each paragraph
    row, begin = np.cumsum(length) - length, np.cumsum(windows) - windows  # its first word, its first window
    at = np.flatnonzero(code >= 0)
    at = at[np.argsort(code[at], kind="stable")]
    word, number = code[at].astype(np.int64), paragraph[at]
    # A word counts from the window that starts at `first` to the one that starts at `gone`. gensim takes it out with
    # the first of its occurrences that leaves; exact windows, without that, would be `gone = at`.
    first, key = np.maximum(at - window + 1, row[number]), word * len(code)
    gone = at[np.searchsorted(key + at, key + first)]
    shift = begin[number] - row[number]
    start, end = first + shift, np.minimum(gone + shift, begin[number] + windows[number] - 1)
    again = np.flatnonzero(word[1:] == word[:-1]) + 1
    start[again] = np.maximum(start[again], end[again - 1] + 1)  # a window counts once
    order = np.argsort(start, kind="stable")
    order = order[start[order] <= end[order]]
    start, end, word = start[order], end[order], word[order]

    together, step = sparse.csr_array((n_words, n_words), dtype=np.int64), max(_ENTRIES // window, 1)
    for low in range(0, int(windows.sum()), step):
        near = slice(*np.searchsorted(start, [low - window + 1, low + step]))
        begins, ends = np.maximum(start[near], low), np.minimum(end[near], low + step - 1)
        size = np.maximum(ends - begins + 1, 0)
        held = np.repeat(begins - low - np.cumsum(size) + size, size) + np.arange(size.sum())
        entries = np.ones(len(held), np.int64), (held, np.repeat(word[near], size))
        holds = sparse.csr_array(entries, shape=(step, n_words))
        together = together + holds.T @ holds
    return together, int(windows.sum())
