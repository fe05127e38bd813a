"""Random and damaged files: a documented error or a valid table, nothing else. ``make fuzz`` tries thousands."""

import io
import random
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

from analysis import corpus
from tests.conftest import ROOT
from tests.made import is_whole

CAIRO = ROOT / "data" / "documents" / "cairo-workshop-2016.md"
TRIES = {"text": 10_000, "pdf": 2_000, "xml": 2_000, "docx": 2_000, "html": 2_000}
BITS = ["1.", "\n\n", "12.\t", "(a)", "¹", "[^1]", "[^1]: ", "# ", "|", "\f", "\u2028", "\ufeff", "\x01", "<!--", "```",
        "A/71/818", "ANNEX I", "PP1", "-\n", "\r", "é", "\u202e", "&amp;", "\U0010ffff", "²", "2 bis.", " ", "peace"]  # fmt: skip
XML = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><statement><meta><identification><FRBRWork>
<FRBRdate date="2014-08-21"/></FRBRWork></identification></meta><preamble><container><p><i>Recalling</i> resolution
<a href="https://undocs.org/en/S/RES/1366(2001)">1366 (2001)</a>,</p></container><container><p>Noting the report
<authorialNote marker="1"><p>S/2011/552.</p></authorialNote>,</p></container></preamble><mainBody><paragraph><num>1.</num>
<list><intro><p>Decides</p></intro><point><num>(a)</num><content><p>to act;</p></content></point></list></paragraph>
<paragraph><num>2.</num><content><p>Remains seized.</p></content></paragraph></mainBody></statement></akomaNtoso>"""


def letters(text):
    """How often each character that is not white space stands in a text."""
    return Counter("".join(text.split()))


@cache
def seed(kind):
    """A whole file of this kind to be damaged."""
    if kind in ("docx", "html"):
        import pypandoc

        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", kind, "-o", "-", CAIRO]
        return subprocess.run(command, check=True, capture_output=True).stdout
    if kind == "pdf":
        from reportlab.pdfgen import canvas

        made = io.BytesIO()
        page = canvas.Canvas(made, pageCompression=0, invariant=1)
        for number in range(1, 60):
            words = f"{number}. The Council decides to remain seized of the matter."
            page.drawString(72, 780 - number % 20 * 36, words)
            if number % 20 == 19:
                page.showPage()
        page.save()
        return made.getvalue()
    return XML.encode() if kind == "xml" else CAIRO.read_bytes()


def damaged(data, chance):
    """The bytes with some of them changed, cut out, said twice, or bits of form put between."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 60)
        what = chance.randrange(5)
        if what == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            del data[at : at + length]
        elif what == 2:
            data[at:at] = data[at : at + length]
        elif what == 3:
            data[at:at] = chance.choice(BITS).encode()
        elif chance.random() < 0.1:
            del data[at:]
    return bytes(data)


def damaged_inside(data, chance):
    """A Word file with one of its parts damaged and packed anew: else the archive's checksums refuse nearly all."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        hit = chance.choice([name for name in old.namelist() if name.startswith("word/") and name.endswith(".xml")])
        for name in old.namelist():
            content = old.read(name)
            if name == hit and chance.random() < 0.7:  # words and values, not tags: it stays well-formed
                values = [found.span(1) for found in re.finditer(rb'(?:>|")([^<>"]+)(?:<|")', content)]
                start, end = chance.choice(values)
                other = chance.choice([*BITS[:4], "0", "-1", "99999999999"]).encode()
                content = content[:start] + other + content[end:]
            elif name == hit:
                content = damaged(content, chance)
            new.writestr(name, content)
    return made.getvalue()


def run(kind, seeds, folder):
    """Try files of a kind, made by these seeds; the one that breaks the promise is told by its seed."""
    for n in seeds:
        chance = random.Random(n)
        drawn = "".join(chance.choices(BITS, k=chance.randint(1, 80))).encode()
        data = drawn if kind == "text" and n % 2 else damaged(seed(kind), chance)
        data = damaged_inside(seed(kind), chance) if kind == "docx" and n % 10 else data
        path = folder / f"fuzz.{chance.choice(['md', 'txt']) if kind == 'text' else kind}"
        path.write_bytes(data)
        try:
            with warnings.catch_warnings(action="ignore"):
                wrong = not is_whole(corpus.read(path))
        except ValueError as error:
            wrong = path.name not in str(error)
        except Exception as error:
            raise AssertionError(f"{kind}, seed {n}: {type(error).__name__}: {error}") from error
        assert not wrong, f"{kind}, seed {n}"


if __name__ == "__main__":
    for kind, tries in {sys.argv[1]: int(sys.argv[2])}.items() if len(sys.argv) > 2 else TRIES.items():
        with tempfile.TemporaryDirectory() as folder:
            run(kind, range(tries), Path(folder))
        print(f"{kind}: {tries:,} files, each read or refused as documented", flush=True)
