"""Metadata joined to documents: which row finds which document, what is told, and who carries the columns on."""

import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from analysis import corpus, frequency, patterns, tables, tokens
from tests.made import quietly

# Read as speech-one, 1970-b-txt, 1971-b-txt, z.
FILES = {"Speech One.txt": "1. War and peace.\n\n2. Law.\n", "1970/b.txt": "1. War.\n"}
FILES |= {"1971/b.txt": "A/71/818\n\n1. No war.\n", "z.txt": "1. Zeal.\n"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("metadata") / "texts"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


UNFOUND = "rows without document: 1, documents without row: 1, first"


@pytest.fixture(scope="module")
def folder(source):
    """The folder as it is read."""
    return quietly(source)


@pytest.mark.parametrize(
    ("cell", "document"),
    [
        ("Speech One.txt", "speech-one"), ("Speech One", "speech-one"), ("speech-one", "speech-one"),
        ("1970/b.txt", "1970-b-txt"), ("A/71/818", "1971-b-txt"), ("A_71_818", "1971-b-txt"), ("a-71-818", "1971-b-txt"),
        ("b.txt", None), ("nowhere.txt", None), ("", None),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:the table. rows without document")
def test_a_row_finds_its_document_by_file_name_short_name_or_symbol(folder, cell, document):
    joined = corpus.join(folder, pd.DataFrame({"file": ["z.txt", cell], "place": ["Z", "here"]}))
    assert joined.documents.loc[joined.documents["place"] == "here", "document"].tolist() == [document] * bool(document)
    unfound = joined.problems[joined.problems["problem"] == "row without document"]
    assert unfound["line"].tolist() == [1] * (document is None)


def test_metadata_of_a_folder_reach_words_and_hits_and_a_missing_year_is_no_group(source, tmp_path):
    path = tmp_path / "about.csv"
    path.write_text("sep=;\nsource;year;region\nz;1999;Asia\nA/71/818;;Asia\n1970/b.txt;1970;Africa\nx.txt;1;X\n")
    with pytest.warns(UserWarning, match=f"about.csv: {UNFOUND} 'x.txt'. See"):
        read = corpus.read(source, metadata=path)
    told = read.problems[read.problems["problem"].str.contains("row")][["document", "source", "line"]]
    wanted = [[None, "about.csv", 4], ["speech-one", "Speech One.txt", None]]
    assert told.astype(object).where(told.notna(), None).values.tolist() == wanted
    words = tokens.tokenize(read.paragraphs)
    hits = patterns.find(read.paragraphs, "war")
    assert hits["document"].tolist() == ["1970-b-txt", "1971-b-txt", "speech-one"]
    assert hits["region"].fillna("").tolist() == ["Africa", "Asia", ""]
    assert hits["year"].astype(object).tolist()[0] == 1970 and hits["year"].isna().tolist() == [False, True, True]
    counts = [(frequency.count, [words], {"words": ["war", "zeal"]}), (frequency.count_hits, [hits, words], {})]
    for count, of, how in counts:
        with pytest.warns(UserWarning, match=r"year is missing for 6 words \(1971-b-txt, speech-one\): they are in no"):
            found = count(*of, by="year", **how)
        found = found.loc[found.iloc[:, 1] == "war", ["year", "n", "total"]]
        assert found.values.tolist() == [[1970, 1, 1], [1999, 0, 1]]


def test_names_with_accents_are_found_however_they_are_encoded(tmp_path):
    (tmp_path / "Peru\u0301.txt").write_text("1. War.\n\n2. Law.", encoding="utf-8")
    found = corpus.join(corpus.read(tmp_path), pd.DataFrame({"file": ["Per\xfa.txt"], "state": "Peru\u0301"}))
    assert found.documents["state"].notna().all() and found.problems.empty
    found = corpus.join(found, pd.DataFrame({"state": ["Per\xfa"], "size": 3}), on="state")
    assert found.documents["size"].tolist() == [3]


def test_groups_that_differ_in_writing_only_are_told_and_years_that_pandas_wrote_are_numbers(folder):
    about = {"region": ["Mali", "mali", "Togo", "Mali "], "year": ["2001.0", ".", "NA", "1999.0"]}
    joined = corpus.join(folder, pd.DataFrame({"document": folder.documents["document"], **about}))
    assert joined.documents["year"].dropna().tolist() == [2001, 1999]
    with pytest.warns(UserWarning, match=r"tokens: region: 'Mali' and 'mali' differ in writing only and count apart"):
        frequency.count(tokens.tokenize(joined.paragraphs), by="region")


def test_merged_cells_are_refused_a_day_stays_a_day_and_a_sheet_made_to_do_harm_is_not_opened(tmp_path):
    book = openpyxl.Workbook()
    for row in (["file", "region", "date"], ["a", "Africa", datetime(2001, 2, 3)], ["b", None, "c"]):
        book.active.append(row)
    book.active["D1"], book.active["D2"], book.active["D3"] = "code", 4, 710
    book.active["D2"].number_format = "000"  # as codes of countries are kept
    book.save(tmp_path / "a.xlsx")
    assert tables.read(tmp_path / "a.xlsx")["date"].tolist() == ["2001-02-03", "c"]
    assert tables.read(tmp_path / "a.xlsx")["code"].tolist() == ["004", "710"]
    book.create_sheet("More").append(["x"])
    book.active.row_dimensions[3].hidden, book.active["C3"] = True, "#N/A"
    book.save(tmp_path / "a.xlsx")
    with pytest.warns(UserWarning, match=r"a\.xlsx: sheet 'More' not read; row 3 hidden, but read; C3 is #N/A\."):
        tables.read(tmp_path / "a.xlsx")
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(ValueError, match=r"a\.xlsx has cells merged over rows \(B2:B3\): unmerge them"):
        tables.read(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b" " * 5_000_000)
    with pytest.raises(ValueError, match=r"a\.xlsx: xl/more\.xml would unpack to 5 MB, 1,025 times"):
        tables.read(tmp_path / "a.xlsx")


def test_many_documents_find_one_row(folder):
    regions = pd.DataFrame({"document": folder.documents["document"], "region": ["Africa", "Asia", "Asia", None]})
    joined = corpus.join(folder, regions, on="document")
    table = pd.DataFrame({"region": ["Asia", "Africa", "Mars"], "size": [4.0, 3.0, None]})
    with pytest.warns(UserWarning, match=f"the table: {UNFOUND} 'Mars'. See"):
        again = corpus.join(joined, table, on="region")
    assert again.documents["size"].astype(object).tolist()[:3] == [3, 4, 4] and again.documents["size"].isna()[3]
    assert again.paragraphs["size"].notna().sum() == 4 and "size" not in joined.texts


def test_a_row_of_a_country_and_a_year_finds_its_documents_and_the_code_of_namibia_is_kept(tmp_path):
    for name in ("NA_2008", "NA_2021", "IE_2021", "notes"):
        (tmp_path / f"{name}.txt").write_text(f"1. {name} speaks.")
    read = quietly(tmp_path, pattern="{iso}_{session}")
    rows = [["IE", "2021", "9"], ["NA", "2021.0", "6.52"], ["NA", " 2008", "6.48"], ["NA", "", "0"], ["", "", "1"]]
    table = pd.DataFrame(rows, columns=["iso", "session", "eiu"])  # as of the Economist Intelligence Unit
    with pytest.warns(UserWarning, match="rows without document: 2, documents without row: 1, first 'NA, '"):
        joined = corpus.join(read, table, on=["iso", "session"])
    assert joined.documents["eiu"].fillna("").tolist() == ["9", "6.48", "6.52", ""]  # in the order of the files
    with pytest.raises(ValueError, match=r"rows 1 and 2 are both of the document 'na-2008'; keep one\. If rows are of"):
        corpus.join(read, table[:3].drop(columns="session"), on="iso")
    with pytest.raises(ValueError, match=r"the table: on=\['iso', 'eiu'\]: join \['eiu'\] to the documents first\."):
        corpus.join(read, table, on=["iso", "eiu"])
    (tmp_path / "IE_2021.txt").unlink()
    assert quietly(tmp_path, pattern="{iso}_{session}").documents["iso"].dropna().tolist() == ["NA", "NA"]


@pytest.mark.parametrize(
    ("table", "on", "message"),
    [
        ({"file": ["z", "z.txt"]}, None, "the table: rows 0 and 1 are both of the document 'z'; keep one."),
        ({"file": ["y"]}, None, "no row finds a document, by on='file'; the documents are called '1970-b-txt',"),
        ({"file": ["z"]}, "name", "the table has no column 'name'; it has 'file'."),
        ({"file": ["z"], "name": ["Z"]}, None, r"rename or leave out the columns \['name'\]"),
        ({"file": ["z"], "label": ["Z"]}, None, r"rename or leave out the columns \['label'\]"),
    ],
)
def test_what_cannot_be_joined_is_told(folder, table, on, message):
    with pytest.raises(ValueError, match=message):
        corpus.join(folder, pd.DataFrame(table), on)


def test_a_table_knows_titles_better_where_it_has_one(folder):
    own, names = folder.documents["title"].tolist(), folder.documents["document"]
    joined = corpus.join(folder, pd.DataFrame({"document": names, "title": ["", "1984", *[None] * (len(own) - 2)]}))
    assert joined.documents["title"].tolist() == [own[0], "1984", *own[2:]]
    assert set(joined.paragraphs["title"]) == set(joined.documents["title"])


def test_a_table_that_lies_in_the_folder_is_no_document_that_was_not_read(source):
    about = source / "about.csv"
    about.write_text("file,year\nz.txt,1999\nspeech-one,1970\n1970/b.txt,1970\n1971/b.txt,1971\n")
    read = corpus.read(source, metadata=about)
    assert read.problems.empty and read.documents["year"].tolist() == [1970, 1971, 1970, 1999]
    told = quietly(source, metadata=pd.read_csv(about)).problems
    about.unlink()
    assert told["problem"].tolist() == ["not read"]  # here nothing says that it is the table


def test_of_many_documents_with_problems_ten_are_told_one_by_one(tmp_path):
    texts = pd.DataFrame({"text": [f"Speech {n} of Roxanne Shant\xc3\xa9." for n in range(13)]})
    texts.to_csv(tmp_path / "speeches.csv", index=False)
    with pytest.warns(UserWarning) as told:
        read = corpus.read(tmp_path / "speeches.csv")
    messages = [str(one.message) for one in told]
    assert messages[9].startswith("speeches.csv: speeches 10 line 1: damaged") and len(messages) == 11
    assert messages[10] == "3 more documents have problems: damaged characters (3). See the table `problems`."
    assert read.problems["problem"].value_counts().to_dict() == {"damaged characters": 13}
