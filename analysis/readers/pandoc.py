"""Word and HTML, by way of pandoc: its blocks and inlines, with the numbers that Word prints."""

import itertools
import json
import subprocess
from contextlib import suppress

import regex

from analysis import numbering
from analysis.readers import blocks, plain, word

_SECONDS, _MEMORY = 120, ["-M1G", "-A64M"]  # that pandoc may take for one file; seldom tidied up, a third faster
_BARE = regex.compile(r"(\s*\(?\d{1,4}\p{Lu}?[.)]?\s*)" + word.TAB)
_LONG = 150  # characters; what is longer is no heading
_LAYOUT = 2  # columns that a table has at most which only places paragraphs on a page
_SPACES = {"Space", "SoftBreak", "LineBreak"}
_DELIMITERS = {"OneParen": "{})", "TwoParens": "({})"}
_REGION = regex.compile(r"<(/?)(main|nav|footer|aside)\b", regex.I)  # pandoc would leave out what is beside a main
_AROUND = {"nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "footer", "aside"}
_BESIDE = {"leftover": "beside the text of the page"}
_NAME = r"(id\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))"  # which pandoc drops here:
_ANCHOR = regex.compile(rf"<(?:sup|p)\b[^>]*?\s{_NAME}[^>]*>", regex.I)
_MARK = regex.compile(r"[\s(\[]*(\d{1,3}|[*†‡§]{1,3}|\p{Ll}|[ivxl]{2,6})[\s)\]]*")  # the words of a link to a note
_MANY = 100  # links in a note at most
_CHARSET = regex.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w-]+)", regex.I)


def read_docx(data, name):
    """A DOCX file's bytes as a `plain.Source`."""
    return _source(_run(word.with_numbers(data, name), "docx", name), name)


def read_html(data, name):
    """An HTML file's bytes as a `plain.Source`; in the encoding that it states, else UTF-8."""
    if stated := _CHARSET.search(data, 0, 4096):
        with suppress(LookupError, UnicodeDecodeError):  # it states what isn't so: told below
            data = data.decode(stated[1].decode("ascii")).encode("utf-8")
    text = _REGION.sub(lambda one: f"<{one[1]}div data-{one[2].lower()}=1", plain.decode(data, name))
    text = _ANCHOR.sub(r"\g<0><a \1></a>", text)
    document = _run(text.encode("utf-8"), "html", name)
    with suppress(RecursionError):  # told below
        _link_notes(document["blocks"])
    return _source(document, name, _BESIDE if "div data-main=1" in text else {})


def _run(data, form, name):
    """The document as pandoc gives it, in a process that can reach no other file and takes no more than it may."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--sandbox", "-f", form, "-t", "json", "+RTS", *_MEMORY, "-RTS"]
    try:
        return json.loads(subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=True).stdout)
    except subprocess.TimeoutExpired:
        raise ValueError(f"{name} takes pandoc more than {_SECONDS} seconds. Save it as text and read that.") from None
    except (subprocess.CalledProcessError, ValueError, RecursionError) as error:
        told = (getattr(error, "stderr", None) or b"it gave no document").decode("utf-8", "replace").strip()[-200:]
        told = f"{name} can't be read by pandoc: {told}"
        raise ValueError(f"{told}. Open it in the program that made it, save it again.") from None


def _source(document, name, facts=None):
    """pandoc's document as a source."""
    notes = []
    try:
        told = [one for key, one in document["meta"].items() if key != "lang" and one["t"] == "MetaInlines"]
        head = [{"t": "Para", "c": one["c"]} for one in told]
        found = [*_blocks(head, notes, "", {}), *_blocks(document["blocks"], notes, "", facts or {})]
    except RecursionError:
        raise ValueError(f"{name} has blocks inside blocks without end. Save it as text and read that.") from None
    counted = False  # from the first paragraph that Word counts, a number typed is text
    for n, block in enumerate(found):
        counted = counted or bool(block.label and block.facts.get("opens"))
        if counted and _typed(block):
            found[n] = block._replace(facts={"opens": False} | block.facts)
    return blocks.source(found + notes, {}, name)


def _link_notes(elements):
    """Makes a note, in place, of what a link leads to whose words are a mark, if a link there leads back."""
    holds, within, units = {}, {}, []  # name → what bears it; its links by where they lead; blocks with names and links
    for one in _inside(elements):
        if one["t"] in ("Para", "Plain"):
            inner = [element for element in _inside(one["c"]) if element["t"] in ("Link", "Span")]
            names = {element["c"][0][0] for element in inner} - {""}
            units.append((names, [e for e in inner if e["t"] == "Link"]))
            holds |= dict.fromkeys(names - holds.keys(), one)
        elif one["t"] == "Div" and one["c"][0][0]:
            holds[one["c"][0][0]] = one
    notes, leads_back, seen = {}, [], set()
    for names, links in units:
        for link in links:
            seen.add(id(link))
            mark, note = _MARK.fullmatch(_words(link)), holds.get(_target(link))
            if not (mark and note):
                continue
            if id(note) not in within:
                inner = [one for one in _inside(note) if one["t"] == "Link"]
                within[id(note)] = {_target(one): one for one in inner} if len(inner) <= _MANY else {}
            back = [within[id(note)][name] for name in within[id(note)].keys() & names]  # none that stands before it
            if back and seen.isdisjoint(map(id, back)) and len(_words(note)) > sum(len(_words(one)) for one in back):
                notes.setdefault(id(note), (note, []))[1].append((link, mark[1]))
                leads_back += back
    of_notes = {id(one) for note, _ in notes.values() for one in _inside(note)}
    for note, marks in notes.values():
        body = note["c"][1] if note["t"] == "Div" else [note.copy()]
        for link, name in marks:
            if id(link) not in of_notes:
                link.update(t="Note", c=body, name=name, words=_words(link))
                body = None  # a second mark of the same note
        if body is None:
            note.update(t="Null", c=None)
    for one in leads_back:
        one.update(t="Null", c=None)


def _target(link):
    """The name that a link within the page leads to; of others nothing."""
    return link["c"][2][0][1:] if link["c"][2][0].startswith("#") else None


def _words(element):
    """The words in an element, without spaces."""
    return "".join(one["c"] for one in _inside(element) if one["t"] == "Str")


def _inside(element):
    """All elements in an element of pandoc's, or a list of them, each before those in it."""
    if isinstance(element, dict):
        yield element
    inner = element.get("c") if isinstance(element, dict) else element
    for one in inner if isinstance(inner, list) else ():
        yield from _inside(one)


def _said(block):
    """The words of a block."""
    return "".join(words for words, *_ in block.pieces).lstrip()


def _typed(block):
    """Does a block begin with a number in its text?"""
    return numbering.parse(_said(block)[:80]) is not None


def _blocks(elements, notes, label, facts):
    """Blocks from pandoc's; `label`, the number of a list's item, goes with the first."""
    for element in elements:
        kind, content = element["t"], element.get("c")
        if kind in ("Para", "Plain"):
            yield _block(content, notes, label, facts)
        elif kind == "Header":
            yield _block(content[2], notes, label, facts | {"heading": content[0]})
        elif kind in ("LineBlock", "CodeBlock", "RawBlock"):
            lines = content if kind == "LineBlock" else [[{"t": "Str", "c": line}] for line in content[1].split("\n")]
            yield from (_block(line, notes, "", facts) for line in lines)
        elif kind == "OrderedList":
            (start, style, delimiter), items = content
            style = style["t"].replace("Alpha", "Letter")
            form = word.FORMATS.get(style[0].lower() + style[1:], str)  # Word calls them lowerLetter
            inside = facts | ({"opens": False} if label else {})
            for n, item in enumerate(items, start):
                yield from _blocks(item, notes, _DELIMITERS.get(delimiter["t"], "{}.").format(form(n)), inside)
        elif kind == "BulletList":
            for item in content:
                yield from _blocks(item, notes, "•", facts | {"opens": False})
        elif kind == "DefinitionList":
            for term, meanings in content:
                yield from _blocks([{"t": "Plain", "c": term}, *itertools.chain(*meanings)], notes, "", facts)
        elif kind == "BlockQuote":
            yield from _blocks(content, notes, label, facts | {"quoted": True})
        elif kind == "Table":
            yield from _table(content, notes, facts)
        elif kind in ("Div", "Figure"):
            called = {content[0][0], *content[0][1], *dict(content[0][2])}
            own = {fact: facts[fact] for fact in facts if fact != "leftover" or "main" not in called}
            own |= _BESIDE if called & _AROUND else {}
            yield from _blocks(content[1] if kind == "Div" else [*content[2], *content[1][1]], notes, label, own)
        else:
            continue
        label = ""


def _table(content, notes, facts):
    """The blocks of a table: rows that are numbered paragraphs, a layout of text, or a table, which is no text."""
    _, caption, columns, head, bodies, foot = content
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]]), *foot[1]]
    yield from _blocks(caption[1], notes, "", facts)
    of_rows = [[list(_blocks(cell[4], notes, "", facts | {"in_table": True})) for cell in row[1]] for row in rows]
    cells = list(itertools.chain(*of_rows))
    kind = blocks.kind_of_table([[_said(block).rstrip() for block in cell] for cell in cells], len(rows))
    for row in of_rows:
        heads = [cell[0] for cell in row if cell]
        beside_number = any(numbering.parse((head.label or _said(head))[:80] + "\t") for head in heads)
        for block in itertools.chain(*row):
            facts, typed = block.facts, block.label or _typed(block)
            if kind == "list" and block in heads and blocks.PARTED.match(_said(block)):
                facts = {"opens": True}
            elif kind == "figures":
                facts = facts | {"leftover": "table"}
            elif len(columns) > _LAYOUT if typed else beside_number and block in heads:
                facts = {"opens": False} | facts
            yield block._replace(facts=facts)


def _block(inlines, notes, label, facts):
    """A block of words: with the number that Word or a list gave it, as paragraph where a heading is a sentence."""
    pieces = list(_pieces(inlines, notes, None))
    words = "".join(words for words, *_ in pieces)
    facts = dict(facts)
    quoted, in_table = facts.pop("quoted", False), facts.pop("in_table", False)
    note, begin = None, 0  # where the words begin, after the number
    if found := word.LABEL.search(words):
        label, begin = found[2], found.end()
        if found[1] in "01" or (found[1] == "2" and in_table):
            facts["opens"] = found[1] == "1" and bool(numbering.parse(f"{label}\t"))
    elif not label and (found := _BARE.match(words)):
        label, begin = found[1], found.end()
    else:
        if quoted:
            facts["opens"] = False
        if pieces and pieces[0][1] == "raised" and not label:
            note = label = pieces.pop(0)[0]
    if word.DRAWN in words:
        facts = {"leftover": "text of a drawing"}
    said = words.strip()
    if facts.get("heading") and (len(said) > _LONG or said[-1:] in plain.STOPS + plain.COMMAS):
        facts["heading"] = 0
    kept = []
    for one, kind, name in pieces:
        own = one[begin:].replace(word.TAB, " ").replace(word.DRAWN, "")
        kept.append((own, "note" if kind == "raised" else kind, name))
        begin = max(begin - len(one), 0)
    return blocks.Block(kept, label, note, facts)


def _pieces(inlines, notes, link):
    """The words of pandoc's inlines, with their notes and links; raised digits may be a note's mark."""
    for element in inlines:
        kind, content = element["t"], element.get("c")
        if kind == "Str" or kind in _SPACES:
            yield " " if kind in _SPACES else content, link and "link", link
        elif kind in ("Code", "Math"):
            yield content[1], None, None
        elif kind == "Quoted":
            marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            yield from [(marks[0], None, None), *_pieces(content[1], notes, link), (marks[1], None, None)]
        elif kind == "Note":
            name = element.get("name") or str(sum(note.note is not None for note in notes) + 1)
            yield element.get("words", name), "note", name
            if content is None:
                continue
            first, *further = [*_blocks(content, [], "", {})] or [_block([], [], "", {})]
            notes.append(first._replace(label=name, note=name, facts={}))
            notes += [block._replace(label="", note=None, facts={"indented": True}) for block in further]
        elif kind == "Superscript":
            inner = list(_pieces(content, notes, link))
            words = "".join(words for words, *_ in inner)
            yield from [(words, "raised", words)] if regex.fullmatch(r"\d{1,3}", words) else inner
        elif kind != "RawInline" and isinstance(content, list):
            inner = content[1] if kind in ("Link", "Image", "Span", "Cite") else content
            yield from _pieces(inner, notes, content[2][0] if kind == "Link" else link)
