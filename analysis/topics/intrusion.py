"""Word intrusion: can a person tell which word does not belong to a topic? Sheets out, answers in, scores."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from analysis import resampling, tables, values
from analysis.topics.intrusion_sheets import whole_numbers

_TERMS = ["topic", "term", "rank"]


class Intrusion(NamedTuple):
    """Questions to be answered, and the answers: `sheet` and `key`, as `intrusion` describes them."""

    sheet: pd.DataFrame
    key: pd.DataFrame


def intrusion(terms, *, n=1, top=5, seed=0):
    """Make questions of word intrusion: a topic's first terms, and one word that does not belong.

    Parameters
    ----------
    terms : DataFrame
        `topic`, `term`, `rank` (1 for the first): one row per topic and term; of
        each topic the first `top` terms at least, better fifty.
    n : int, default 1
        Questions per topic, each with another intruder. A person should see a topic
        once: the words that return give the intruder away.
    top : int, default 5
        How many terms of a topic are shown.
    seed : int, default 0
        The same seed makes the same questions, in whatever order the terms come.

    Returns
    -------
    Intrusion
        Two tables, one row per question each. `sheet`: `question` (from 1, topics
        in random order), `word_1` to `word_6` (in random order), `intruder` (blank:
        to be filled in with the word that does not belong). `key`, to be kept from
        who answers: `question`, `topic`, `intruder` (the right answer), `source`
        (the topic it comes from), `word_1` to `word_6`.

    Raises
    ------
    ValueError
        If columns or values are missing, a topic or rank is not a whole number, a
        topic has a term (capitals aside) or a rank twice or has fewer than `top`
        terms, there is one topic only, fewer than n words could intrude on a topic,
        or `n`, `top` or `seed` is not a whole number from 1, 2 or 0.

    Notes
    -----
    Chang, Boyd-Graber, Gerrish, Wang & Blei (2009), "Reading Tea Leaves". The
    intruder stands high in another topic, so that it is no rare word, and low in
    this one: it is drawn from the first `top` terms of the other topics that are
    not among this topic's terms at all; where these are fewer than n, also from
    those in the lower half of its ranks. `source` is the topic where the word ranks
    highest, the first of several.

    Examples
    --------
    >>> words = ["war", "peace", "army", "truce", "arms", "child", "school", "teacher", "book", "class"]
    >>> terms = pd.DataFrame({"topic": [1] * 5 + [2] * 5, "term": words, "rank": [1, 2, 3, 4, 5] * 2})
    >>> made = intrusion(terms, seed=3)
    >>> made.sheet.values.tolist()[0]
    [1, 'army', 'child', 'school', 'class', 'teacher', 'book', '']
    >>> made.key[["question", "topic", "intruder", "source"]].values.tolist()[0]
    [1, 2, 'army', 1]
    """
    for name, value, least in [("n", n, 1), ("top", top, 2), ("seed", seed, 0)]:
        values.check_whole(value, name, least)
    terms = _checked(terms, top)
    rng = np.random.default_rng(seed)
    high = terms[terms["rank"] <= top].sort_values(["rank", "topic"]).drop_duplicates("plain").sort_values("plain")
    high, questions = high[["plain", "term", "source"]].values.tolist(), []
    for topic, own in terms.groupby("topic", sort=True):
        rank = dict(zip(own["plain"], own["rank"], strict=True))
        free = [word for word in high if word[0] not in rank]
        if len(free) < n:
            free = [word for word in high if rank.get(word[0], np.inf) > max(top, len(own) / 2)]
        if len(free) < n:
            raise ValueError(
                f"terms: words that could intrude on topic {topic}: {len(free)}; needed: {n}; first {top} terms of another "
                "topic that are low in this one, or not in it. The topics are too alike, or ask for a smaller n."
            )
        for drawn in rng.choice(len(free), n, replace=False):
            shown = [*own["term"].iloc[:top], free[drawn][1]]
            questions.append([topic, *free[drawn][1:], *(shown[place] for place in rng.permutation(top + 1))])
    words = [f"word_{place}" for place in range(1, top + 2)]
    key = pd.DataFrame(questions, columns=["topic", "intruder", "source", *words])
    key = key.iloc[rng.permutation(len(key))].reset_index(drop=True)
    key.insert(0, "question", np.arange(1, len(key) + 1))
    return Intrusion(key[["question", *words]].assign(intruder=""), key)


def score_intrusion(answers, key):
    """How often people found the intruder, topic by topic: model precision.

    Parameters
    ----------
    answers : DataFrame
        `question`, `word_1` to `word_6`, `intruder` (the word a person chose, in any
        case; blank where not answered): sheets that were filled in. `coder`, who
        answered, where there are several people; without it, one.
    key : DataFrame
        The key of the same sheets, from `intrusion`.

    Returns
    -------
    DataFrame
        One row per topic of the key, in order: `topic`, `n_answers`, `n_right`,
        `n_blank` (left out), `precision` (n_right / n_answers), `chance` (1 / words
        shown), `low`, `high` (shares from 0 to 1), `interval` (what they are, or why
        there are none), `p`, `q`, `few` (n_answers is below five).

    Raises
    ------
    ValueError
        If columns or values are missing, a coder has a question twice, nothing is
        answered, a question is not in the key, its words are not those of the key, an
        answer is none of them, or the key's are blank, twice or lack the intruder.

    Notes
    -----
    `precision` is the model precision of Chang et al. (2009). `low` and `high` are
    an exact 95 % interval (Clopper & Pearson 1934) by coder, called unreliable below
    ten. There is none for one coder, nor where a coder answered several questions of
    the topic: these answers hang together, and words seen before give the intruder
    away. `p`, missing in the latter case, is the exact binomial chance of so many
    right or more if everyone guessed blindly (one-sided). `q` is `p` adjusted for the
    number of topics (Benjamini & Hochberg 1995). All answers to a question share one
    intruder: one that stands out by its looks is found too.

    Examples
    --------
    >>> key = pd.DataFrame({"question": [1], "topic": 1, "intruder": "book", "source": 2,
    ...     "word_1": "war", "word_2": "book", "word_3": "army"})
    >>> sheet = key[["question", "word_1", "word_2", "word_3"]]
    >>> answers = pd.concat([sheet.assign(coder="ann", intruder="book"), sheet.assign(coder="bo", intruder="war")])
    >>> score_intrusion(answers, key)[["n_answers", "n_right", "precision", "chance", "p"]].round(3).values.tolist()
    [[2.0, 1.0, 0.5, 0.333, 0.556]]
    """
    given, chance = _given(answers, key)
    rows = []
    for topic in np.sort(key["topic"].unique()):
        own = given[given["topic"] == topic]
        answered = own[own["answered"]]
        n, right, coders = len(answered), int(answered["right"].sum()), answered["coder"].nunique()
        row = {"topic": topic, "n_answers": n, "n_right": right, "n_blank": len(own) - n}
        row |= {"precision": right / n if n else np.nan, "chance": chance, "low": np.nan, "high": np.nan}
        test = stats.binomtest(right, n, chance, alternative="greater") if n and n == coders else None
        if test is None:
            row["interval"] = "none: a coder answered several questions of the topic" if n else "none: no answer"
        elif coders < 2:
            row["interval"] = "none: one coder"
        else:
            row["low"], row["high"] = stats.binomtest(right, n).proportion_ci(0.95, method="exact")
            doubt = f", unreliable: {coders}" if coders < tables.UNRELIABLE else ""
            row["interval"] = f"95 % by coder (Clopper–Pearson{doubt})"
        rows.append(row | {"p": test.pvalue if test else np.nan})
    table = pd.DataFrame(rows)
    tested = table["p"].notna()
    table["q"] = np.nan
    table.loc[tested, "q"] = stats.false_discovery_control(table.loc[tested, "p"]) if tested.any() else np.nan
    return table.assign(few=table["n_answers"] < tables.FEW)


def overall_intrusion(answers, key):
    """How often people found the intruder, all topics together.

    Parameters
    ----------
    answers, key : DataFrame
        As for `score_intrusion`.

    Returns
    -------
    DataFrame
        One row: `n_topics` (with an answer), `n_coders`, `n_answers`, `n_right`,
        `n_blank`, `precision` (n_right / n_answers), `chance`, `low`, `high` (shares
        from 0 to 1), `interval` (what they are, or why there are none), `few`
        (n_answers is below five).

    Raises
    ------
    ValueError
        As `score_intrusion`.

    Notes
    -----
    `low` and `high` are a 95 % interval by coder (`resampling.around`: delete-one
    jackknife, Student's t), cut off at 0 and 1 and called unreliable below ten
    coders. It says what other people might find in these topics, not how other
    topics would do.

    Examples
    --------
    >>> key = pd.DataFrame({"question": [1], "topic": 1, "intruder": "book", "source": 2,
    ...     "word_1": "war", "word_2": "book", "word_3": "army"})
    >>> answers = key[["question", "word_1", "word_2", "word_3"]].assign(intruder="Book")
    >>> overall_intrusion(answers, key)[["n_topics", "n_coders", "n_answers", "precision", "interval"]].values.tolist()
    [[1, 1, 1, 1.0, 'none: only 1 (coder)']]
    """
    given, chance = _given(answers, key)
    answered = given[given["answered"]]
    by = answered.groupby("coder")["right"].agg(["sum", "size"])
    n, right, coders = len(answered), int(by["sum"].sum()), len(by)
    without = (right - by["sum"]) / (n - by["size"]) if coders > 1 else []
    low, high = resampling.around(right / n, without)
    doubt = f", unreliable: {coders}" if coders < tables.UNRELIABLE else ""
    interval = f"95 % by coder (jackknife{doubt})"
    if np.isnan(low):
        interval = f"none: only {coders} (coder)" if coders < 3 else "none: which coder is left out makes no difference"
    row = {"n_topics": answered["topic"].nunique(), "n_coders": coders, "n_answers": n, "n_right": right}
    row |= {"n_blank": len(given) - n, "precision": right / n, "chance": chance}
    row |= {"low": np.maximum(low, 0.0), "high": np.minimum(high, 1.0), "interval": interval, "few": n < tables.FEW}
    return pd.DataFrame([row])


def _plain(words):
    """Words as they are compared: without capitals and spaces around them; nothing where one is missing."""
    words = words.astype(object)
    return words.where(words.notna(), "").astype("str").str.strip().str.casefold()


def _checked(terms, top):
    """The terms, first to last topic and rank, with how they are compared; sound enough to ask about."""
    tables.check(terms, "terms", _TERMS)
    tables.check_present(terms, "terms", _TERMS)
    terms = pd.DataFrame({name: terms[name].to_numpy() for name in _TERMS})
    terms = terms.assign(topic=whole_numbers(terms["topic"], "terms"), rank=whole_numbers(terms["rank"], "terms"))
    terms["term"] = terms["term"].astype("str")
    terms["plain"], terms["source"] = _plain(terms["term"]), terms["topic"]
    if (terms["plain"] == "").any():
        raise ValueError(f"terms: term in row {(terms['plain'] == '').argmax()} (rows count from 0) is blank.")
    tables.check_unique(terms[["topic", "plain"]].rename(columns={"plain": "term"}), "terms", ["topic", "term"])
    terms = terms.sort_values(["topic", "rank"], ignore_index=True)
    ranks = terms.groupby("topic")["rank"]
    wrong = terms["rank"] != ranks.cumcount() + 1
    if wrong.any():
        topic, rank = terms.loc[wrong.argmax(), ["topic", "rank"]]
        raise ValueError(f"terms: topic {topic} has rank {rank} out of turn; ranks should be 1, 2, 3, …, each once.")
    if terms["topic"].nunique() < 2:
        raise ValueError("terms: an intruder comes from another topic, so at least two topics are needed.")
    short = ranks.size()[ranks.size() < top]
    if len(short):
        raise ValueError(f"terms: topic {short.index[0]} has {short.iloc[0]} of the {top} terms shown; lower top.")
    return terms


def _given(answers, key):
    """Of each answer its coder, topic, whether it was given and whether it is right; and the chance to guess it."""
    words = [name for name in getattr(key, "columns", []) if re.fullmatch(r"word_\d+", str(name))]
    tables.check(key, "key", ["question", "topic", "intruder", *(words or ["word_1", "word_2"])])
    tables.check_present(key, "key", ["question", "topic", "intruder", *words])
    tables.check_unique(key, "key", ["question"])
    tables.check(answers, "answers", ["question", "intruder", *words])
    tables.check_present(answers, "answers", ["question", *(["coder"] if "coder" in answers.columns else [])])
    shown = [frozenset(row) for row in key[words].apply(_plain).to_numpy()]
    right = _plain(key["intruder"]).tolist()
    place = {question: row for row, question in enumerate(whole_numbers(key["question"], "key").tolist())}
    for question, row in place.items():
        if len(shown[row]) < len(words) or "" in shown[row]:
            raise ValueError(f"key: question {question} has a word twice, or a blank one.")
        if right[row] not in shown[row]:
            raise ValueError(f"key: the intruder {right[row]!r} of question {question} is none of its words.")
    coder = answers["coder"].astype("str").str.strip().to_numpy() if "coder" in answers.columns else ""
    if "coder" in answers.columns and (coder == "").any():
        raise ValueError(
            f"answers: coder in row {(coder == '').argmax()} (rows count from 0) is blank; name each person."
        )
    given = pd.DataFrame({"question": whole_numbers(answers["question"], "answers"), "coder": coder})
    given["answer"] = _plain(answers["intruder"]).to_numpy()
    seen = [frozenset(row) for row in answers[words].apply(_plain).to_numpy()]
    told, again = [], given.duplicated(["question", "coder"])
    for question, who, answer, found, twice in zip(*(given[name] for name in given), seen, again, strict=True):
        where = f"question {question}" + (f" of coder {who!r}" if who else "")
        if question not in place:
            told.append(f"{where} is not in the key; was the sheet made with another seed or other topics?")
        elif twice:
            told.append(f"{where} is there twice; name each person in a column coder.")
        elif found != shown[place[question]]:
            told.append(f"{where} has other words than the key; was the sheet made with another seed, or changed?")
        elif answer and answer not in found:
            listed = ", ".join(key[words].iloc[place[question]].astype("str"))
            told.append(f"{where} is answered {answer!r}; write one of its words: {listed}.")
    if told:
        more = [f"And {len(told) - 10} more mistakes."] if len(told) > 10 else []
        raise ValueError("\n".join([*(f"answers: {what}" for what in told[:10]), *more]))
    if not (given["answer"] != "").any():
        raise ValueError("answers: no question is answered; the chosen word belongs in the column intruder.")
    row = given["question"].map(place).to_numpy()
    given = given.assign(topic=key["topic"].to_numpy()[row], answered=given["answer"] != "")
    return given.assign(right=given["answer"] == np.array(right, object)[row]), 1 / len(words)
