"""One module per file format: a file becomes its text and its lines.

A reader knows its format and nothing of paragraphs. `structure` then says which
lines are headings, paragraphs and notes, in the same way for every format.
"""

from analysis.readers import markdown, plain

READERS = {
    ".md": markdown.lines,
    ".markdown": markdown.lines,
    ".txt": plain.lines,
    ".text": plain.lines,
}
