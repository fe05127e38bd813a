"""How fast words are split and counted, as a ratio to scikit-learn's CountVectorizer in the same run.

    make bench

Text: the paragraphs of the Cairo document drawn at random, each with a word of
its own, up to about five million words. Both split with the same pattern, and
their counts are compared before their times.
"""

import statistics
import time

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from analysis import corpus, frequency, tokens
from tests.conftest import ROOT

PARAGRAPHS = 80_000
RUNS = 5
PATTERN = r"(?u)[^\W_]+(?:[-'’/.&][^\W_]+)*"


def seconds(function):
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def main():
    texts = corpus.read(ROOT / "data" / "documents" / "cairo-workshop-2016.md").paragraphs["text"].to_numpy()
    drawn = np.random.default_rng(1).choice(texts, PARAGRAPHS)
    paragraph = [str(i) for i in range(PARAGRAPHS)]
    table = pd.DataFrame(
        {"document": "d", "paragraph": paragraph, "text": [f"{t} w{i}" for t, i in zip(drawn, paragraph, strict=True)]}
    )
    words = tokens.tokenize(table)
    vectorizer = CountVectorizer(token_pattern=PATTERN)
    theirs = vectorizer.fit_transform(table["text"]).sum()
    if theirs != len(words):
        raise SystemExit(f"The two disagree: {len(words)} words here, {theirs} there.")
    splitting, counting = [], []
    for _ in range(RUNS):
        peer = seconds(lambda: CountVectorizer(token_pattern=PATTERN).fit_transform(table["text"]))
        splitting.append(peer / seconds(lambda: tokens.tokenize(table)))
        counting.append(peer / seconds(lambda: frequency.count(tokens.tokenize(table))))
    print(
        f"{len(words):,} words, {len(words['token'].cat.categories):,} different; {RUNS} runs, CountVectorizer's time over ours:"
    )
    for name, ratios in [("tokenize", splitting), ("tokenize and count, with ranges", counting)]:
        print(f"  {name}: median {statistics.median(ratios):.1f}, from {min(ratios):.1f} to {max(ratios):.1f}")


if __name__ == "__main__":
    main()
