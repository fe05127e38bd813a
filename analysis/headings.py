"""Which lines are headings or the title, and which heading stands under which."""

from collections import Counter
from itertools import pairwise
from unicodedata import numeric

import regex

from analysis import notes
from analysis.numbering import value_of
from analysis.readers.plain import ANNEX, COMMAS, RAISED, STOPS, content_start, ended

_WORDS, _LENGTH = 20, 150
_CAPITALS = 8  # so many letters, all capitals, are a heading whatever follows
_LETTER = regex.compile(r"\p{L}")
_NUMBERED = r"\d{1,2}(?:\.\d{1,2})*[^\S\n]+\p{Lu}\p{Ll}"  # 2 Findings
_NO_HEADING = regex.compile(rf"(?!{_NUMBERED})(?:[^\p{{L}}]|\p{{Ll}})")
_DATED = regex.compile(r"\b\d{1,2}[^\S\n]\p{L}+[^\S\n]\d{4}\W*$")
_TABLE = regex.compile(r"(?:(?<=\S)(?=\s{3}|\s*\t)\s++\S[^|]*?){2}|\|")  # two gaps at least
_PART = regex.compile(
    rf"{ANNEX.pattern}|(?i:section)[^\S\n]+(?:[IVXLC]+|\d+|\p{{Lu}})\b|[IVX]{{1,6}}\.[^\S\n]*\p{{Lu}}|\p{{Lu}}\.\p{{Lu}}\p{{Ll}}"
)
_NAMED = regex.compile(rf"\d|{_PART.pattern}")
_SUMMARY = regex.compile(
    r"(?:executive[^\S\n]+)?summary|abstract|foreword|preface|preamble|introduction|background", regex.I
)
_WORDS_FOR = {  # what stands over an article, principle, rule or annex, in English and in other languages
    "Article": r"article|art\.|art|artikel|art[ií]culo|artigo|articolo|articolul|artykuł|članak|madde|pasal|[άα]ρθρο|статья|стаття"
    "|المادة|ماده",
    "Principle": "princip(?:le|e|io)|принцип",
    "Rule": "rule|règle|regla|правило",
    "Guideline": "guideline|directriz|directive",
    "Section": "section|sec\\.|sección|seção|sezione|раздел",
    "Annex": "annexe?|anexo|приложение|anhang",
}
_NAME = (  # of an article; to its number a letter may be joined: 16a, 7-A
    rf"(?:(?:(?P<word>(?i:{'|'.join(words for word, words in _WORDS_FOR.items() if word != 'Annex')}))\.?\s+|(?P<word>§)\s*)"
    r"(?P<number>\d+|[IVXLC]+|premier)(?P<more>\s(?:bis|ter|quater)|(?:(?<=\d)-?[A-Za-np-z]|-?[A-D])(?!\w))?(?:er|\.?[oºª°])?"
    r"|第(?P<number>\d+|[零一二三四五六七八九十百]+)[条條])(?!\w)[*_]*"
)
_ARTICLE = regex.compile(rf"{_NAME}(?:[\s.:–—*_-]*|(?P<title>\s*[.:–—-]?\s+[\"“«(]?[\p{{Lu}}\p{{Lo}}].*[^.;,。\d]))$")
# The name of an article with its text on the same line, or alone on a line of a block.
_RUN_IN = regex.compile(rf"(?P<called>{_NAME}(?:\s*[.:–—-]+)*[*_]*)(?:(?<=[条條.:–—*_-])\s+(?!\p{{Ll}})|$)")
_TEXT = 30  # bytes: what is shorter, beside the name of an article, may be its title
_SKIPPED = 5  # so many articles may be missing in a row
_FORMS = [(1, ANNEX), (2, regex.compile(r"(?:[IVX]+|[CDLM]{2,})\.")), (3, regex.compile(r"\p{Lu}\."))]
_UNIQUE, _LOWER = 4, 5  # levels of headings that nothing marks


def like(text, lines, i, previous):
    """Could a line be a heading that the format doesn't mark?

    It is short, begins with a capital, is mostly letters, does not end like a sentence, and does not carry on one cut
    by a page break or announced by a colon.
    """
    line = lines[i]
    content = text[content_start(line) : min(line.end, line.start + 2 * _LENGTH)]
    stated = line.heading != 0 or line.opens is not None  # to be one or none
    if line.bullet or stated or len(content.rstrip("*_")) > _LENGTH or len(content.split()) > _WORDS:
        return False
    if previous is not None and not (lines[previous].heading or stands_alone(text, lines[previous])):
        announced = text[lines[previous].end - 1] == ":" and not stands_alone(text, line)
        if announced or (line.page_break and not ended(text, lines[previous])):
            return False
    return _reads_like_one(content)


def find(text, lines, body, opens, numbers, preamble, articles=()):
    """The lines that are headings, and those that are the title.

    A line is a heading where the format says so; where it looks like one and a numbered paragraph or another heading
    follows; or where it is in capitals or begins like *Annex I* or *II. The role*. So is a block of its own between two
    numbered paragraphs, however long, that has no end mark. Before the first numbered paragraph only the last such line
    is one, a *Summary*, and those inside the preamble: the others are title, date and place. In a document without
    numbers, it must be followed by a line that doesn't look like a heading. The only heading of the first level, or a
    heading alone before ¶1, is the title. Articles are headings, and so is what looks like one right below theirs.
    """
    levels = [lines[i].heading for i in body]
    title = set(body[:1]) if levels[:1] == [1] and levels.count(1) == 1 else set()
    found = {i for i in body if lines[i].heading}.union(articles) - title
    alike, following, last = set(), dict(pairwise(body)), {}
    pairs = list(pairwise([None, *body]))
    for previous, i in pairs:
        begins = lines[i].new_block or (previous in alike and previous == i - 1)  # or is the second line of a heading
        begins = begins or (previous is not None and following.get(i) in opens and ended(text, lines[previous]))
        if begins and i not in numbers and i not in preamble and like(text, lines, i, previous):
            alike.add(i)
    front = min(opens, default=len(lines))
    for previous, i in reversed(pairs):
        last[i] = last[i + 1] if i + 1 in last and not lines[i + 1].new_block else i  # of its block
        after, below, block = following.get(i), following.get(last[i]), range(i, last[i] + 1)
        joined = after in found and not lines[after].new_block
        if i > front and (below in opens or below in found) and _is_block(text, lines, block, lines[previous], numbers):
            found |= set(block)
            continue
        if not opens:
            heads = joined or (after is not None and after not in alike and lines[after].new_block)
        elif i < front:
            name = text[content_start(lines[i]) : lines[i].end].strip("*_ ")
            of_preamble = after in preamble and (i > min(preamble) or _SUMMARY.fullmatch(name))
            heads = joined or of_preamble or (after == front and not _DATED.search(name))
        else:
            titles = previous in articles and after is not None and lines[after].new_block and after not in alike
            alone = stands_alone(text, lines[i]) and not _is_sentence(text, lines, block)
            heads = titles or alone or after in opens or after in found
        if i in alike and (heads or notes.is_heading(text, lines[i])):
            found |= {i} | ({i + 1} & alike if last[i] == i + 1 else set())  # with the second and last line
    if not title and not preamble and not any(_NAMED.match(text, lines[i].start) for i in body[:1]):
        title = (found & alike & set(body[:1])).difference(articles)
    return found - title, title


def parted(text, lines):
    """The lines, with the names of articles parted from the text on their line, or from a title above."""
    found, sizes = [], []
    for line, after in zip(lines, [*lines[1:], *lines[-1:]], strict=True):
        stated = line.leftover or line.heading or line.bullet or line.note is not None or line.opens is not None
        match = None if stated else _RUN_IN.match(text, content_start(line), line.end)
        end, then = match.end() if match else line.start, "" if after.new_block else text[after.start]
        if line.start < end < line.end and (line.new_block or ended(text, found[-1])):
            size = len(text[end : line.end].encode())
            goes_on = then.islower() or (then > "" and 2 * size >= 3 * _TEXT)
            sizes.append(size * (goes_on or text[line.end - 1] in COMMAS + STOPS))
            signs = tuple(sign for sign in line.markup if sign[0] < end)
            found.append(line._replace(end=match.end("called"), new_block=True, markup=signs, note_marks=()))
            line = line._replace(start=end, new_block=True, markup=line.markup[len(signs) :])
        found.append(line._replace(new_block=line.new_block or (end == line.end and then > "" and not then.islower())))
    return found if sum(sizes) >= _TEXT * len(sizes) else lines


def articles(text, lines, body):
    """The headings of the articles of a treaty or statute, with their names; not of a single one, or not from 1 on.

    >>> from analysis.readers import plain
    >>> source = "Article 1\\n\\nArticle 5 of it\\n\\nArticle II Title\\n\\nIt cites\\nArticle 3\\n\\nArticle 4"
    >>> articles(source, plain.lines(source), range(6))
    {0: 'Article 1', 2: 'Article II', 5: 'Article 4'}
    """
    found, named, last, above = {}, {}, {}, None
    for i in body:
        name = text[content_start(lines[i]) : lines[i].end].strip("*_ ")
        if match := _ARTICLE.match(name) if lines[i].new_block or lines[i].heading else None:
            word, number = (match["word"] or "").lower(), _numeral(match["number"])
            farthest = last.get(word, number) + (_SKIPPED if match["title"] and not lines[i].heading else number)
            if number == 1 or last.get(word, number + 1) <= number <= farthest:
                printed = str(number) if match["number"].isdecimal() else match["number"]  # in the digits 0 to 9
                called = f"{match['word'].capitalize()} {printed}{match['more'] or ''}" if match["word"] else None
                found[i], named[i], last[word] = called or f"第 {number} 条", (word, number), number
    holding = [i for i, k in {*pairwise(body)} & {*pairwise(found)} if named[i][0] != named[k][0] and named[k][1] == 1]
    for i in found if len(holding) > 1 else ():  # articles have sections, which begin with 1 in each
        above = i if i in holding else None if above is None or named[i][0] == named[above][0] else above
        found[i] = found[i] if above in (None, i) else f"{found[above]}, {found[i]}"
    return found if len(found) > 1 else {}


def _numeral(number):
    """The value of a printed number: 12, XII, 一百零二, premier."""
    hundreds, hundred, rest = number.rpartition("百")
    tens, ten, ones = rest.lstrip("零").rpartition("十")
    if hundred or ten or (ones.isnumeric() and not ones.isdecimal()):
        hundred, ten = hundred and numeric(hundreds or "一"), ten and numeric(tens or "一")
        return int(100 * (hundred or 0) + 10 * (ten or 0) + numeric(ones or "零"))
    return 1 if number == "premier" else value_of(number)


def in_english(key):
    """A key with the word for its article or annex in English, so that languages can stand side by side.

    >>> in_english("Artículo 2, 1"), in_english("Annexe II, 3"), in_english("第 2 条 #2"), in_english("14")
    ('Article 2, 1', 'Annex II, 3', 'Article 2 #2', '14')
    """
    word, _, number = key.partition(" ")
    english = [one for one, words in _WORDS_FOR.items() if regex.fullmatch(words, word, regex.I)] or [word]
    return f"{english[0]} {number}".replace(" premier", " 1").replace("第", "Article").replace(" 条", "").strip()


def annex(name):
    """*Annex II* where a heading begins so: "ANNEX II Terms of reference".

    >>> annex("ANNEX II Terms of reference"), annex("Annex: Terms"), annex("Annexation"), annex("A. Terms")
    ('Annex II', 'Annex', None, None)
    """
    found = ANNEX.match(name)
    return found and " ".join(filter(None, [found[1].capitalize(), found[2]]))


def sections(named):
    """What each heading, given in order as (name, level or 0, whether a heading stands right above), is called.

    It is its name; where the name comes again under another heading, the names from the top. Where the format marks no
    levels they go by form: *Annex*, *II.*, *A.*, names that stand once, names that repeat or
    stand right below one.

    >>> sections([("Mali", 0, False), ("Aims", 0, True), ("Chad", 0, False), ("Aims", 0, True)])
    ['Mali', 'Mali › Aims', 'Chad', 'Chad › Aims']
    """
    times = Counter(name for name, *_ in named)
    paths, above = [], []  # the headings that hold the next, with their levels
    for name, level, below in named:
        by_form = [level for level, form in _FORMS if form.match(name)]
        level = level or min(by_form, default=_LOWER if below or times[name] > 1 else _UNIQUE)
        above = [one for one in above if one[0] < level] + [(level, name)]
        paths.append(tuple(one for _, one in above))
    different = Counter(path[-1] for path in dict.fromkeys(paths))
    return [" › ".join(path) if different[path[-1]] > 1 else path[-1] for path in paths]


def _reads_like_one(content):
    """Does it begin with a capital, consist mostly of letters, not end like a sentence, and is it no row of a table?"""
    content = content.rstrip("*_" + RAISED)
    dated = content[:1].isdigit() and _DATED.search(content)
    few_letters = 2 * len(_LETTER.findall(content)) < len("".join(content.split()))
    ends = content[-1:] in COMMAS + STOPS
    return not (few_letters or dated or ends or _NO_HEADING.match(content) or _TABLE.search(content))


def _is_block(text, lines, block, previous, numbers):
    """Could a block of lines be a heading, however long: does it go on with nothing, and read like one?"""
    first = lines[block[0]]
    plain = first.new_block and first.heading == 0 and first.opens is None and not (first.bullet or first.page_break)
    follows = ended(text, previous) and text[previous.end - 1] != ":" and numbers.isdisjoint(block)
    return plain and follows and _reads_like_one(text[content_start(first) : lines[block[-1]].end])


def _is_sentence(text, lines, block):
    """Does what begins like a heading go on, in capitals too or in lower case, to the end of a sentence?"""
    first, last = lines[block[0]], lines[block[-1]]
    words = text[first.start : last.end]
    return first is not last and ended(text, last) and (words == words.upper() or text[lines[block[1]].start].islower())


def stands_alone(text, line):
    """Is it a heading whatever follows: in capitals, or *Annex I*, *II. The role*, *E.Reducing the threat*?"""
    content = text[content_start(line) : line.end].strip("*_")
    capitals = content == content.upper() and len(_LETTER.findall(content)) >= _CAPITALS and content != content.lower()
    return line.new_block and (capitals or bool(_PART.match(content)))
