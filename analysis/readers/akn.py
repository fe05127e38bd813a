"""Akoma Ntoso, the XML of resolutions and judgments: numbers, parts, headings, notes and links as it marks them."""

import regex

from analysis import numbering
from analysis.readers import blocks

_HEADINGS = {"heading", "subheading", "crossHeading"}
_PARTING = {"p", "num", "block", "listIntroduction", "listWrapUp", "td", "th", "li", "tocItem", "meta"} | _HEADINGS
_ITEMS = {"point", "item", "table", "quotedStructure", "embeddedStructure", "toc"}
_UNITS = {"paragraph", "level", "alinea", "container", "formula", "article"}  # what may be a paragraph, as a whole
_FRONT = {"coverPage", "preface", "header"}
_NESTED = {"section", "part", "chapter", "level", "attachment"}  # headings inside stand a level lower
_LEFT_OVER = {"conclusions": "place and date of adoption", "meta": "metadata"}
_STAR = regex.compile(r"([*†‡]{1,3})\s+(?=\w)")  # with which a note begins that stands among the paragraphs
_LANGUAGES = {"ara": "ar", "chi": "zh", "zho": "zh", "eng": "en", "fra": "fr", "fre": "fr", "rus": "ru", "spa": "es"}


def read(data, name):
    """A file's bytes as a `plain.Source`."""
    root = parsed(data, name)
    if _tag(root) != "akomaNtoso":
        raise ValueError(f"{name} is XML, but not Akoma Ntoso: its root is <{_tag(root)}>. Save the document as text.")
    return blocks.source(_blocks(root), _metadata(root), name)


def parsed(data, name):
    """The root of a file of XML; nothing is fetched, and no document type is read."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"{name} is not well-formed XML: {error}. Get the file again, or correct it.") from None
    if root.getroottree().docinfo.doctype:
        raise ValueError(f"{name} declares a document type (DTD), which is not read. Remove the line <!DOCTYPE …>.")
    return root


def _tag(element):
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _parted(element, above, pieces):
    """Blocks below an element as (elements from the root, pieces), in order; `pieces` are of the block around it."""
    path, tag = (*above, element), _tag(element)
    if tag == "authorialNote":
        pieces.append((element.get("marker", "*"), "note", element.get("marker", "*")))
        pieces = []
    elif tag in _PARTING:
        yield above, pieces[:]
        pieces.clear()
    elif tag in ("eol", "br"):
        pieces.append((" ", None, None))
    href = next((one.get("href") for one in reversed(path) if _tag(one) in ("a", "ref")), None)
    pieces.append((element.text or "", href and "link", href))
    for child in element:
        yield from _parted(child, path, pieces)
        pieces.append((child.tail or "", href and "link", href))
    if tag in _PARTING or tag == "authorialNote":
        yield path, pieces[:]
        pieces.clear()


def _blocks(root):
    """The document as blocks, the notes last; a printed number goes with the block after it."""
    found, notes, label, place, before, state = [], [], "", (), (), {}
    for path, pieces in _parted(root, (), []):
        tag, tags = _tag(path[-1]) if path else "", [_tag(one) for one in path]
        words = "".join(words for words, *_ in pieces).strip()
        if not words:
            continue
        if "authorialNote" in tags:
            note = path[tags.index("authorialNote")]
            name = note.get("marker", "*")
            again = state.get("note") is note
            notes.append(blocks.Block(pieces, "" if again else name, None if again else name, {"indented": again}))
            state["note"] = note
        elif tag == "num":
            if label:  # text with another number follows it; or it is all that a section has for a name
                facts = _facts(place, [_tag(one) for one in place], label, before, state)
                found.append(blocks.Block([], label, None, facts if facts.get("opens") else {"heading": 2}))
            label, place = words, path
        elif not label and (star := _STAR.match(words)):
            found.append(blocks.Block(pieces, note=star[1]))
        else:
            found.append(blocks.Block(pieces, label, None, _facts(path, tags, label, before, state)))
            label, before = "", tags
    return found + ([blocks.Block([], label)] if label else []) + notes


def _facts(path, tags, label, before, state):
    """What a block is: heading, title block, the beginning of a paragraph or none; `state` has the numbers so far."""
    if reason := next((reason for tag, reason in _LEFT_OVER.items() if tag in tags), None):
        return {"leftover": reason}
    if tags[-1] in _HEADINGS and not _ITEMS & set(tags):
        return {"heading": 2 + sum(tag in _NESTED for tag in tags)}
    if _FRONT & set(tags):
        return {}
    part = "preamble" if "preamble" in tags else "operative"
    units = [one for one, tag in zip(path, tags, strict=True) if tag in _UNITS] or [path[-1]]
    scope = next((one for one, tag in zip(path, tags, strict=True) if tag in ("mainBody", "decision")), None)
    begins = units[-1] is not state.get("unit") and not _ITEMS & set(tags)
    state["unit"] = units[-1]
    if begins and part == "preamble":
        begins = "formula" not in before  # what names the body that speaks goes with the first clause
    elif begins and label:
        read = numbering.parse(f"{label}\t")
        above = [state[one] for one in units[:-1] if one in state]
        begins = bool(read) and all(len(read[0]) > len(number) for number in above)
        if begins:
            state |= {units[-1]: read[0], scope: True}
    elif begins:
        begins = scope not in state  # text without a number goes on with the numbered paragraph before
    return {"opens": begins, "part": part}


def _metadata(root):
    """Symbol, date, session, language, title, sponsors and subjects, where the file states them."""
    found, sponsors, subjects = {}, [], []
    for one in root.iter("{*}docNumber", "{*}neutralCitation", "{*}session", "{*}docTitle", "{*}keyword", "{*}step"):
        tag, refers = _tag(one), (one.get("refersTo") or "").strip("#")
        words = " ".join("".join(one.itertext()).split())
        if refers == "symbol" or tag == "neutralCitation":
            found.setdefault("symbol", words)
        elif tag == "session" and one.get("value"):
            found.setdefault("session", one.get("value"))
        elif refers == "resolutionTitle":
            found["title"] = words
        elif tag == "keyword" and refers == "title":
            found.setdefault("title", one.get("showAs"))
        elif tag == "keyword" and one.getparent().get("source") == "DHLAUTH" and not refers:
            subjects.append(one.get("showAs"))
        elif tag == "step" and (one.get("outcome") or "").startswith("draftResolution"):
            sponsors.append(one.get("by"))
    stated = {"FRBRdate": ("date", "date"), "FRBRlanguage": ("language", "language"), "FRBRname": ("title", "value")}
    for one in root.iter("{*}FRBRdate", "{*}FRBRlanguage", "{*}FRBRname"):
        name, attribute = stated[_tag(one)]
        value = one.get(attribute)
        if value and not value.startswith("0001"):  # the UN's files write the year 1 for a date they don't give
            found.setdefault(name, value)
    found["language"] = _LANGUAGES.get(found.get("language"), found.get("language"))
    found["sponsors"] = ", ".join(filter(None, sponsors))
    found["subjects"] = "; ".join(dict.fromkeys(filter(None, subjects)))
    return {name: value for name, value in found.items() if value}
