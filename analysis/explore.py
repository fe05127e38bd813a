"""A live concordance for notebooks: type a word, phrase or pattern, and see at once how often and where it stands."""

from collections import namedtuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis import patterns, tables
from analysis.concordance import kwic, lines
from analysis.tokens import KEYS, keys_of, paragraph_of, tokenize

_PARTS = 10  # of one text; and documents shown of several


# What `ready` gives: the paragraphs, and the document of each; their running words, and of each the `row` of its
# paragraph and its sentence (`unit`); the different words and where each stands, as `patterns.matched` takes them.
Ready = namedtuple("Ready", "paragraphs document words row unit known")
# What `answer` gives.
Answer = namedtuple("Answer", "n n_paragraphs where lines")


def ready(paragraphs, tokens=None):
    """Make paragraphs ready for `answer`: their words, their sentences, and where each different word stands.

    `tokens`: all running words of these paragraphs (`tokens.tokenize`), if you have them.

    >>> made = ready(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace and peace"]}))
    >>> len(made.words)
    3
    """
    paragraphs = tables.check(paragraphs, "paragraphs")[[*KEYS, "text"]]
    words = tokenize(paragraphs) if tokens is None else tokens
    number = paragraph_of(words, ["start", "end", "form"])
    row = keys_of(paragraphs).get_indexer(keys_of(words[np.diff(number, prepend=-1) > 0]))
    if (row < 0).any():
        raise ValueError("tokens: they are of other paragraphs: give those that tokenize makes of these paragraphs.")
    row = row[number]
    unit = patterns.sentences(words.assign(row=row), paragraphs)
    codes = np.arange(len(words["form"].cat.categories))
    known = patterns.vocabulary(words["form"]), patterns.standing(words["form"], codes)
    return Ready(paragraphs, pd.Categorical(paragraphs["document"]), words, row, unit, known)


def answer(ready, pattern, *, first=100):
    """What a concordance shows of a word, phrase or pattern (`patterns.find`): all hits counted, the `first` as lines.

    Gives `n` hits in `n_paragraphs` paragraphs; `where`, a table of hits `n` by `document`, most first, or, of a single
    document, by tenth of its paragraphs (`from`, `to`); and `lines`, the table `kwic` of the first.

    Raises ValueError, saying why, for what is no pattern.

    >>> made = ready(pd.DataFrame({"document": ["a", "b"], "paragraph": "1", "text": ["Peace and peace", "peaceful"]}))
    >>> found = answer(made, "peace*")
    >>> found.n, found.n_paragraphs, found.where.values.tolist(), found.lines["right"].tolist()
    (3, 2, [['a', 2], ['b', 1]], [' and peace', '', ''])
    """
    book = pd.DataFrame({"label": [pattern], "role": ["any"], "pattern": [pattern]})
    hits = patterns.merged(patterns.matched(ready.words, ready.unit, book, ready.known))
    row = ready.row[hits["first"]]
    if len(ready.document.categories) > 1:
        n = np.bincount(ready.document.codes[row], minlength=len(ready.document.categories))
        where = pd.DataFrame({"document": ready.document.categories, "n": n})
        where = where[n > 0].sort_values("n", ascending=False, kind="stable", ignore_index=True)
    else:
        keys = ready.paragraphs["paragraph"].to_numpy()
        edges = np.linspace(0, len(keys), min(_PARTS, len(keys)) + 1).astype(int)
        where = pd.DataFrame({"from": keys[edges[:-1]], "to": keys[edges[1:] - 1], "n": np.histogram(row, edges)[0]})
    return Answer(len(hits), int((np.diff(row, prepend=-1) > 0).sum()), where, _lines(ready, hits[:first], pattern))


def _lines(ready, hits, pattern):
    """Hits in context, of words and texts of their paragraphs alone."""
    rows = np.unique(ready.row[hits["first"]])
    ends = [np.searchsorted(ready.row, rows, side=side) for side in ("left", "right")]
    words = ready.words.iloc[np.concatenate([rows[:0], *map(np.arange, *ends)])]
    spots = ready.words.iloc[hits["first"]][[*KEYS, "start", "form"]].rename(columns={"form": "match"})
    spots = spots.assign(end=ready.words["end"].to_numpy()[hits["last"]], label=pattern, kept=True)
    return kwic(ready.paragraphs.iloc[rows], spots, tokens=words)


def concordance(paragraphs, tokens=None):
    """A box for a notebook: each letter typed into it shows the hits, how many they are and where they stand.

    It takes what `patterns.find` takes, a word, phrase or pattern, and says what is wrong with an invalid one.
    `tokens` as in `ready`. Needs ipywidgets (`make` installs it) and a kernel that runs.

    >>> box = concordance(pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Peace and peace"]}))
    >>> box.children[0].value = "peace"
    >>> "<b>2</b> hits in 1 of 1 paragraphs" in box.children[1].value
    True
    """
    import ipywidgets

    made = ready(paragraphs, tokens)
    typed = ipywidgets.Text(description="Search", placeholder="peace*, or: conflict ~4 peace")
    told = ipywidgets.HTML()
    typed.observe(lambda change: setattr(told, "value", _told(made, change["new"])), "value")
    return ipywidgets.VBox([typed, told])


def _told(ready, pattern):
    """An answer as HTML; what is wrong with the pattern, if it is none."""
    if not pattern.strip():
        return ""
    try:
        found = answer(ready, pattern)
    except ValueError as error:
        return Markup("<p role=alert>{}</p>").format(error)
    n, here, total = (f"{number:,}" for number in (found.n, found.n_paragraphs, len(ready.paragraphs)))
    rows = found.where.head(_PARTS).to_string(index=False) if found.n else ""
    more = f"\n… and {len(found.where) - _PARTS:,} more" * (len(found.where) > _PARTS)
    told = Markup("<p><b>{}</b> hits in {} of {} paragraphs</p><pre tabindex=0>{}{}</pre><pre tabindex=0>{}</pre>")
    return told.format(n, here, total, rows, more, lines(found.lines))
