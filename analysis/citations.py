"""A passage → how it is cited in a paper: as text, BibTeX or RIS."""

import regex

from analysis import pages, tables

_BODIES = {  # whose documents have symbols that begin so; the first that fits
    "A/HRC/": "UN Human Rights Council",
    "A/CONF.": "UN",  # a conference of its own
    "CAT/": "UN Committee against Torture",
    "CCPR/": "UN Human Rights Committee",
    "CEDAW/": "UN Committee on the Elimination of Discrimination against Women",
    "CERD/": "UN Committee on the Elimination of Racial Discrimination",
    "CRC/": "UN Committee on the Rights of the Child",
    "CRPD/": "UN Committee on the Rights of Persons with Disabilities",
    "PBC/": "UN Peacebuilding Commission",
    "ST/": "UN Secretariat",
    "A/": "UN General Assembly",
    "E/": "UN Economic and Social Council",
    "S/": "UN Security Council",
}
_PLACES = {  # key of a text → what it is called; the first that fits
    r"front matter .+": "front matter",
    r"(note .+)": r"\1",
    r"PP(.+)": r"preambular para. \1",
    r"#(.+)": r"unnumbered para. \1",
    r"([IVXLC]+):(.+)": r"para. \2 of numbering \1",  # numbers that begin again
    r"heading .+": "heading “{}”",
    r"(.+)": r"para. \1",
}
# BibTeX counts braces even behind a backslash, so that they need names.
_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_TEX |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {sign: f"\\{sign}" for sign in "$&#%_"}


def cite(corpus, document, paragraph, style="text"):
    """A citation of one text of a corpus, by its document and key (`14`, `PP4`, `note 3`, `heading 2`, `Annex I, 3`).

    Body (by the symbol), title, symbol and date (`date`, else `year`) stand in it where `corpus.documents` has them,
    then the place: *para. 14*, *preambular para. 4*, *note 3*, *annex I, para. 3*, *unnumbered para. 2* (counted, as
    the document has no numbers), a heading by its words. `style` is "text", "bibtex" (an entry ``@misc``; what TeX
    takes for signs of its own is escaped) or "ris" (a record RPRT, one line a field).

    Raises ValueError if the corpus has no such text.

    >>> from analysis import corpus
    >>> undof = corpus.read("data/mandates/s-res-2782-2025.txt")
    >>> cite(undof, "s-res-2782-2025", "14")
    'UN Security Council, S/RES/2782 (2025), para. 14'
    """
    tables.check_choice(style, "style", ["text", "bibtex", "ris"])
    about, texts = corpus.documents[corpus.documents["document"] == document], corpus.texts
    found = texts.loc[(texts["document"] == document) & (texts["paragraph"] == str(paragraph)), "text"]
    if found.empty:
        raise ValueError(f"the corpus has no text {paragraph!r} of a document {document!r}; see its table texts.")
    about = {name: str(value) for name, value in about.dropna(axis="columns").iloc[0].items()}
    symbol = about.get("symbol", about["name"] if pages.SYMBOL.fullmatch(about["name"]) else "")
    body = next((body for begins, body in _BODIES.items() if symbol.startswith(begins)), "")
    title, date = about["title"] * (about["title"] != symbol), about.get("date", about.get("year", ""))
    place = _place(str(paragraph), found.iloc[0])
    if style == "text":
        return ", ".join(filter(None, [body, title and f"“{' '.join(title.split())}”", symbol, date, place]))
    fields = [("author", "AU", body), ("title", "TI", title or symbol), ("number", "SN", symbol)]
    years = regex.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", date) or regex.findall(r"\((\d{4})\)$", symbol)
    fields += [("year", "PY", "".join(years[:1])), ("date", "DA", date.replace("-", "/") if style == "ris" else date)]
    fields = [(name, tag, " ".join(value.split())) for name, tag, value in [*fields, ("note", "N1", place)] if value]
    if style == "ris":
        return "".join(f"{tag}  - {value}\r\n" for _, tag, value in [("", "TY", "RPRT"), *fields, ("", "ER", "")])
    key = regex.sub(r"[^\p{L}\p{N}]+", "-", f"{document}-{paragraph}")
    braced = {name: value.translate(str.maketrans(_TEX)).join("{}") for name, _, value in fields}
    braced |= {name: braced[name].join("{}") for name in ("author", "title") if name in braced}
    return "".join([f"@misc{{{key},\n", *(f"  {name} = {value},\n" for name, value in braced.items()), "}\n"])


def _place(key, text):
    """The place of a text in its document, in words."""
    part, _, own = key.rpartition(", ")
    pattern = next(pattern for pattern in _PLACES if regex.fullmatch(pattern, own))
    place = regex.sub(pattern, _PLACES[pattern], own).replace("{}", " ".join(text.split()))
    return f"{part[0].lower()}{part[1:]}, {place}" if part else place
