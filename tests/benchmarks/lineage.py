"""How rightly versions are traced, beside two baselines, and how fast: `make bench`, with the corpora at hand."""

import itertools
import tempfile
import zipfile

import numpy as np
import pandas as pd
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from analysis import lineage, tables, tokens
from tests.benchmarks.report import seconds
from tests.conftest import ROOT, SHARED
from tests.made import quietly
from tests.test_lineage import FLOORS, LINK, checked, found_again, scores, together


def unpaired(cut):
    """A baseline: each paragraph goes with the most similar one, whatever other paragraphs go with it."""

    def trace(texts, order):
        own = texts[texts["document"].isin([*itertools.chain(*order.values())])]
        rows, words = [], dict(zip(tokens.keys_of(own), own["text"].map(tokens.as_phrase).str.split(), strict=True))
        for before, after in order.values():
            old, new = ([key for key in words if key[0] == name] for name in (before, after))
            found = cdist([words[k] for k in new], [words[k] for k in old], scorer=Indel.normalized_similarity)
            links = [(i, j) for i, j in enumerate(found.argmax(axis=1)) if found[i, j] >= cut]
            rows += [(*new[i], *old[j], "kept" if found[i, j] == 1 else "edited") for i, j in links]
            rows += [(*key, before, None, "new") for i, key in enumerate(new) if i not in dict(links)]
            gone = set(range(len(old))) - {j for _, j in links}
            rows += [(after, None, *old[j], "dropped") for j in gone]
        return pd.DataFrame(rows, columns=[*LINK, "change"])

    return trace


def linked(texts, pairs):
    """The share of paragraphs with a source, formulas aside."""
    rows = lineage.trace(texts, {" ".join(pair): list(pair) for pair in pairs})
    rows = rows[rows["previous_document"].notna() & rows["paragraph"].notna() & ~rows["formula"]]
    return rows.drop_duplicates(["series", "paragraph"])["previous_paragraph"].notna().mean()


def told(sides):
    return "  ".join(f"{kind} {one:.3f}" for kind, one in scores(*sides).items())


def main():
    table = tables.read(ROOT / "data" / "mandates.csv")
    texts, mission = quietly(ROOT / "data" / "mandates").paragraphs, table.set_index("document")["mission"]
    cuts = {f"cut {cut}": lambda *given, cut=cut: lineage.trace(*given, cut=cut) for cut in np.arange(25, 61, 5) / 100}
    ways = {"trace": lineage.trace, "exact match": unpaired(1), "unpaired best match": unpaired(lineage.CUT)} | cuts
    for name, (way, trace) in itertools.product(FLOORS, ways.items()):
        sides, without_doubtful = checked(name, trace, texts)
        print(f"{name} check, {way}, without doubtful rows: {told(without_doubtful)}")
        print(f"{name} check, {way}: {told(sides)}")
        for one in sorted({mission[link[0]] for link in sides[0]} if way not in cuts else ()):
            own = [{link: kind for link, kind in side.items() if mission[link[0]] == one} for side in sides]
            print(f"    {one}: {told(own)}")
    print(f"all checks together, without doubtful rows: {told(together(lineage.trace, texts))}")
    long = texts["text"][texts["text"].str.count(" ") > 25].to_numpy()
    for rate in (0.05, 0.1, 0.2, 0.3, 0.4):
        print(
            "planted, {:.0%} of words edited: links {:.3f}, change {:.3f}".format(rate, *found_again(long, [rate], 50))
        )
    rng = np.random.default_rng(0)
    drawn = [(a, b) for a, b in rng.choice(table["document"], (900, 2)) if mission[a] != mission[b]]
    print(f"{len(drawn)} pairs of other missions: {linked(texts, drawn):.1%} linked")
    made = pd.DataFrame({"document": [*"ab"] * 5_000, "paragraph": np.repeat(np.arange(5_000).astype(str), 2)})
    made["text"] = rng.choice(texts["text"], 10_000)
    print(f"two versions of 5,000 paragraphs: {seconds(lambda: lineage.trace(made, ['a', 'b'])):.1f} s")
    many = pd.concat([texts[texts["document"] == "s-res-2556-2020"].assign(document=f"v{n}") for n in range(1_000)])
    print(f"1,000 versions: {seconds(lambda: lineage.trace(many, many['document'].unique().tolist())):.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(SHARED / "data" / "unxml-general-assembly-english.zip").extractall(folder)
        read = quietly(folder)
    titled = read.documents.sort_values("session").drop_duplicates(["title", "session"])
    pairs = [pair for _, own in titled.groupby("title") for pair in itertools.pairwise(own["document"])]
    taken = seconds(lambda: lineage.trace(read.paragraphs, {" ".join(pair): list(pair) for pair in pairs}))
    title = read.documents.set_index("document")["title"].str.lower().str.findall(r"\w{5,}").map(set)
    drawn = [(a, b) for a, b in rng.choice(title.index, (1_000, 2)) if not title[a] & title[b]]
    print(f"General Assembly: {len(pairs)} pairs in {taken:.1f} s")
    print(f"{len(drawn)} pairs without a common word in the title: {linked(read.paragraphs, drawn):.1%} linked")


if __name__ == "__main__":
    main()
