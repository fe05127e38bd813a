"""How good the terms of topics look: do they occur together, in one topic only; can people tell an intruder."""

from collections import namedtuple

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis import resampling, tables
from analysis.tokens import paragraph_of

_EPSILON = 1e-12  # added to a joint share, lest its logarithm be infinite
_SHOWN = 5  # first terms of a topic in a question
_WORDS = [f"word_{place}" for place in range(1, _SHOWN + 2)]


# What `intrusion` gives, questions to be answered, and the answers: the tables `intrusion sheet` and `intrusion key`.
Intrusion = namedtuple("Intrusion", "sheet key")


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
    best, paragraph = _ranked(terms).groupby("topic").head(top), paragraph_of(tokens)
    if not len(tokens):
        raise ValueError("tokens has no rows; give the running words in which the terms are looked for.")
    code, words = pd.factorize(best["term"])
    token = tokens["token"].astype("category")
    together, windows = _together(words.get_indexer(token.cat.categories)[token.cat.codes], words, paragraph, window)
    best = best.assign(code=code, alone=together.diagonal()[code])
    pairs = best.merge(best, on="topic", suffixes=("_a", "_b")).query("rank_a < rank_b")
    both = together[pairs["code_a"], pairs["code_b"]]
    joint, chance = both / windows + _EPSILON, pairs["alone_a"] * pairs["alone_b"] / windows**2
    pairs["npmi"] = (np.log(joint / chance.where(chance > 0)) / -np.log(joint)).fillna(-1)
    of_topic, of_pairs = best.groupby("topic")["alone"], pairs.assign(never=both == 0).groupby("topic")
    n_pairs = of_pairs["never"].agg(["size", "sum"]).reindex(best["topic"].unique(), fill_value=0)
    table = pd.DataFrame({"npmi": of_pairs["npmi"].mean(), "n_terms": of_topic.size()})
    table["n_absent"] = table["n_terms"] - of_topic.agg(np.count_nonzero)
    table[["n_pairs", "n_pairs_never"]] = n_pairs
    return table.assign(few=table["n_terms"] - table["n_absent"] < tables.FEW).reset_index()


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
    table = ranked.groupby("topic").head(top).groupby("topic", as_index=False)
    return table.agg(exclusivity=("exclusive", "mean"), n_terms=("term", "size"))


def diversity(terms, *, top=10):
    """How many of the topics' first terms are different words: the table `topic diversity`, one row.

    Topic diversity of Dieng, Ruiz & Blei (2020), who take 25 terms of each topic; figures for another `top` or number
    of topics don't compare.

    >>> terms = pd.DataFrame({"topic": [1, 1, 2, 2], "term": ["peace", "aid", "tax", "aid"], "rank": [1, 2, 1, 2]})
    >>> diversity(terms).values.tolist()
    [[4.0, 3.0, 0.75]]
    """
    best = _ranked(terms).groupby("topic").head(top)
    n, different = len(best), best["term"].nunique()
    return pd.DataFrame({"n_terms": [n], "n_different": [different], "diversity": [different / n]})


def intrusion(terms, *, seed=0):
    """Make questions of word intrusion, one a topic: its first five terms, and one word that does not belong.

    Gives `.sheet`, to be answered in its column `intruder`, and `.key`, to be kept from who answers. Write them with
    `tables.write`; read the sheet with `tables.read`, and the key with ``tables.read(path).astype({"topic": int})``.

    The intruder stands high in another topic, so that it is no rare word, and low in this one: it is drawn from the
    first terms of other topics that are not among this topic's terms, or, where there are none, in the lower half of
    its ranks (Chang, Boyd-Graber, Gerrish, Wang & Blei 2009). ValueError where topics are too alike.

    >>> words = ["war", "peace", "army", "truce", "arms", "child", "school", "teacher", "book", "class"]
    >>> terms = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": words, "rank": [1, 2, 3, 4, 5] * 2})
    >>> made = intrusion(terms, seed=3)
    >>> made.sheet.values.tolist()[0]
    ['1', 'army', 'child', 'school', 'class', 'teacher', 'book', '']
    >>> made.key[["question", "topic", "intruder", "source"]].values.tolist()[0]
    ['1', 2, 'army', 1]
    """
    terms = _ranked(terms)
    high = terms.groupby("topic").head(_SHOWN).sort_values(["rank", "topic"]).drop_duplicates("term")
    high = high.sort_values("term")[["term", "topic"]].values.tolist()
    rng, questions = np.random.default_rng(seed), []
    for topic, own in terms.groupby("topic"):
        rank = own.set_index("term")["rank"]
        free = [word for word in high if word[0] not in rank]
        free = free or [word for word in high if rank[word[0]] > max(_SHOWN, len(own) / 2)]
        if len(own) < _SHOWN:
            raise ValueError(f"topic terms: topic {topic} has {len(own)} terms, not {_SHOWN}; give all it has.")
        if not free:
            raise ValueError(f"topic terms: topic {topic}: no word could intrude: topics are too alike; fit fewer.")
        intruder = free[rng.choice(len(free), 1, replace=False)[0]]
        shown = [*own["term"].iloc[:_SHOWN], intruder[0]]
        questions.append([topic, *intruder, *(shown[place] for place in rng.permutation(_SHOWN + 1))])
    key = pd.DataFrame(questions, columns=["topic", "intruder", "source", *_WORDS])
    key = key.iloc[rng.permutation(len(key))].reset_index(drop=True)
    key.insert(0, "question", [str(number) for number in range(1, len(key) + 1)])
    return Intrusion(key[["question", *_WORDS]].assign(intruder=""), key)


def score_intrusion(answers, key):
    """How often people found the intruder, topic by topic: the table `intrusion scores`.

    answers: sheets that were filled in, with a column `coder` where several people answered. `precision` is the model
    precision of Chang et al. (2009): n_right / n_answers, blank ones left out. `low` and `high` are an exact 95 %
    interval by coder (Clopper & Pearson 1934), none for one coder, and `p` is the exact binomial chance of so many
    right if everyone guessed blindly (`q`: Benjamini & Hochberg 1995, over topics).

    >>> words = {f"word_{n}": word for n, word in enumerate(["war", "army", "book", "arms", "troops", "tank"], 1)}
    >>> key = pd.DataFrame({"question": ["1"], "topic": 1, "intruder": "book", **words})
    >>> sheet = key.drop(columns="topic")
    >>> answers = pd.concat([sheet.assign(coder="ann"), sheet.assign(coder="bo", intruder="war")])
    >>> score_intrusion(answers, key)[["n_answers", "n_right", "precision", "chance", "p"]].round(3).values.tolist()
    [[2.0, 1.0, 0.5, 0.167, 0.306]]
    """
    given = _given(tables.check(answers, "intrusion sheet", _WORDS), tables.check(key, "intrusion key", _WORDS))
    blank, chance = given["answer"] == "", 1 / len(_WORDS)
    given = given.assign(n_answers=~blank, n_right=given["answer"] == given["right"], n_blank=blank)
    table = given.groupby("topic")[["n_answers", "n_right", "n_blank"]].sum().reset_index()
    n, right = table["n_answers"], table["n_right"]
    table = table.assign(precision=right / n, chance=chance)
    ends = [stats.binomtest(k, m).proportion_ci() if m > 1 else (np.nan,) * 2 for k, m in zip(right, n, strict=True)]
    table[["low", "high"]] = ends
    doubt = (", unreliable: " + n.astype("str")).where(n < tables.UNRELIABLE, "")
    worded = "95 % by coder (Clopper–Pearson" + doubt + ")"
    table["interval"] = worded.where(n > 1, "none: one coder").where(n > 0, "none: no answer")
    p = pd.Series(stats.binom.sf(right - 1, n, chance)).where(n > 0)
    return table.assign(p=p, q=resampling.adjusted(p), few=n < tables.FEW)


def _ranked(terms, more=()):
    """The terms, checked, by topic and rank."""
    ranked = tables.check(terms, "topic terms", more)[["topic", "term", "rank", *more]].astype({"term": "str"})
    return ranked.sort_values(["topic", "rank"], ignore_index=True)


def _given(answers, key):
    """Each answer as it was given, with its topic, its coder and the right answer."""
    cells = ["intruder", *_WORDS]
    one, other = (table[cells].apply(lambda column: column.str.strip().str.casefold()) for table in (answers, key))
    key = key[["question", "topic"]].assign(right=other["intruder"], shown=other[_WORDS].apply(frozenset, axis=1))
    given = pd.DataFrame({"question": answers["question"], "coder": answers.get("coder", "")})
    given = given.assign(answer=one["intruder"], seen=one[_WORDS].apply(frozenset, axis=1)).merge(key, how="left")
    strange = [answer not in ("", *seen) for answer, seen in zip(given["answer"], given["seen"], strict=True)]
    other, twice = given["seen"] != given["shown"], given.duplicated(["question", "coder"])
    mistakes = [
        (other, "has other words than the key; was the sheet made with another seed or topics?"),
        (strange, "is answered with another word; write one of its six words."),
        (twice, "is there twice; name each person in a column coder."),
    ]
    for wrong, why in mistakes:
        for row in np.flatnonzero(wrong)[:1]:
            raise ValueError(f"intrusion sheet: question {given['question'][row]} in row {row} (from 0) {why}")
    if not given["answer"].any():
        raise ValueError("intrusion sheet: no question is answered; the chosen word belongs in the column intruder.")
    return given


def _together(code, words, paragraph, window):
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
    size = np.minimum(gone - row[number], windows[number] - 1) - (first - row[number]) + 1
    held = np.repeat(begin[number] + first - row[number] - np.cumsum(size) + size, size) + np.arange(size.sum())
    shape = int(windows.sum()), len(words)
    holds = sparse.csr_array((np.ones(len(held), np.int64), (held, np.repeat(word, size))), shape=shape)
    holds.data[:] = 1  # a window counts once
    return (holds.T @ holds).toarray(), shape[0]
