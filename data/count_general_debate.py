"""Count the words and the three concepts of the conflict codebook in the speeches of the UN General Debate, 1970–1999.

    python data/count_general_debate.py PATH/TO/un-general-debate-1970-1999.zip

The zip is from the UN General Debate Corpus, version 13 (doi:10.7910/DVN/0TJX8Y), and is not part of this project: one
text file per speech, `Session 25 - 1970/ALB_25_1970.txt`. Writes `data/general-debate-1970-1999.csv`, one row per
speech, the same bytes for the same zip and codebook.
"""

import argparse
import re
import warnings
import zipfile
from pathlib import Path

import pandas as pd

from analysis import codebooks, patterns, tokens

HERE = Path(__file__).parent
CONCEPTS = {
    "management": "conflict management",
    "resolution": "conflict resolution",
    "prevention": "conflict prevention",
}
DIPLOMACY = "prevent*ive diplomacy"  # the pattern of conflict prevention that is counted by itself as well
BEGINNINGS = ["conflict", "dispute", "settle"]  # words that begin so are counted, whatever they are about
NAME = re.compile(r"Session (?P<session>\d+) - (?P<year>\d{4})/(?P<country>[A-Z]+)_(?P=session)_(?P=year)\.txt")


def read(path):
    """The speeches of a zip, one row each, by year and country; a file with an unexpected name stops it."""
    rows = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("/") or name.startswith("__MACOSX/") or Path(name).name.startswith("."):
                continue
            parts = NAME.fullmatch(name)
            if not parts:
                raise ValueError(f"{name!r} in {path} is not named like 'Session 25 - 1970/ALB_25_1970.txt'.")
            text = archive.read(name).decode("utf-8-sig")
            rows.append({"document": Path(name).stem, **parts.groupdict(), "text": text})
    if not rows:
        raise ValueError(f"{path} holds no speeches.")
    speeches = pd.DataFrame(rows).astype({"session": int, "year": int})
    if speeches["document"].duplicated().any():
        raise ValueError("speeches: a document is there twice.")
    return speeches.sort_values(["year", "document"], ignore_index=True)


def count(speeches, codebook):
    """What one row of the table holds, for each speech, in their order.

    A speech is searched as one paragraph: in many files lines end where the printed column ended, so that paragraphs
    can't be told from lines.
    """
    speeches = speeches.assign(paragraph="speech")
    running = tokens.tokenize(speeches[["document", "paragraph", "text"]])
    words = running["document"].value_counts()
    table = speeches[["document", "country", "session", "year"]].copy()
    table["characters"] = speeches["text"].str.len()
    table["words"] = speeches["document"].map(words).fillna(0).astype(int)
    for beginning in BEGINNINGS:
        of = running[running["token"].astype("str").str.startswith(beginning)]["document"].value_counts()
        table[f"{beginning}_words"] = speeches["document"].map(of).fillna(0).astype(int)
    with warnings.catch_warnings():  # some years have no passage on managing conflict that counts, only exceptions
        warnings.filterwarnings("ignore", message=".*set aside")
        audit = patterns.audit(speeches, codebook)
    audit["counted"] = audit["plain"] & audit["kept"]
    audit["set_aside"] = audit["plain"] & ~audit["kept"] & ~audit["reason"].isin(["no pattern", "same passage"])
    for short, label in CONCEPTS.items():
        of = audit[audit["label"] == label].groupby("document")[["kept", "plain", "counted", "set_aside"]].sum()
        of = of.reindex(speeches["document"], fill_value=0)
        table[short] = of["kept"].to_numpy(int)
        table[f"{short}_search"] = of["plain"].to_numpy(int)
        table[f"{short}_counted"] = of["counted"].to_numpy(int)
        table[f"{short}_set_aside"] = of["set_aside"].to_numpy(int)
    of = audit[audit["kept"] & (audit["pattern"] == DIPLOMACY)].groupby("document").size()
    table["preventive_diplomacy"] = of.reindex(speeches["document"], fill_value=0).to_numpy(int)
    return table


def book():
    """The rows of the conflict codebook that concern the three concepts."""
    codebook = codebooks.load(HERE / "codebooks" / "conflict.yml")
    return codebook[codebook["label"].isin(CONCEPTS.values())].reset_index(drop=True)


def main():
    """Count session by session, so that the running words of one session are in memory at a time."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    asked.add_argument("zip", type=Path, help="the speeches")
    speeches, codebook = read(asked.parse_args().zip), book()
    counted = pd.concat([count(year, codebook) for _, year in speeches.groupby("year")], ignore_index=True)
    target = HERE / "general-debate-1970-1999.csv"
    counted.to_csv(target, index=False, lineterminator="\n")
    print(f"{len(counted)} speeches, {counted['words'].sum()} words: {target}")


if __name__ == "__main__":
    main()
