"""What pandoc leaves out of a Word document, written into it as text: automatic numbers, fields, text in drawings."""

import io
import zipfile
from collections import defaultdict

import regex

from analysis import numbering, tables

LABEL = regex.compile("\ue000([ 0-2])\ue001(.*?)\ue002")  # 1 of the list with most numbers, 0 inside it, 2 of another
_DECIMAL = regex.compile("\ue001\\d+[.\ue002]\ue002?$")
_TYPED = regex.compile(r"\s*\d{1,3}[.)]?[\s\ue003]")
_LEVELS = [*"012345678"]
_MANY = 5  # so many numbers of a list are the document's paragraphs
TAB = "\ue003"
DRAWN = "\ue004"  # at the start of a paragraph that stands in a drawing
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/wordprocessingml/main", _W[1:-1].encode()
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = [f"{_W}{name}" for name in ("fldSimple", "bdo", "dir", "customXml", "ins", "moveTo", "ruby", "rubyBase")]
_WRAPPERS += [f"{_MC}AlternateContent", f"{_MC}Choice", f"{_W}hyperlink"]
_TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LOOKS = "tabs sz szCs spacing lang shd kern tcW tcBorders vAlign color w bCs iCs keepNext keepLines"  # no words
_GONE = [f"{_W}del", f"{_W}moveFrom", f"{_W}rt", f"{_W}rubyPr", f"{_W}customXmlPr", f"{_MC}Fallback"]
_LISTNUM = regex.compile(r"\s*LISTNUM\b.*\\l\s*(\d)")
_LEFT_OUT = regex.compile(r"word/(?:media|embeddings|fonts|theme|numbering(?!\.xml$)|header|footer|glossary)")
FORMATS = {"decimalZero": "{:02d}".format, "upperRoman": numbering.roman, "none": lambda n: ""}
FORMATS["lowerRoman"] = lambda n: numbering.roman(n).lower()
FORMATS["upperLetter"] = lambda n: chr(65 + (n - 1) % 26) * ((n - 1) // 26 + 1)
FORMATS["lowerLetter"] = lambda n: FORMATS["upperLetter"](n).lower()


def with_numbers(data, name):
    """A DOCX file whose automatic numbers stand as `LABEL` at the start of their paragraphs, without its lists."""
    from lxml import etree

    with tables.open_archive(io.BytesIO(data), name) as archive:
        parts = {one: tables.unpacked(archive, one, name) for one in archive.namelist() if not _LEFT_OUT.match(one)}
    if "word/document.xml" not in parts:
        told = f"{name} is not a Word document, whatever its suffix"
        raise ValueError(f"{told}. Open it in the program that made it, save it again.")
    read = parts["word/document.xml"], parts.get("word/styles.xml"), parts.pop("word/numbering.xml", None)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        body, styles, lists = (
            etree.fromstring(part.replace(_STRICT, _USUAL), parser) if part else etree.Element("none") for part in read
        )
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"{name} is damaged: {error}. Open it in Word and save it again.") from None
    if any(part.getroottree().docinfo.doctype for part in (body, styles, lists)):
        raise ValueError(f"{name} declares a document type (DTD), which Word never does. It is not read.")
    _unwrap(body)
    _number(body, _styled(styles), _lists(lists))
    etree.strip_elements(body, *(_W + name for name in _LOOKS.split()), with_tail=False)  # pandoc takes long over them
    etree.strip_attributes(body, *(f"{_W}rsid{of}" for of in ("R", "RPr", "RDefault", "P", "Tr")))
    parts["word/document.xml"] = etree.tostring(body, encoding="utf-8", xml_declaration=True)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    return made.getvalue()


def _unwrap(body):
    """Words out of what pandoc does not look into; those of a drawing after the paragraph where it stands, marked."""
    for one in [*body.iter(f"{_W}vanish")]:  # hidden words, which Word does not print
        run = one.getparent().getparent()
        if run.tag == f"{_W}r" and one.get(f"{_W}val", "1") in ("1", "true", "on"):
            run.getparent().remove(run)
    for one in [*body.iter(*_GONE, *_WRAPPERS)]:
        parent = one.getparent()
        if parent is None or parent.tag.endswith("Pr") or one.get(_TARGET):  # of a mark or a row, or a link
            continue
        if one.tag in _WRAPPERS:
            for inner in one:
                (parent if inner.tag == parent.tag else one).addprevious(inner)
        parent.remove(one)
    for box in [*body.iter(f"{_W}txbxContent")]:
        below = list(box.iterancestors(f"{_W}p"))[-1:]
        for inner in reversed(box):
            for paragraph in inner.iter(f"{_W}p"):
                _begin(paragraph, DRAWN)
            for holder in below:
                holder.addnext(inner)
    for paragraph in [*body.iter(f"{_W}p")]:  # one whose end tracked changes took out goes on in the next
        ends, after = [paragraph.find(f"{_W}pPr/{_W}rPr/{gone}") for gone in _GONE[:2]], paragraph.getnext()
        if ends != [None, None] and after is not None and after.tag == paragraph.tag:
            begin = int(after.find(f"{_W}pPr") is not None)
            after[begin:begin] = paragraph[1:]
            paragraph.getparent().remove(paragraph)


def _begin(paragraph, text):
    """A run of text at the start of a paragraph: the element that holds it."""
    run = paragraph.makeelement(f"{_W}r", {})
    run.append(paragraph.makeelement(f"{_W}t", {}))
    run[0].text = text
    paragraph.insert(1 if len(paragraph) and paragraph[0].tag == f"{_W}pPr" else 0, run)
    return run[0]


def _value(element, path, default=None):
    """The attribute `val` of a descendant."""
    found = None if element is None else element.find("/".join(f"{_W}{step}" for step in path.split("/")))
    return default if found is None else found.get(f"{_W}val", default)


def _whole(element, path):
    """The number with which a list starts: 1, unless a sensible one stands there."""
    text = _value(element, path, "")
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _styled(styles):
    """Style → (list, level, style it is based on)."""
    paths = "pPr/numPr/numId", "pPr/numPr/ilvl", "basedOn"
    return {one.get(f"{_W}styleId"): tuple(_value(one, path) for path in paths) for one in styles.iter(f"{_W}style")}


def _lists(root):
    """List → the kind with which it counts, level → its form, level → the number with which it starts again."""
    kinds = {kind.get(f"{_W}abstractNumId"): kind for kind in root.iter(f"{_W}abstractNum")}
    of_style = {_value(kind, "styleLink"): name for name, kind in kinds.items()}
    lists = {}
    for one in root.iter(f"{_W}num"):
        kind = _value(one, "abstractNumId")
        kind = of_style.get(_value(kinds.get(kind), "numStyleLink", "none"), kind)  # the same as another, by its style
        levels = kinds[kind].iter(f"{_W}lvl") if kind in kinds else []
        forms, starts = {level.get(f"{_W}ilvl"): level for level in levels}, {}
        for override in one.iter(f"{_W}lvlOverride"):
            level, own = override.get(f"{_W}ilvl"), override.find(f"{_W}lvl")
            if _value(override, "startOverride"):
                starts[level] = _whole(override, "startOverride")
            if own is not None:
                forms[level] = own
        lists[one.get(f"{_W}numId")] = kind, forms, starts
    return lists


def _place(paragraph, styles, lists):
    """The list and level of a paragraph, by itself or its style."""
    number, level, style = (_value(paragraph, f"pPr/{one}") for one in ("numPr/numId", "numPr/ilvl", "pStyle"))
    seen = set()
    while number is None and style in styles and style not in seen:
        seen.add(style)
        number, of_style, above = styles[style]
        level = level or of_style
        if number in lists and level is None:
            level = next((at for at, form in lists[number][1].items() if _value(form, "pStyle") == style), None)
        style = above
    return number, level or "0"


def _number(body, styles, lists):
    """Write the number of each paragraph that has one, and what stands for a tab after a typed one."""
    counts, deepest, last, n_typed = defaultdict(dict), defaultdict(str), None, 0
    written = defaultdict(list)  # of each level of a kind of list, the runs with its numbers
    for paragraph in body.iter(f"{_W}p"):
        for tab in list(paragraph.iter(f"{_W}tab"))[:3]:
            if tab.getparent().tag == f"{_W}r":
                tab.tag, tab.text = f"{_W}t", TAB
        number, level = _place(paragraph, styles, lists)
        fields = [_LISTNUM.match(one.text or "") for one in paragraph.iter(f"{_W}instrText")]
        if field := next(filter(None, fields), None):
            number, level = last, str(int(field[1]) - 1)  # it counts on in the list before
        last = number if number in lists else last
        kind, forms, starts = lists.get(number, (None, {}, {}))
        text = "".join(one.text or "" for one in paragraph.iter(f"{_W}t"))
        if level not in forms or level not in _LEVELS:
            n_typed += bool(_TYPED.match(text))
            continue
        count = counts[kind]
        if level in starts and level > deepest[number]:
            count[level] = starts[level] - 1
        deepest[number] = max(level, deepest[number])
        if not text and paragraph.find(f"{_W}pPr/{_W}sectPr") is not None:
            continue  # where a section ends nothing is printed
        for above in _LEVELS[: int(level)]:  # which it begins, if none of them did
            count.setdefault(above, _whole(forms.get(above), "start"))
        count[level] = count.get(level, _whole(forms[level], "start") - 1) + 1
        for deeper in [one for one in count if one > level and _value(forms.get(one), "lvlRestart") != "0"]:
            del count[deeper]
        if text:
            label = _printed(forms, level, count)
            written[kind, level].append(_begin(paragraph, f"\ue000 \ue001{label}\ue002"))

    numbered = {place: sum(bool(_DECIMAL.search(run.text)) for run in runs) for place, runs in written.items()}
    most = max(numbered, key=numbered.get, default=None)
    if numbered.get(most, 0) >= max(_MANY, n_typed, sum(numbered.values()) / 2):
        for (kind, level), runs in written.items():
            flag = "2" if kind != most[0] else "1" if level == most[1] else "0" if level > most[1] else " "
            for run in runs:
                run.text = run.text.replace(" ", flag, 1)


def _printed(forms, level, count):
    """A number as its form prints it: ``%1.%2`` with the counts of its levels."""
    if _value(forms[level], "numFmt") == "bullet":
        return "•"
    is_plain = forms[level].find(f"{_W}isLgl") is not None

    def printed(found):
        at = str(int(found[1]) - 1)
        form = None if is_plain else _value(forms.get(at), "numFmt")
        return FORMATS.get(form, str)(count.get(at, _whole(forms.get(at), "start")))

    return regex.sub(r"%(\d)", printed, _value(forms[level], "lvlText", "")).strip()
