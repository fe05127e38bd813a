"""REFI-QDA: what goes out comes back; what others wrote is placed as counted by hand; what does harm is refused."""

import re
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from analysis import agreement, coding, corpus, refi
from tests.conftest import ROOT

# Line ends, emphasis, emoji beyond the BMP, right to left, an accent apart from its letter, a note.
TEXT = "1. Peace is *not* war 🕊️🕊️,\n   and goes on[^1] over lines.\n\n2. قرر المشاركون: السلام 𐐷 والأمن.\n\n3. É, e\u0301 and\nno more.\n\n[^1]: A note.\n"
ALL = ["document", "paragraph", "theme", "start", "end", "coder", "note"]
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="›"), min_size=1, max_size=6)
ROW = pd.DataFrame({"document": ["mine"], "paragraph": "1", "theme": "war"})


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "mine.md"
    path.write_text(TEXT, encoding="utf-8")
    return corpus.read(path)


def rows(table, *names):
    return table[list(names)].values.tolist()


@settings(max_examples=40)
@given(data=st.data())
def test_what_goes_out_comes_back(report, tmp_path_factory, data):
    """Places anywhere in a text, at line ends and beside emphasis too; trees of codes; any names and notes."""
    labels = data.draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    parents = [data.draw(st.sampled_from(["", *labels[:n]])) for n in range(len(labels))]
    codes = pd.DataFrame({"label": labels, "parent": parents, "definition": "<& \"'\n é 🕊️ ", "colour": "#46AA00"})
    codes["codable"] = codes.index > 0
    given, length = [], report.texts.set_index("paragraph")["text"].str.len()
    for _ in range(data.draw(st.integers(1, 6))):
        paragraph = data.draw(st.sampled_from(["1", "2", "3", "note 1"]))
        start = data.draw(st.integers(0, length[paragraph] - 1))
        end = data.draw(st.integers(start + 1, length[paragraph]))
        told = [data.draw(NAMES), data.draw(NAMES | st.just(""))]
        given.append(["mine", paragraph, data.draw(st.sampled_from(labels)), start, end, *told])
    given, path = pd.DataFrame(given, columns=ALL), tmp_path_factory.mktemp("out") / "p.qdpx"
    refi.write(path, given, report, codes)
    back = refi.read(path, report)
    assert rows(back.coding, *ALL) == rows(given, *ALL)
    assert sorted(rows(back.codes, *codes)) == sorted(rows(codes, *codes))  # the tree gives the order


def test_whole_paragraphs_and_texts_without_codes_come_back(workshop, tmp_path):
    coded = coding.load(ROOT / "data" / "coding" / "cairo-themes.csv").drop(columns="coder")
    refi.write(tmp_path / "coded.qdpx", coded, workshop)
    refi.write(tmp_path / "bare.qdpx", None, workshop)
    length = workshop.paragraphs.set_index("paragraph")["text"].str.len()
    back = refi.read(tmp_path / "coded.qdpx", workshop).coding
    assert not back["start"].any() and back["end"].tolist() == length[coded["paragraph"]].tolist()
    plain = refi.read(tmp_path / "coded.qdpx").coding  # as plain text, where the corpus was read as Markdown
    for found in (back, plain):
        assert rows(found, "paragraph", "theme") == rows(coded, "paragraph", "theme") and "coder" not in found
    assert refi.read(tmp_path / "bare.qdpx", workshop).coding.empty


def test_a_code_named_twice_is_called_by_the_one_above(tmp_path):
    codes = pd.DataFrame({"label": ["a", "b", "a › b"], "parent": ["", "", "a"], "colour": ["#abc", None, ""]})
    refi.write(tmp_path / "c.qdc", codes=codes)
    root = etree.parse(tmp_path / "c.qdc").getroot()
    assert root.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"
    assert [one.get("name") for one in root.iter("{*}Code")] == ["a", "b", "b"]
    assert rows(refi.read(tmp_path / "c.qdc").codes, "label", "parent") == [["a", ""], ["a › b", "a"], ["b", ""]]


def test_what_is_written_is_valid(report, tmp_path, shared):
    """By the standard's schema of projects, which knows a codebook inside them only; a .qdc has another name space."""
    schema = etree.XMLSchema(etree.parse(shared / "oracles" / "refi-qda" / "Project-mrt2019.xsd"))
    full = pd.concat([ROW.assign(coder="é", note="<"), ROW.assign(start=3, end=5, theme="none")])
    for name, sent in {"full": full, "bare": None}.items():
        refi.write(tmp_path / f"{name}.qdpx", sent, report)
        schema.assertValid(etree.fromstring(zipfile.ZipFile(tmp_path / f"{name}.qdpx").read("project.qde")))
    codes = pd.DataFrame({"label": ["war", "none"], "definition": "x", "colour": "#abc"})
    refi.write(tmp_path / "c.qdc", full, codes=codes)
    tree = re.search("<Codes>.*</Codes>", (tmp_path / "c.qdc").read_text(), re.S)[0]
    schema.assertValid(etree.fromstring(f'<Project xmlns="urn:QDA-XML:project:1.0" name="x"><CodeBook>{tree}</CodeBook></Project>'))  # fmt: skip


def test_projects_of_atlas_ti(shared, tmp_path):
    """They have users, three codes in one of them, and no text: read by eye in their XML; codes keep their GUIDs."""
    names = [shared / "oracles" / "refi-qda" / f"{name}-atlas-project.qdpx" for name in ("blank", "target")]
    blank, target = map(refi.read, names)
    assert not any(map(len, [blank.codes, blank.coding, target.coding, target.corpus.documents]))
    below = [[name, "Commits"] for name in ("2022-05-10T02:05:59Z 19e4dce", "2022-02-11T10:39:25Z cdbfd92")]
    assert rows(target.codes, "label", "parent") == [["Commits", ""], *below]
    assert target.codes["guid"][0] == "A182CD3A-D83C-4D8C-BC80-26D9103EC6D6"
    refi.write(tmp_path / "again.qdpx", target.coding, target.corpus, target.codes)
    assert refi.read(tmp_path / "again.qdpx").codes.equals(target.codes)


G = "00000000-0000-0000-0000-00000000000"
CODED = f"""<PlainTextSelection guid="{G}1" startPosition="%s" endPosition="%s"><Description>seen</Description>
  <Coding guid="{G}1" creatingUser="{{{G}A}}"><CodeRef targetGUID="{G}C"/><NoteRef targetGUID="{G}4"/></Coding></PlainTextSelection>"""
PROJECT = f"""<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="%s"><Users><User guid="{G}a" name="Aya"/></Users>
  <CodeBook><Codes><Code guid="{G}c" name="war" isCodable="true"/></Codes></CodeBook>
  <Sources><TextSource guid="{G}5" name="Talk 1" plainTextPath="%s">{CODED}</TextSource>%s</Sources>
  <Notes><Note guid="{G}4"><PlainTextContent>memo</PlainTextContent></Note></Notes></Project>"""


def project(path, inside="", at=(0, 1), text="1. One.\r\n\r\n2. Two🕊.\r\n", origin="NVivo", file="internal://a.txt", qde="project.qde", more=b"", xml=PROJECT):  # fmt: skip
    """A project as others write it: GUIDs in braces and capitals, `Sources` with a capital, line ends of Windows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(qde, xml % (origin, file, *at, inside) if xml is PROJECT else xml)
        archive.writestr("Sources/a.txt", text)
        archive.writestr("Sources/b.txt", more)
    return path


@pytest.mark.parametrize(
    ("origin", "at", "expected"),
    [  # of the file 1. One.␍␊␍␊2. Two🕊.␍␊, where Two begins at 14; ATLAS.ti counts it as 12
        ("NVivo", (3, 7), [["1", 0, 4]]), ("NVivo", (14, 18), [["2", 0, 4]]), ("ATLAS.ti", (12, 16), [["2", 0, 4]]),
        ("NVivo", (4, 15), [["1", 1, 4], ["2", 0, 1]]), ("NVivo", (0, 21), [["1", 0, 4], ["2", 0, 5]]),
    ],
)  # fmt: skip
def test_places_are_found_whatever_the_line_ends(tmp_path, origin, at, expected):
    found = refi.read(project(tmp_path / "p.qdpx", origin=origin, at=at))
    assert rows(found.corpus.documents, "document", "text") == [["talk-1", "1. One.\n\n2. Two🕊.\n"]]
    assert rows(found.coding, "paragraph", "start", "end") == expected
    assert set(map(tuple, rows(found.coding, "theme", "coder", "note"))) == {("war", "Aya", "seen\n\nmemo")}


def test_what_has_no_place_is_counted_in_one_warning(tmp_path):
    inside = f'<PDFSource guid="{G}8"><Representation guid="{G}9" plainTextPath="gone">{CODED % (0, 1)}</Representation></PDFSource>'
    inside += f'<PictureSource guid="{G}7"/><TextSource guid="{G}6"><PlainTextContent> </PlainTextContent></TextSource>'
    told = "1 PDFSource, 1 PlainTextSelection, 1 Description, 1 Coding, 1 PictureSource, 1 TextSource."
    with pytest.warns(UserWarning) as warned:
        assert len(refi.read(project(tmp_path / "p.qdpx", inside, at=(3, 6))).coding) == 1
    assert [str(one.message).rpartition(": ")[2] for one in warned] == [told]
    with pytest.warns(UserWarning, match="1 PlainTextSelection, 1 Description, 1 Coding, 1 Note"):  # of no words
        assert refi.read(project(tmp_path / "p.qdpx", at=(7, 12))).coding.empty


def test_what_is_wrong_or_does_harm_is_refused(report, tmp_path):
    path, new = tmp_path / "p.qdpx", tmp_path / "q.qdpx"
    other, loop = pd.DataFrame({"label": ["peace"]}), pd.DataFrame({"label": ["war"], "parent": "war"})
    for changes, message in [
        ({"more": b"0" * 30_000_000}, "would unpack to"), ({"qde": "other.qde"}, "p.qdpx has no project.qde. Export"),
        ({"file": "internal://c.txt"}, "p.qdpx has no sources/c.txt. Export"), ({"text": b"\xff1"}, "internal://a.txt is not UTF-8"),
        ({"file": "internal://../../etc/passwd"}, "p.qdpx has no sources/../../etc/passwd. Export"),
        ({"file": "absolute:///etc/passwd"}, "p.qdpx has no sources/absolute:///etc/passwd. Export"),
        ({"at": (3, 22)}, "from '3' to '22' is not in its text of 21 characters, 'Talk 1'"), ({"at": (5, 3)}, "from '5' to '3'"),
        ({"at": (-1, 3)}, "from '-1' to '3'"), ({"inside": "<TextSource>"}, "p.qdpx is not well-formed XML"),
        ({"xml": '<!DOCTYPE a [<!ENTITY b "c">]><Project>&b;</Project>'}, "p.qdpx declares a document type (DTD)"),
        ({"xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><Project/>'}, "(DTD)"), ({"xml": "<CodeBook/>"}, "its root is CodeBook, not Project"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(message)):
            refi.read(project(path, **changes))
    for sent, message in [
        ((ROW.assign(paragraph="9"), report), "coding row 1: there is no paragraph ('mine', '9')."),
        ((ROW.assign(start=3, end=400), report), "coding row 1: 3 to 400 is not in the"),
        ((ROW.assign(start=3), report), "coding row 1: 3 to nan is not in the"),
        ((ROW, report, other), "the themes ['war'] are not in codes; add them."),
        ((ROW, report, loop), "the parent 'war' of the code 'war' is no code above it"),
        ((ROW.assign(note="\x01"), report), "q.qdpx can't be written: All strings must be XML compatible"),
        ((ROW,), "a project has texts; give corpus"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            refi.write(new, *sent)
    with pytest.raises(ValueError, match=r"q\.qdc: there is nothing to write; give codes"):
        refi.write(new.with_suffix(".qdc"))
    with pytest.raises(ValueError, match=r"no document of corpus has the text of 'Talk 1'"):
        refi.read(project(path), report)
    with pytest.raises(FileExistsError, match="may hold coding: give another name"):
        refi.write(path, ROW, report)
    assert [*tmp_path.iterdir()] == [path]  # nothing else is written


def test_two_places_of_a_paragraph_are_one_code_of_it(report, tmp_path):
    twice = pd.concat([ROW.assign(start=0, end=5), ROW.assign(start=6, end=8), ROW.assign(paragraph="2", theme="none")])
    refi.write(tmp_path / "p.qdpx", pd.concat([twice.assign(coder=name) for name in "ab"]), report)
    back = refi.read(tmp_path / "p.qdpx", report).coding
    assert len(back) == 6 and len(coding.check(back)) == 4 and "none" in set(back["theme"])
    assert rows(agreement.by_theme(back), "n_paragraphs", "n_positive", "n_all") == [[2, 1, 1]]
