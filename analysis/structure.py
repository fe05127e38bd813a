"""Lines of a document → its paragraphs, headings and notes, where every character went, and what looks wrong.

The rules are the same for every file format, and go by form alone: numbers (`numbering`), headings, note marks and
blank lines.
"""

from bisect import bisect_left
from collections import Counter
from itertools import count, groupby, islice, pairwise, takewhile
from typing import NamedTuple

import regex

from analysis import headings, notes, numbering, pages, pieces, preamble
from analysis.pieces import Span, Text
from analysis.readers.plain import WRAPPED, content_start, ended

NO_HEADING = "(no heading)"  # the section of texts above which no heading stands
_REACH = 80  # characters in which a printed number must end
_SENTENCE = regex.compile(r"(?!\(\p{Ll}{1,4}\)).*[.!?][\"”’»)\]*_]*$", regex.S)
_SHORT = regex.compile(r"\p{Lu}[^:\d]*\s[^:\d]*[.!?]$")
_ESSAY = 8  # so many blocks outside the numbers, and twice as many as inside, make an essay with a list
_LIST = 20  # more numbers than this are no list, but where so many times as many blocks have none
_LONG = 2  # over so many more pages few paragraphs go on
_MISSING = 5  # so many numbers may be missing in an article
_ITEM = regex.compile(r"\((?:\p{Ll}{1,4}|\d{1,2})\)")
_QUOTE = regex.compile(r"[“„«\"]\s*")
_LINK = regex.compile(r"<?(?:https?://|www\.)")


class Problem(NamedTuple):
    """A row of the table `problems`."""

    line: int
    paragraph: str | None
    problem: str
    detail: str


def parse(text, lines, known=None, run_in=True):
    """A document's lines, from a reader → (texts, spans, problems), each in the order of the document.

    `known` is the vocabulary of the documents read together, by which words broken at a line end are mended.

    >>> from analysis.readers import plain
    >>> source = "A report\\n\\nBackground\\n\\n1. First¹ of\\n\\n1 A note.\\n\\n\\nall.\\n\\n2.Second"
    >>> texts, spans, problems = parse(source, plain.lines(source))
    >>> [(row["paragraph"], row["text"]) for row in texts]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('front matter 1', 'A report'), ('heading 1', 'Background'), ('1', 'First of all.'), ('note 1', 'A note.'),
     ('2', 'Second')]
    >>> [(span.kind, source[span.start : span.end]) for span in spans[2:6]]
    [('number', '1.'), ('paragraph', 'First'), ('note mark', '¹'), ('paragraph', 'of')]
    """
    known = pieces.vocabulary([text]) if known is None else known
    given, (lines, of_pages) = lines, pages.set_aside(text, lines)
    lines = headings.parted(text, lines) if run_in else lines
    labels, marks, of_notes = notes.find(text, lines)
    body = [i for i, line in enumerate(lines) if not line.leftover and i not in labels and line.note != ()]
    speaks, articles = preamble.chapeaux(text, lines, body), headings.articles(text, lines, body)
    decisions, articles = _decide(text, lines, body, speaks, articles)
    opens = {i for i, decision in decisions.items() if decision.opens} | articles.keys()
    again = None if opens else _unquoted(text, given)
    if not articles and len(lines) > len(given):  # no name of an article was there to be parted
        again = given
    if again:
        return parse(text, again, known, run_in=False)
    begun = opens | {i for i in body if lines[i].opens}  # with those that have no number, where the format tells
    before, places = {}, sorted(opens) if begun else preamble.operative(text, lines, body, speaks)
    for i in sorted({*body[:1], *speaks}):  # the document, and another resolution inside it
        if i not in before and (k := bisect_left(places, i)) < len(places):
            before |= preamble.find(text, lines, body[bisect_left(body, i) : bisect_left(body, places[k])])
    found, title = headings.find(text, lines, body, begun, set(decisions), before, articles)
    if not begun:
        title |= preamble.title_block(text, lines, body)
    contents = [text[lines[i].start : lines[i].end] for i in body[: pages.HEAD]]
    title |= set(body[: pages.masthead_lines(contents)]) - begun
    found -= title
    begins = min(begun | {i for i in found if lines[i].heading}) if begun else 0
    front = title | {i for i in body if i < begins and i not in before}
    texts, spans, problems = _read_through(text, lines, labels, marks, decisions, found, front, before, known, articles)
    spans.sort(key=lambda span: span.start)
    told = [*of_pages, *of_notes, *_uncounted(text, lines, front)]
    problems += [Problem(line, None, problem, detail) for line, problem, detail in told]
    for one in texts.values():
        if one.row["part"] == "preamble" and not one.last.part and not preamble.is_ended(one.text()):
            detail = "read as text, not as title, by its length or first word: it ends without a mark"
            problems.append(Problem(one.last.number, one.key, "unsure", detail))
        if one.kind == "paragraph" and one.row["number"] and one.last.page - (one.row["page"] or 0) >= _LONG:
            detail = f"goes on to page {one.last.page}: what has no number there is read as part of it"
            problems.append(Problem(one.last.number, one.key, "unsure", detail))
    problems.sort(key=lambda problem: problem.line)
    if not begun:
        n = sum(one.kind == "paragraph" for one in texts.values())
        problems.insert(0, Problem(1, None, "no numbers", f"no numbered paragraphs: read as {n} unnumbered ones"))
    return _rows(texts, spans), spans, problems


def _unquoted(text, lines):
    """Of a text that quotes another whole, with all its numbers, the lines: quotation marks are form, the rest apart."""
    signs = {i: sign for i, line in enumerate(lines) if (sign := _QUOTE.match(text, content_start(line), line.end))}
    read = [numbering.parse(text[sign.end() : lines[i].end][:_REACH]) for i, sign in signs.items()]
    if [one[0] for one in read if one][:2] != [(1,), (2,)]:
        return None
    found = []
    for i, line in enumerate(lines):
        around = i not in signs and line.new_block and not line.heading and ended(text, line)
        if i in signs:
            line = line._replace(markup=(*line.markup, (*signs[i].span(), "quotation mark")))
        opens = True if around or i == min(signs) else line.opens
        found.append(line._replace(opens=opens, part="operative" if around else line.part))
    return found


def _uncounted(text, lines, front):
    """Problems for short sentences read as front matter, and for more than two as that or as no text at all."""
    reasons = [line.leftover or ("front matter" if i in front else None) for i, line in enumerate(lines)]
    for reason, group in groupby(range(len(lines)), key=reasons.__getitem__):
        block = list(group)
        n = reason and preamble.sentences(text[lines[block[0]].start : lines[block[-1]].end])
        short = reason == "front matter" and any(_SHORT.match(text, lines[i].start, lines[i].end) for i in block)
        if n and (n > 2 or short):
            yield lines[block[0]].number, "not counted", f"sentences read as {reason}: {n}"


def _rows(texts, spans):
    """The texts as rows of the table `texts`; a note with the first paragraph where its mark stands."""
    of_paragraphs = [span for span in spans if span.points_to and texts[span.paragraph].kind == "paragraph"]
    mark_in = {span.points_to: span.paragraph for span in reversed(of_paragraphs)}
    pairs = [pair for pair in pairwise([None, *texts.values()]) if pair[1].kind == "heading"]
    named = [(one.text(), one.level, bool(above) and above.kind == "heading") for above, one in pairs]
    called = dict(zip([one.key for _, one in pairs], headings.sections(named), strict=True))
    for key, one in texts.items():
        one.row |= {"section": called.get(one.heading) or NO_HEADING, "text": one.text(), "mark_in": mark_in.get(key)}
    return [one.row for one in texts.values()]


def _read_through(text, lines, labels, marks, decisions, found, front, before, known, articles):
    """From the first line to the last, with the heading, paragraph and note in hand that the next may go on with."""
    texts, spans, problems, orders = {}, [], [], Counter()
    heading = paragraph = note = article = None
    keys = _keys(text, lines, decisions, found, articles)
    first = min([*keys, *articles], default=None)  # before the first number all is preamble
    above = max((i for i in before if first is not None and i < first), default=None)
    if articles and above is not None and text[lines[above].end - 1] == ":" and keys.get(first, " ")[0][0] == "(":
        first = min(articles)  # and of a law its recitals: Whereas: (1) …
    printed = {i: preamble.PRINTED.match(text, content_start(lines[i]), lines[i].end) for i in before}
    keys |= {i: (number[0], numbering.plain(number[0])) for i, number in printed.items() if number}

    def begin(kind, number=None, key=None):
        orders[kind] += 1
        ahead = first is not None and i < first
        part = (line.part or ("preamble" if ahead or i in before else "operative")) if kind == "paragraph" else None
        if part == "preamble" and (ahead or first is None):
            orders[part] += 1
            key = key or f"PP{orders[part]}"
        elif kind == "paragraph" and article and not key:
            orders[article] += 1
            key = article if orders[article] == 1 else f"{article} #{orders[article]}"
        if kind == "paragraph" and article and key in texts:  # of another annex
            key = next(one for n in count(2) if (one := f"{numbering.roman(n)}:{key}") not in texts)
        if not key or key in texts:
            key = f"#{orders[kind]}" if kind == "paragraph" else f"{kind} {orders[kind]}"
        under = key if kind == "heading" else heading and heading.key
        row = {"paragraph": key, "kind": kind, "part": part, "number": number, "order": orders[kind]}
        texts[key] = Text(key, kind, row | {"page": line.page or None}, under, line.heading)
        return texts[key]

    for i, line in enumerate(lines):
        decision, label = decisions.get(i), None  # label: start, end, kind of the printed number or note mark
        opens = decision and decision.opens
        if line.leftover:
            spans.append(Span(line.start, line.end, "leftover", None, reason=line.leftover))
            continue
        if i in labels:
            name, key, end = labels[i]
            owner = note = begin("note", name, key)
            label = (line.start, end, "note mark")
        elif i in found:
            if heading is None or (line.heading != -1 and (line.new_block or line.heading or i - 1 not in found)):
                heading = begin("heading")
            article = articles.get(i) or (None if headings.annex(text[content_start(line) : line.end]) else article)
            orders[articles.get(i)] = 0
            owner, paragraph, note = heading, None, None
        elif note and not opens and _in_note(text, line, note.last, i in before):
            owner = note
        elif i in front:
            owner, note = begin("front matter"), None
        else:
            item = article and _ITEM.match(text, content_start(line), line.end)
            new = not paragraph or not (
                paragraph.row["number"] or item or not _is_new(text, line, paragraph.last, note)
            )
            if not paragraph or opens or (before.get(i, new) if line.opens is None else line.opens):
                number, key = keys.get(i, (None, None))
                paragraph = begin("paragraph", number, key)
                label = number and (content_start(line), content_start(line) + len(number), "number")
            owner, note = paragraph, None
        if told := pieces.add(text, line, owner, label, marks[i], spans, known):
            problems.append(Problem(owner.last.number, owner.key, "broken word", told))
        owner.last = line
        if decision and decision.problem:
            problems.append(Problem(line.number, paragraph and paragraph.key, decision.problem, decision.detail))
    return texts, spans, problems


def _keys(text, lines, decisions, found, articles):
    """Line → printed number and key: the number, with its article, or annex or run after a restart that repeats any."""
    keys, of_run, annex, article = {}, {}, None, None
    opening = {i: decision for i, decision in decisions.items() if decision.opens}
    borne = {(decision.number, decision.run) for decision in opening.values()}
    times = Counter(number for number, _ in borne)
    again = {run for number, run in borne if run > 1 and times[number] > 1}
    for i in sorted(found | opening.keys()):
        if i in found:
            named = headings.annex(text[content_start(lines[i]) : lines[i].end].strip("*_ "))
            article, annex = articles.get(i) or (None if named else article), named or annex
            continue
        key, run = opening[i].number, opening[i].run
        if run in of_run:
            annex = None if of_run[run] != annex else annex  # an older numbering goes on below that heading
        else:
            of_run[run] = annex if annex not in of_run.values() else None
        if article:
            key = key if key.startswith(f"{article.split()[-1]}.") else f"{article}, {key}"
        elif run in again:
            key = f"{of_run[run]}, {key}" if of_run[run] else f"{numbering.roman(run)}:{key}"
        keys[i] = opening[i].printed, key
    return keys


def _in_note(text, line, last, preambular):
    """Does a line that stands after a note belong to it?"""
    if preambular or line.opens is not None or line.note is not None:
        return line.note == ()
    announced = line.indented or text[last.end - 1] == ":" or bool(_LINK.match(text, line.start, line.end))
    return not line.new_block or (announced and not line.page_break)


def _is_new(text, line, last, note):
    """Where paragraphs have no numbers: does the line, perhaps after a note, begin another one?"""
    if line.bullet or text[last.end - 1] == ":" or _ITEM.fullmatch(text, last.start, last.end):
        return False
    if not line.new_block:
        return last.end - last.start > WRAPPED
    return ended(text, last) or not (line.page_break or note)


# Numbers


def _candidates(text, lines, body, speaks):
    """The lines that begin with a number, each as `numbering.follow` wants it."""
    candidates, after_heading, previous, usual = {}, False, None, None
    for i, after in zip(body, [*body[1:], None], strict=False):
        line = lines[i]
        start = content_start(line)
        closed = line.heading or line.opens is False
        read = None if closed else numbering.parse(text[start : min(line.end, start + _REACH)])
        if read and read[1] == "bare" and after is not None and text[lines[after].start : lines[after].end].isdecimal():
            read = None  # a column of numbers
        if read:
            usual = line.indented if usual is None else usual
            lower = text[start + len(read[2]) : line.end].lstrip()[:1].islower()
            begins = line.new_block or previous is None or (not lower and ended(text, lines[previous]))
            quoted = any(reason == "quotation sign" for *_, reason in line.markup)
            fresh = begins and not (line.bullet or quoted or line.indented > usual)
            announced = previous is not None and text[lines[previous].end - 1] == ":"
            of_format = bool(line.indented), bool(line.opens)
            candidates[i] = numbering.Candidate(*read, after_heading, fresh, announced, *of_format)
            after_heading = False
        elif i in speaks or line.heading:
            after_heading = True
        elif line.new_block and headings.like(text, lines, i, previous):
            after_heading = after_heading or not _goes_on(text, lines, i)
        previous = i
    return candidates


def _goes_on(text, lines, i):
    """Is a line the first of a paragraph without a number: do more lines follow it, to the end of a sentence?"""
    more = takewhile(lambda line: not (line.new_block or line.leftover), islice(lines, i + 1, None))
    more = list(takewhile(lambda line: not numbering.parse(text[line.start : line.start + _REACH]), more))
    return bool(more) and ended(text, more[-1])


def _decide(text, lines, body, speaks, articles):
    """What `numbering.follow` decides on each number, a list opening none; and the articles, if they count anew."""
    candidates = _candidates(text, lines, body, speaks | articles.keys())
    if articles:
        parts = [{i: one for i, one in candidates.items() if (i < min(articles)) == before} for before in (True, False)]
        decisions = {i: one for part in parts for i, one in zip(part, numbering.follow([*part.values()]), strict=True)}
        if _anew(decisions, candidates, articles):
            expected = {i for i, one in decisions.items() if one.problem == "restart" and i > min(articles)}
            return decisions | {i: decisions[i]._replace(problem=None) for i in expected}, articles
    decisions = dict(zip(candidates, numbering.follow(list(candidates.values())), strict=True))
    opens = [i for i, decision in decisions.items() if decision.opens]
    from_one = opens and candidates[opens[0]].value[-1] == 1  # as a list begins, and an excerpt of a text need not
    if not from_one or any(lines[i].opens for i in body) or min(speaks, default=opens[0]) < opens[0]:
        return decisions, {}
    blocks = [i for i in body if lines[i].new_block and not (lines[i].bullet or lines[i].heading or i in decisions)]
    begins = [k for k, i in enumerate(body) if lines[i].new_block]
    last = {body[k]: lines[body[after - 1]] for k, after in pairwise([*begins, len(body)])}  # line of each block
    whole = [i for i in blocks if not lines[i].page_break and _SENTENCE.match(text, lines[i].start, last[i].end)]
    lone = [i for i in blocks if _SENTENCE.match(text, lines[i].start, lines[i].end)]
    other = max(sum(i < opens[0] for i in whole), sum(i > opens[0] for i in lone))
    if (len(opens) > _LIST or other < max(_ESSAY, 2 * len(opens) + 1)) and len(whole) <= _LIST * len(opens):
        return decisions, {}
    detail = f"{len(opens)} numbered lines among {len(whole)} other blocks: read as a list, not as paragraph numbers"
    closed = {i: decision._replace(opens=False, problem=None) for i, decision in decisions.items()}
    closed[opens[0]] = closed[opens[0]]._replace(problem="passed over", detail=detail)
    return closed, {}


def _anew(decisions, candidates, articles):
    """Do numbers begin with 1 in each article that has any, and count on?"""
    last = 0
    for i in sorted(articles.keys() | {i for i, decision in decisions.items() if decision.opens}):
        number = None if i in articles else candidates[i].value[-1]
        if number is not None and i > min(articles) and not (number == 1 if not last else number <= last + _MISSING):
            return False
        last = number or 0
    return True
