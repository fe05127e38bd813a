"""Write the mandates of `data/mandates.csv` as plain text, one file a resolution, from the UN's XML.

    python data/write_mandates.py PATH/TO/mandates-xml.zip PATH/TO/unxml-security-council-english.zip

The zips hold unofficial copies of Security Council resolutions in Akoma Ntoso (UNxml/SCresolutions; the UN is their
source) and are not part of this project. Writes `data/mandates/`, the same bytes for the same zips: symbol, title and
meeting, preamble, numbered paragraphs and annexes, a block each.
"""

import argparse
import csv
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).parent
PARTS = ("preamble", "mainBody", "attachments")
BLOCKS = ("p", "heading", "subheading", "crossHeading", "block", "listIntroduction")


def name(node):
    """An element's name without its namespace."""
    return node.tag.rpartition("}")[2]


def words(node):
    """All text in an element, on one line; a date is a word of its own."""
    dates = {(child.text or "").strip() for child in node if name(child) == "docDate"}
    text = "".join(f" {text}" if text.strip() in dates else text for text in node.itertext())
    return " ".join(text.split())


def blocks(node, number=""):
    """The blocks of text in an element, each after the number printed before it; a section's letter is its own block."""
    for child in node:
        if name(child) == "num" and name(node) == "section":
            yield words(child)
        elif name(child) == "num":
            number = f"{number} {words(child)}".strip()
        elif name(child) in BLOCKS:
            if text := f"{number} {words(child)}".strip():
                yield text
            number = ""
        else:
            found = list(blocks(child, number))
            number = "" if found else number
            yield from found
    if number:
        yield number


def plain(xml):
    """A resolution in XML as plain text; the mark of a note that has none in the text stands at the symbol, as printed."""
    root = ElementTree.fromstring(xml)
    cover = next(node for node in root.iter() if name(node) == "coverPage")
    head = [words(node) for kind in ("docNumber", "docTitle") for node in cover.iter() if name(node) == kind]
    main = next(node for node in root if name(node) in ("statement", "doc"))
    body = [text for part in main if name(part) in PARTS for text in blocks(part)]
    stars = {text.partition(" ")[0] for text in body if re.match(r"\*+ \w", text)}  # with which notes begin
    elsewhere = " ".join(text for text in body if text.partition(" ")[0] not in stars)
    head[0] += "".join(sorted(star for star in stars if star not in elsewhere))
    return "\n\n".join(text for text in (*head, *body) if text) + "\n"


def copies(zips):
    """Where each resolution stands, by its number: archive and file; of several copies the first."""
    found = {}
    for archive in map(zipfile.ZipFile, zips):
        for file in archive.namelist():
            if number := re.search(r"s[-_]res[-_](\d+)", file, re.IGNORECASE):
                found.setdefault(number[1], (archive, file))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zips", type=Path, nargs="+", help="the resolutions in XML")
    found = copies(parser.parse_args().zips)
    (HERE / "mandates").mkdir(exist_ok=True)
    with open(HERE / "mandates.csv", encoding="utf-8") as table:
        for document in sorted(row["document"] for row in csv.DictReader(table)):
            archive, file = found[document.split("-")[2]]
            (HERE / "mandates" / f"{document}.txt").write_text(plain(archive.read(file)), encoding="utf-8")


if __name__ == "__main__":
    main()
