"""The codebook on conflict: what reading finds in the Cairo document, and what each of its rows does."""

import re
import warnings

import pandas as pd
import pytest

from analysis import codebooks, patterns, tables
from tests.conftest import ROOT

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


def test_plain_search_and_substring_count_as_a_reader_would(workshop, texts, book):
    """Counted here with the standard library alone."""
    audit = patterns.audit(workshop.paragraphs, book)
    everywhere = patterns.audit(texts, book)
    for label, stem in ((MANAGEMENT, "manag"), (RESOLUTION, "resol"), (PREVENTION, "prevent")):
        text = "\n".join(workshop.paragraphs["text"])
        assert audit.loc[audit["label"] == label, "plain"].sum() == len(re.findall(rf"(?i)\b{stem}", text))
        assert audit.loc[audit["label"] == label, "substring"].sum() == len(re.findall(rf"(?i){stem}", text))
        whole = everywhere.loc[everywhere["label"] == label, "substring"].sum()
        assert whole == len(re.findall(rf"(?i){stem}", "\n".join(texts["text"])))
    found = [audit.loc[audit["label"] == label, column].sum() for column in ("plain", "substring") for label in KEPT]
    assert found[:2] == [4, 8] and found[4:6] == [4, 9]


# What leaving out one row of the codebook changes in the audit of the document: the paragraphs, by reading.
CHANGES = {
    MANAGEMENT: {
        "conflict* management": {"13", "14"}, "conflict* prevention management": {"heading 5"},
        "manage ~4 conflict*": {"3", "40"}, "Prevention Management and Resolution": {"heading 5"},
        "Crisis Management Cent*": {"note 6"},
    },
    RESOLUTION: {
        "conflict* resolution": {"5", "10", "14"}, "conflict* prevention management and resolution": {"heading 5"},
        "resolve ~4 conflict*": {"3", "40"}, "conflict* ~5 remain* unresolved": {"13"},
        "Prevention Management and Resolution": {"heading 5"}, "Cent* for Conflict Resolution": {"5"},
        "remain* unresolved": {"13"}, "council resolution*": {"note 3"}, "unga resolution*": {"11"},
        "is resolved to provide": {"19"}, "resolving the tension": {"31"},
    },
    PREVENTION: {
        "conflict* prevention": {"heading 5"}, "prevent ~4 conflict*": {"3"}, "prevent*ive diplomacy": {"23"},
        "Prevention Management and Resolution": {"heading 5"},
    },
    COUNCIL: {
        "Security Council": {"19", "29", "note 3"},  # in ¶11 the longer pattern matches too
        "Security Council UNSC": {"11"}, "UNSC": {"11", "15", "27", "28", "29"},
        "Peace and Security Council": {"19", "29"},
    },
}  # fmt: skip
# Rows that the document does not need: a sentence that does, and only because of this row.
SENTENCES = {
    MANAGEMENT: {
        "conflict-management": "a conflict-management capacity",
        "conflict* prevention and management": "conflict prevention and management in West Africa",
        "conflict* prevention resolution and management": "conflict prevention, resolution and management",
        "conflict* resolution and management": "conflict resolution and management",
        "management ~4 of ~3 conflict*": "the prevention, management and resolution of armed conflicts",
        "manages ~4 conflict*": "a body that manages such conflicts",
        "managed ~4 conflict*": "the region has managed its conflicts well",
        "managing ~4 conflict*": "preventing, managing and resolving conflicts",
        "conflict* ~2 be managed": "conflicts can be managed",
        "conflict* are managed": "the way conflicts are managed",
        "manage to ~3 conflict*": "if we manage to end conflicts",
        "managed to ~3 conflict*": "they managed to end the conflict",
        "conflict* of interest*": "officials who manage conflicts of interest",
    },
    RESOLUTION: {
        "conflict-resolution": "conflict-resolution mechanisms",
        "conflict* prevention resolution": "conflict prevention, resolution and reconciliation",
        "conflict* prevention and resolution": "conflict prevention and resolution",
        "conflict* management and resolution": "conflict management and resolution",
        "resolution of ~3 conflict*": "the peaceful resolution of the armed conflict",
        "resolution to ~3 conflict*": "a political resolution to the conflict",
        "resolution and ~2 of ~3 conflict*": "the resolution and prevention of conflicts",
        "resolves ~4 conflict*": "dialogue resolves a conflict",
        "resolved ~4 conflict*": "talks that resolved the conflict",
        "resolving ~4 conflict*": "resolving regional conflicts",
        "conflict* ~4 resolved": "the conflict has not been resolved",
        "Agreement on the Resolution": "the Agreement on the Resolution of the Conflict in South Sudan",
        "assembly resolution*": "General Assembly resolution 46/182",
        "resolve to ~4 conflict*": "we resolve to end conflict",
        "resolves to ~4 conflict*": "the Assembly resolves to end the conflict",
        "resolved to ~4 conflict*": "having resolved to end the conflict",
        "conflict* of interest*": "to resolve a conflict of interests",
    },
    PREVENTION: {
        "conflict-prevention": "conflict-prevention measures",
        "conflict* management and prevention": "conflict management and prevention",
        "conflict* resolution and prevention": "conflict resolution and prevention",
        "prevention ~4 of ~3 conflict*": "the prevention and peaceful resolution of conflicts",
        "prevents ~4 conflict*": "what prevents armed conflict",
        "prevented ~4 conflict*": "the agreement prevented a conflict",
        "preventing ~4 conflict*": "preventing and ending conflicts",
        "prevent* the outbreak ~9 conflict*": "preventing the outbreak, escalation, continuation and recurrence of conflict",
        "conflict* ~2 be prevented": "conflicts should be prevented",
        "conflict* are prevented": "when conflicts are prevented",
        "sexual violence in conflict*": "to prevent sexual violence in conflict",
        "conflict-related": "to prevent conflict-related violence",
        "conflict-affected": "preventing child labour in conflict-affected areas",
        "conflict diamonds": "to prevent conflict diamonds from being traded",
        "conflict* of interest*": "to prevent conflicts of interest",
    },
}  # fmt: skip


def audited(texts, book):
    """The audit as a set of rows, to be compared."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without its other rows, a label may set aside all
        return set(patterns.audit(texts, book).fillna("").itertuples(index=False, name=None))


@pytest.mark.parametrize("label", KEPT)
def test_every_row_of_the_codebook_does_what_it_is_there_for(texts, book, label):
    """Left out, it changes these paragraphs of the document, or what is found in a sentence that needs it."""
    own = book[book["label"] == label]
    rows = own[own["role"] != "search"]
    changes, sentences = CHANGES.get(label, {}), SENTENCES.get(label, {})
    assert sorted(set(rows["pattern"])) == sorted([*changes, *sentences])
    made = {"document": "sentences", "paragraph": [*sentences], "text": [*sentences.values()]}
    every = pd.concat([texts, pd.DataFrame(made)])
    whole = audited(every, own)
    every = every[every["paragraph"].isin({place[1] for place in whole})]  # with fewer rows nothing else is found
    for number, row in rows.iterrows():
        rest = audited(every, own.drop(index=number))
        changed = {paragraph for document, paragraph, *_ in whole ^ rest if document != "sentences"}
        assert changed == changes.get(row["pattern"], set()), row["pattern"]
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
