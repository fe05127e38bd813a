"""Hand coding: sheets drawn and written for a coder, read back, and checked."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import tables
from analysis.tables import NONE
from analysis.tokens import KEYS, keys_of, warn_alike


def save(sheet, path):
    """Write a coding sheet that a spreadsheet can open, as CSV in UTF-8, or as .xlsx where the name ends so.

    `sheet` has `document`, `paragraph`, `theme`, and what else there is: from `sample`, a coding, or `compare`. Keys of
    paragraphs get ¶ in front (¶1.10), so that a spreadsheet makes no numbers or dates of them; what it would take for a
    formula gets an apostrophe (`tables.write`). `load` takes both off again.

    Raises FileExistsError if there is such a file: it may hold hours of coding.

    >>> import tempfile
    >>> sheet = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Né\\nà Genève"], "theme": ["meetings"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(sheet, f"{folder}/sheet.csv")
    ...     load(f"{folder}/sheet.csv")["text"].tolist()
    ['Né\\nà Genève']
    """
    tables.check(sheet, "comparison" if "decision" in sheet else "coding")
    if Path(path).exists():
        raise FileExistsError(f"{path} is there already and may hold coding: give another name, or take this line out.")
    sheet = sheet.drop(columns="row", errors="ignore")
    tables.write(sheet.assign(paragraph="¶" + sheet["paragraph"].astype("str")), path)


def load(path):
    """Read a coding sheet: CSV in UTF-8, its cells separated by commas, semicolons or tabs, or .xlsx (`tables.read`).

    One row per paragraph and theme: the columns of the file as text (`probability` as a number), and `row`, the row of
    the sheet (1 for the first below the header). A cell `theme` with several themes, separated by semicolons, becomes
    several rows; `decision` of a sheet from `compare` is read as the theme. Whether the coding is complete is checked
    where it is used, as in `themes.evaluate`. Codes of a language model have the columns `model`, `date` and `prompt`,
    each the same in all rows: the model is their coder.

    Raises ValueError naming file and row if it is not such a sheet, or a model is named without date and prompt.

    >>> load("data/coding/cairo-themes.csv")[["paragraph", "theme", "deciding_words", "row"]].values[5].tolist()
    ['4', 'meetings', 'has taken the initiative to organize a', 6]
    """
    sheet, name = tables.read(path, KEYS), Path(path).name
    sheet = sheet.rename(columns={"decision": "theme"})
    tables.check_names(list(sheet), ["theme"], name)
    sheet["paragraph"] = sheet["paragraph"].str.removeprefix("¶")
    if "probability" in sheet.columns:
        sheet["probability"] = pd.to_numeric(sheet["probability"], errors="coerce")
    if "model" in sheet.columns:
        sheet = sheet.assign(coder=_model(sheet, name))
    given = [[one.strip() for one in cell.split(";") if one.strip()] or [""] for cell in sheet["theme"]]
    sheet = sheet.assign(row=sheet.index, theme=given)
    return sheet.explode("theme", ignore_index=True).astype({"row": "int64", "theme": "str"})


def compare(one, two):
    """Set two codings of the same paragraphs side by side: a sheet in which each difference is decided.

    One row per paragraph that both coded and to which they gave different themes, in the order of the first:
    `document`, `paragraph`, `text` (if the first has it), `one` and `two` (their themes), and blank `decision` and
    `reason`, to be filled in. Write it by `save`; `load` reads it, and `settle` applies it.

    Raises ValueError if a coding is not in order, or has several coders.

    >>> keys = {"document": "un", "paragraph": ["1", "2", "2"]}
    >>> one = pd.DataFrame({**keys, "theme": ["war", "aid", "war"]})
    >>> compare(one, pd.DataFrame({**keys, "theme": ["war", "war", "vote"]})).values.tolist()
    [['un', '2', 'war; aid', 'war; vote', '', '']]
    """
    one, two = check(one), check(two)
    themes = [theme for theme in dict.fromkeys([*one["theme"], *two["theme"]]) if theme != NONE]
    warn_alike(themes, "codings")
    sheet = one[[name for name in (*KEYS, "text") if name in one]].drop_duplicates(KEYS)
    for name, coding in (("one", one), ("two", two)):
        given = wide(coding, themes)
        told = ["; ".join(given.columns[row]) or NONE for row in given.to_numpy(bool)]
        sheet = sheet.merge(given.index.to_frame(index=False).assign(**{name: told}))
    if sheet.empty:
        raise ValueError("codings: no paragraph is in both; compare two codings of the same paragraphs.")
    return sheet[sheet["one"] != sheet["two"]].reset_index(drop=True).assign(decision="", reason="").astype("str")


def settle(coding, decided):
    """Apply what was decided to the coding of several coders; what is discarded is kept, and marked so.

    `decided` is a sheet of `compare` as `load` reads it: rows whose theme is blank are not decided. Returns the rows of
    `coding`, then those for themes that were decided on and a coder had not given, with `assigned` (false for themes
    that were discarded) and `reason`. The rows of `coding` are the coding before; those with `assigned` are it after.

    Raises ValueError if one of the two is not in order, or decides of a paragraph that was not coded.

    >>> coding = pd.DataFrame({"document": "un", "paragraph": "1", "theme": ["war", "aid"], "coder": ["a", "b"]})
    >>> decided = pd.DataFrame({"document": ["un"], "paragraph": "1", "theme": "war", "reason": "¶1 arms"})
    >>> settle(coding, decided)[["theme", "coder", "assigned", "reason"]].values.tolist()
    [['war', 'a', True, '¶1 arms'], ['aid', 'b', False, '¶1 arms'], ['war', 'b', True, '¶1 arms']]
    """
    check(coding, more=["coder"])
    decided = tables.check(decided, "coding")
    decided = check(decided[decided["theme"] != ""], coding)
    warn_new(decided, coding["theme"].tolist(), "decided: no coder gave")
    reasons = decided.reindex(columns=[*KEYS, "reason"]).drop_duplicates(KEYS)
    coding = coding.astype(dict.fromkeys([*KEYS, "coder", "theme"], "str")).drop(columns="reason", errors="ignore")
    given, codes = coding.merge(reasons, on=KEYS, how="left"), decided[[*KEYS, "theme"]]
    touched = _among(given, decided, KEYS)
    more = given.loc[touched, [*KEYS, "coder", "reason"]].drop_duplicates().merge(codes, on=KEYS)
    more = more[~_among(more, given, [*KEYS, "coder", "theme"])].assign(assigned=True)
    given["assigned"] = ~touched | _among(given, decided, [*KEYS, "theme"])
    settled = pd.concat([given, more], ignore_index=True)
    return settled.assign(reason=tables.as_text(settled["reason"]))


def sample(paragraphs, n, *, unit="paragraph", seed):
    """Draw paragraphs at random, as a sheet to be coded by hand.

    Simple random sampling without replacement of `n` paragraphs, or (`unit="document"`) of n documents with all their
    paragraphs. The same `seed` draws the same ones, in whatever order they come.

    One row per paragraph drawn, in the order of `paragraphs`: `document`, `paragraph`, `text`, `theme` (blank: to be
    filled in; several themes are parted by semicolons, ``none`` says that there is none), `drawn` (``by paragraph`` or
    ``by document``), `probability` (n / all). `agreement.estimate` makes shares of it.

    >>> paragraphs = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "3", "4"], "text": "Peace"})
    >>> sample(paragraphs, 2, seed=1)[["paragraph", "theme", "drawn", "probability"]].values.tolist()
    [['2', '', 'by paragraph', 0.5], ['3', '', 'by paragraph', 0.5]]
    """
    tables.check(paragraphs, "paragraphs")
    tables.check_choice(unit, "unit", ("paragraph", "document"))
    keys = keys_of(paragraphs)
    number, units = pd.factorize(keys if unit == "paragraph" else keys.get_level_values("document"), sort=True)
    tables.check_number(n, "n", most=len(units))
    chosen = np.isin(number, np.random.default_rng(seed).choice(len(units), n, replace=False))
    sheet = paragraphs.loc[chosen, [*KEYS, "text"]].reset_index(drop=True)
    return sheet.assign(theme="", drawn=f"by {unit}", probability=n / len(units))


def check(coding, paragraphs=None, themes=None, more=()):
    """A copy of a coding, if it is complete and fits the paragraphs; names without spaces around them.

    `paragraphs` has the keys of those that may be coded; `themes` names the themes that may be given, besides ``none``,
    which says that a paragraph was read and has no theme; `more` further columns that are needed. A paragraph without
    any row was not coded. Where places are coded (`start`), a theme in several of a paragraph is one theme of it.

    Raises ValueError naming the first ten rows, as in the column `row`, or counted from 1. Warns of themes that differ
    in upper and lower case only, or the like.

    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "2"], "theme": ["", "war", "none"]})
    >>> check(coded, themes=["peace"])
    Traceback (most recent call last):
    ValueError: coding row 1: theme is blank; write a theme, or none.
    coding row 2: 'war' is no theme; the themes are 'peace', and none.
    coding row 3: ('un', '2') has none and a theme; keep one.
    """
    tables.check(coding, "coding", more)
    if not len(coding):
        raise ValueError("coding has no rows: no paragraph is coded.")
    if "assigned" in coding.columns and not all(str(one).strip().lower() == "true" for one in coding["assigned"]):
        raise ValueError("coding has themes that were discarded: use the rows of which `assigned` is true.")
    by = _read_by(coding)
    texts = pd.concat([coding, paragraphs], ignore_index=True).reindex(columns=[*KEYS, "text"]).dropna().astype("str")
    texts["text"] = texts["text"].str.split().str.join(" ")
    for key in texts.drop_duplicates()[KEYS].loc[lambda keys: keys.duplicated()].itertuples(index=False, name=None):
        raise ValueError(f"coding: the texts of {key} differ: were cells sorted apart, or texts changed? Code these.")
    if "start" in coding.columns:
        coding = coding.drop_duplicates([*by, "theme"])
    text = coding[[*by, "theme"]].astype("str").fillna("").reset_index(drop=True).apply(lambda one: one.str.strip())
    blank, theme, key = text == "", text["theme"], keys_of(text)
    filled = ~blank[[*KEYS, "theme"]].any(axis=1)
    capital = (theme != NONE) & (theme.str.casefold() == NONE)
    several = theme.str.contains(";", regex=False)
    repeated = filled & text.duplicated()
    size = text[filled & ~repeated].groupby(by)["theme"].transform("size").reindex(text.index, fill_value=0)
    known = key if paragraphs is None else keys_of(paragraphs)
    strange = filled & ~capital & ~several & ~theme.isin(theme if themes is None else [*themes, NONE])
    mistakes = [
        *((blank[name], f"{name} is blank; fill it in") for name in by),
        (blank["theme"], "theme is blank; write a theme, or none"),
        (capital, "theme is {theme!r}; write none in small letters"),
        (several, "theme is {theme!r}; a row has one theme (coding.load makes a row of each)"),
        (repeated, "repeats the theme {theme!r} of {key}"),
        (filled & (size > 1) & (theme == NONE), "{key} has none and a theme; keep one"),
        (filled & ~key.isin(known), "there is no paragraph {key}"),
        (strange, "{theme!r} is no theme; the themes are {themes}, and none"),
    ]
    if found := sorted((row, words) for wrong, words in mistakes for row in np.flatnonzero(wrong)):
        has_row = "row" in coding.columns and coding["row"].notna().all()  # what was settled has new rows
        number = coding["row"].tolist() if has_row else range(1, len(coding) + 1)
        listed = ", ".join(map(repr, [] if themes is None else themes))
        told = [(number[row], words.format(theme=theme[row], key=key[row], themes=listed)) for row, words in found]
        raise ValueError(tables.ten([f"coding row {row}: {what}." for row, what in told]))
    warn_alike(theme.unique(), "coding")
    return coding.reset_index(drop=True).assign(**text)


def only(coding, themes):
    """A coding restricted to some themes: those a classifier has learnt, say. It warns of the others.

    The rows of these themes and of ``none``, in their order; then a row ``none`` for each paragraph (of each coder)
    that would have none left: simply dropping rows would make these paragraphs uncoded.

    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "1", "2"], "theme": ["war", "aid", "aid"]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     only(coded, ["war"])[["paragraph", "theme"]].values.tolist()
    [['1', 'war'], ['2', 'none']]
    """
    coding, by = check(coding), _read_by(coding)
    if aside := [theme for theme in coding["theme"].unique() if theme not in [*themes, NONE]]:
        warnings.warn(f"coding: themes set aside: {', '.join(map(repr, aside))}.", stacklevel=2)
    kept = coding[coding["theme"].isin([*themes, NONE])]
    bare = coding[~_among(coding, kept, by)].drop_duplicates(by)
    return pd.concat([kept, bare.assign(theme=NONE)], ignore_index=True)


def wide(coding, themes=None):
    """A checked coding of one coder as true and false: coded paragraphs (index) × themes, each in order of appearance.

    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "2"], "theme": ["none", "war", "peace"]})
    >>> wide(coded).astype(int).values.tolist()
    [[0, 0], [1, 1]]
    """
    if "coder" in coding.columns and coding["coder"].nunique() > 1:
        coders = ", ".join(map(repr, coding["coder"].unique()))
        raise ValueError(f"coding has several coders ({coders}): choose one, or compare them with agreement.by_theme.")
    if themes is None:
        themes = [theme for theme in coding["theme"].unique() if theme != NONE]
    place, rows = pd.factorize(keys_of(coding))
    given = {theme: np.bincount(place, coding["theme"] == theme, len(rows)) > 0 for theme in themes}
    return pd.DataFrame(given, index=rows.set_names(KEYS), columns=themes)


def cells(themes, more=()):
    """Of a table of themes its paragraphs (index), its themes, each in order of appearance, and the row of each pair.

    >>> table = pd.DataFrame({"document": "un", "paragraph": ["1", "2"], "theme": "war", "assigned": [True, False]})
    >>> cells(table)[2].tolist()
    [[0], [1]]
    """
    tables.check(themes, "themes", more)
    place, keys = pd.factorize(keys_of(themes))
    column, names = pd.factorize(themes["theme"].astype("str"))
    if NONE in names:
        raise ValueError(f"{NONE!r} can't be the name of a theme: it says that a paragraph has none. Choose another.")
    rows = np.full((len(keys), len(names)), -1)
    rows[place, column] = np.arange(len(themes))
    if (rows < 0).any():
        one, theme = np.argwhere(rows < 0)[0]
        raise ValueError(f"themes: paragraph {keys[one]} has no row for {names[theme]!r}; each theme needs one.")
    return keys.set_names(KEYS), list(names), rows


def warn_new(coding, known, told):
    """Warn of the themes of a coding that are not known: they may be misspelt."""
    if new := [theme for theme in coding["theme"].unique() if theme not in [*known, tables.NONE]]:
        warnings.warn(f"{told} {', '.join(map(repr, new))}: is it spelled as elsewhere, and one theme?", stacklevel=3)


def _model(sheet, name):
    """The language model that coded a sheet, if the sheet says when and with which prompt."""
    for column in ("model", "date", "prompt"):
        found = sheet[column].str.strip().unique().tolist() if column in sheet.columns else []
        if len(found) != 1 or not found[0]:
            rule = "the codes of a model need model, date and prompt, each the same in all rows"
            raise ValueError(f"{name}: {rule}; {column} is {', '.join(map(repr, found[:3])) or 'not there'}.")
    return sheet["model"]


def _among(frame, others, columns):
    """Which rows of a frame have in these columns what a row of another has."""
    return pd.MultiIndex.from_frame(frame[columns]).isin(pd.MultiIndex.from_frame(others[columns]))


def _read_by(coding):
    """The columns that say who read what."""
    return [*KEYS, "coder"] if "coder" in coding.columns else KEYS
