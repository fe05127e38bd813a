"""How fast words are split and counted, as a ratio to scikit-learn's CountVectorizer in the same run.

    make bench

Text: paragraphs of the Cairo document at random, each with a word of its own, up to about five million words.
CountVectorizer splits by a simpler pattern; ours are compared with the plain reference before any time is taken.
"""

import statistics

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from analysis import corpus, frequency, tokens
from tests import words_oracle
from tests.benchmarks.report import seconds
from tests.conftest import ROOT

PARAGRAPHS = 80_000
RUNS = 5
PATTERN = r"(?u)[^\W_]+(?:[-'’/.&][^\W_]+)*"


def main():
    texts = corpus.read(ROOT / "data" / "documents" / "cairo-workshop-2016.md").paragraphs["text"].to_numpy()
    drawn = enumerate(np.random.default_rng(1).choice(texts, PARAGRAPHS))
    table = pd.DataFrame(
        [("d", str(i), f"{text} w{i}") for i, text in drawn], columns=["document", "paragraph", "text"]
    )
    words = tokens.tokenize(table)
    document = pd.DataFrame({"document": "d", "paragraph": [str(i) for i in range(len(texts))], "text": texts})
    plain = sum(len(words_oracle.words(text)) for text in texts)
    if plain != len(tokens.tokenize(document)):
        raise SystemExit(f"The plain reference disagrees: it finds {plain} words in the document.")
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
