"""What a page prints besides its text: page numbers, job numbers, the document's symbol at its top, running heads."""

from collections import Counter

import regex

from analysis import numbering

_ALONE = 60  # characters; what is longer is no page number
_PAGE = r"(?i:pages?|página|стр\.|страница|صفحة)[^\S\n]*\d{1,4}(?:[^\S\n]*(?:/|of|sur|de|из|من)[^\S\n]*\d{1,4})?"
_NUMBER = regex.compile(
    rf"{_PAGE}|(?i:page)\s*\|\s*\d{{1,4}}|\d{{1,4}}\s*\|\s*(?i:page)|[-–—][^\S\n]*\d{{1,4}}[^\S\n]*[-–—]|\d{{1,4}}[^\S\n]*/[^\S\n]*\d{{1,4}}|[ivxl]{{1,7}}"
)
_BESIDE = regex.compile(r"[-–—]?[^\S\n]*\d{1,4}[^\S\n]*[-–—]?")  # beside a form feed
_JOB = regex.compile(
    r"(?=.*(?:\d\d-\d{5}|\*\d{5}))(?:(?:(?:\p{Lu}{1,2}\.)?\d\d-\d{5,6}|\*\d{5,10}\*|\(\p{Lu}\)|\d{6}|\d+/\d+|\*)(?:\s+|$|(?=\()))+"
)
_SYMBOL = regex.compile(
    rf"(\p{{Lu}}{{1,5}}(?:/[\w.-]+(?:\([\w.]+\))?)+(?:[^\S\n]\(\d{{4}}\))?)(\s+(?:{_PAGE}|\d+/\d+))?"
)
_NEAR = 3  # page numbers found differ by no more
_HEADS = 3  # a line at the top or foot of so many pages is a running head


def set_aside(text, lines):
    """The lines, with what belongs to the page left over; and, where unsure, (line number, problem, detail).

    A number alone on its line is a page number beside a form feed, or where it is a block of its own and counts on from
    another such number; in a document whose paragraphs have numbers of another style, also without blank lines.

    >>> from analysis.readers import plain
    >>> source = "A/71/818\\n\\n1. One\\n\\n17-01234 2/27\\n\\nA/71/818\\n\\nand on.\\n\\n- 3 -\\n\\n2. Two."
    >>> [line.leftover for line in set_aside(source, plain.lines(source))[0]]
    [None, None, 'job number', 'running head', None, 'page number', None]
    """
    contents = [text[line.start : line.end] if line.end - line.start < 200 else "" for line in lines]
    reasons, problems = _page_numbers(text, lines, contents)
    symbols = {i: found for i, content in enumerate(contents) if (found := _SYMBOL.fullmatch(content))}
    times = Counter(found[1] for found in symbols.values())
    begins = next((i for i, content in enumerate(contents) if numbering.parse(content)), len(lines))
    first = {found[1]: i for i, found in reversed(symbols.items()) if i < begins and not found[2]}
    for i, found in symbols.items():
        on_top = i - 1 in reasons or (i and "\f" in text[lines[i - 1].end : lines[i].start])
        if found[2] or on_top or (times[found[1]] > 1 and first.get(found[1]) != i):
            reasons[i] = "running head"
    edges = {i: regex.sub(r"\d+", "0", contents[i]) for i in range(len(lines)) if _beside_form_feed(text, lines, i)}
    usual = Counter(edges.values())
    reasons = {i: "running head" for i, head in edges.items() if head and usual[head] >= _HEADS} | reasons
    marked, broken, blank = [], False, False  # blank: a blank line stands before what was left over just now
    for i, line in enumerate(lines):
        line = line._replace(leftover=line.leftover or reasons.get(i), new_block=line.new_block or blank)
        broken = broken or i in reasons
        blank = line.new_block and bool(line.leftover)
        if broken and not line.leftover:
            line, broken = line._replace(page_break=True), False
        marked.append(line)
    return marked, problems


def _page_numbers(text, lines, contents):
    """The lines that are page or job numbers, with the reason; and those that are so perhaps."""
    reasons, alone = {}, []
    styled = sum(found[1] != "bare" for content in contents if (found := numbering.parse(content))) > 1
    for i, content in enumerate(contents):
        near = [contents[k] for k in (i - 1, i + 1) if 0 <= k < len(lines)]
        own_block = lines[i].new_block and (i + 1 == len(lines) or lines[i + 1].new_block)
        if len(content) > _ALONE:
            continue
        if _JOB.fullmatch(content):
            reasons[i] = "job number"
        elif _NUMBER.fullmatch(content) or (_BESIDE.fullmatch(content) and _beside_form_feed(text, lines, i)):
            reasons[i] = "page number"
        elif content.isdecimal() and len(content) < 5 and (own_block or styled) and not any(map(str.isdecimal, near)):
            alone.append((i, int(content), own_block))
    problems = []
    for k, (i, number, own_block) in enumerate(alone):
        near = any(1 <= abs(number - other) <= _NEAR for _, other, _ in alone[max(k - 1, 0) : k + 2])
        if near or (own_block and len(alone) == 1):
            reasons[i] = "page number"
            if not near:
                problems.append((lines[i].number, "unsure", f"{number} alone on its line read as a page number"))
    return reasons, problems


def _beside_form_feed(text, lines, i):
    """Does a form feed stand between a line and the one before or after it?"""
    before = lines[i - 1].end if i else 0
    after = lines[i + 1].start if i + 1 < len(lines) else len(text)
    return "\f" in text[before : lines[i].start] or "\f" in text[lines[i].end : after]
