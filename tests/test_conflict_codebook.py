"""The codebook on conflict: what reading finds in the Cairo document, and what each of its rows does."""

import pandas as pd
import pytest

from analysis import codebooks, patterns, tables
from tests.conftest import ORACLES, ROOT

MANAGEMENT, RESOLUTION, PREVENTION = (f"conflict {what}" for what in ("management", "resolution", "prevention"))
COUNCIL = "Security Council"


@pytest.fixture(scope="module")
def book():
    return codebooks.load(ROOT / "data" / "codebooks" / "conflict.yml")


@pytest.fixture(scope="module")
def texts(workshop):
    return workshop.texts


# Found by reading the document, not by running the program.
KEPT = {
    MANAGEMENT: {
        "3": ["manage and resolve conflict"], "13": ["conflict management"], "14": ["conflict management"],
        "40": ["manage - rather than resolve conflicts"],
    },
    RESOLUTION: {
        "3": ["resolve conflict"], "10": ["conflict resolution"], "14": ["conflict resolution"],
        "40": ["resolve conflicts"],
    },
    PREVENTION: {"3": ["prevent, manage and resolve conflict"], "23": ["preventive diplomacy"]},
    COUNCIL: {"11": ["Security Council (UNSC", "UNSC"], **{key: ["UNSC"] for key in ["15", "27", "28", "29"]}},
}  # fmt: skip


def test_what_counts_in_the_paragraphs_is_what_reading_finds(workshop, book):
    hits = patterns.find(workshop.paragraphs, book)
    for label, rows in hits[hits["kept"]].groupby("label"):
        assert rows.groupby("paragraph", sort=False)["match"].agg(list).to_dict() == KEPT[label]
    assert set(hits.loc[hits["kept"], "label"]) == set(KEPT)


def test_what_does_not_count_and_why(texts, book):
    audit = patterns.audit(texts, book)
    missed = audit[~audit["kept"] & audit["substring"]]
    found = {(row.paragraph, row.label, row.match): row.reason for row in missed.itertuples()}
    title = "a title that lists all three"
    assert found == {
        ("5", RESOLUTION, "Resolution"): "name of a center",  # the Cairo Center for Conflict Resolution
        ("11", RESOLUTION, "resolution"): "a document of the General Assembly",  # 377 A
        ("13", RESOLUTION, "unresolved"): "says that a conflict lasts, not that it is to be resolved",
        ("19", RESOLUTION, "resolved"): "means “has decided to”",
        ("31", RESOLUTION, "resolving"): "a tension between aims and practice, not a conflict",
        ("19", COUNCIL, "Security Council"): "a regional council, Arab or African",
        ("29", COUNCIL, "Security Council"): "a regional council, Arab or African",
        ("heading 5", MANAGEMENT, "Management"): title,
        ("heading 5", RESOLUTION, "Resolution"): title,
        ("heading 5", PREVENTION, "Prevention"): title,
        ("note 6", MANAGEMENT, "Management"): "proper name",  # Crisis Management Center
        ("note 3", RESOLUTION, "Resolution"): "a document of the Council",  # 1325
    }
    assert texts.set_index("paragraph")["text"]["heading 5"].endswith("Conflict Prevention, Management and Resolution")
    unresolved = audit[audit["match"] == "unresolved"].iloc[0]
    assert unresolved["substring"] and not unresolved["plain"]  # Ctrl-F finds it, resol* does not


# By reading: what leaving out one row changes in the audit of the document, the paragraphs; or where it changes nothing, a
# sentence that needs this row, and only this.
ROWS = tables.read(ORACLES / "conflict-rows.csv")


def audited(texts, book):
    """The audit as a set of rows, to be compared."""
    return set(patterns.audit(texts, book).fillna("").itertuples(index=False, name=None))


@pytest.mark.parametrize("label", KEPT)
def test_every_row_of_the_codebook_does_what_it_is_there_for(texts, book, label):
    """Left out, it changes these paragraphs of the document, or what is found in a sentence that needs it."""
    own = book[book["label"] == label]
    rows = own[own["role"] != "search"]
    told = ROWS[ROWS["label"] == label].set_index("pattern")
    assert sorted(set(rows["pattern"])) == sorted(told.index)
    changes = {pattern: {*places.split("; ")} - {""} for pattern, places in told["paragraphs"].items()}
    sentences = told["sentence"][told["sentence"] != ""]
    made = {"document": "sentences", "paragraph": sentences.index, "text": sentences}
    every = pd.concat([texts, pd.DataFrame(made)])
    whole = audited(every, own)
    every = every[every["paragraph"].isin({place[1] for place in whole})]  # with fewer rows nothing else is found
    for number, row in rows.iterrows():
        rest = audited(every, own.drop(index=number))
        changed = {paragraph for document, paragraph, *_ in whole ^ rest if document != "sentences"}
        assert changed == changes[row["pattern"]], row["pattern"]
        if changed:
            continue
        audits = (pd.DataFrame(sorted(audit), columns=list(tables.columns("audit"))) for audit in (whole, rest))
        before, after = (audit[audit["paragraph"] == row["pattern"]] for audit in audits)
        if row["role"] == "any":
            assert before["kept"].sum() == 1 and not after["kept"].any(), row["pattern"]
        else:
            assert not before["kept"].any() and set(before["reason"]) == {row["reason"]}, row["pattern"]
            assert row["reason"] not in set(after["reason"]), row["pattern"]


def test_stances_are_coded_for_each_passage_that_counts_with_words_of_the_text(workshop, book):
    coding = pd.read_csv(ROOT / "data" / "coding" / "cairo-stance.csv", dtype="str", keep_default_na=False)
    hits = patterns.find(workshop.paragraphs, book[book["label"].isin([MANAGEMENT, RESOLUTION])])
    kept = hits[hits["kept"]]
    keys = ["document", "paragraph", "label"]
    assert sorted(map(tuple, coding[keys].values)) == sorted(map(tuple, kept[keys].values))
    text = workshop.paragraphs.set_index("paragraph")["text"]
    for row in coding.merge(kept, on=keys).itertuples():
        assert row.deciding_words in text[row.paragraph]
        assert row.match in row.deciding_words
    assert not (coding == "").any().any()
