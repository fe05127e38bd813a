"""Each passage on its own: does it lie in the text, from the beginning of a word to the end of one?"""

import numpy as np
import regex

from analysis.corpus import passages
from analysis.tokens import PATTERN

_WORD = regex.compile(PATTERN)


def check(figure, sources):
    """Look each passage of a figure up in its document."""
    found, joints = [], {}
    described = {document for document, _ in sources.lengths}
    cut = passages(sources.spans).fillna({"paragraph": ""})
    stretches = set(zip(cut["document"], cut["paragraph"], cut["start"], cut["end"], strict=True))
    for row in figure.evidence.itertuples():
        where = f"{place(row.document, row.paragraph)}, characters {row.start} to {row.end}"
        key = (row.document, row.paragraph)
        problem = None
        if row.end <= row.start:
            problem = "passage is empty"
        elif (row.document, "") not in sources.texts:
            if row.document not in sources.elsewhere:
                problem = "document is neither here nor in elsewhere.csv"
            elif row.document in described and key not in sources.lengths:
                problem = "paragraph is not in the table that describes its document"
            elif key in sources.lengths and row.end > sources.lengths[key]:
                problem = f"passage lies outside the text, which has {sources.lengths[key]} characters"
        elif key not in sources.texts:
            problem = "paragraph is not in the document"
        elif row.end > len(sources.texts[key]):
            problem = f"passage lies outside the text, which has {len(sources.texts[key])} characters"
        else:
            text = sources.texts[key]
            if key not in joints:
                joints[key] = _joints(text)
            where += f": “{short(text[row.start : row.end])}”"
            if (*key, row.start, row.end) in stretches:
                continue  # a stretch of the document may be a space or a note mark behind a word
            if text[row.start].isspace() or text[row.end - 1].isspace():
                problem = "passage begins or ends with white space"
            elif joints[key][row.start]:
                problem = "passage begins inside a word"
            elif joints[key][row.end]:
                problem = "passage ends inside a word"
        if problem:
            found.append((figure.name, row.mark, problem, where))
    return found


def place(document, paragraph):
    """A paragraph's name in a message."""
    return f"{document} ¶{paragraph}" if paragraph else f"{document}, whole document"


def short(text):
    """A passage as it is shown in a message: on one line, cut after 60 characters."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _joints(text):
    """For each place between two characters, whether it is inside a word."""
    inside = np.zeros(len(text) + 1, bool)
    for word in _WORD.finditer(text):
        inside[word.start() + 1 : word.end()] = True
    return inside
