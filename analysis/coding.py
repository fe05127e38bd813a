"""Hand coding: sheets written for a coder, read back, and checked."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import sheets, tables
from analysis.tables import NONE

_KEYS = ["document", "paragraph"]


def save(sheet, path):
    """Write a coding sheet that a spreadsheet can open.

    Parameters
    ----------
    sheet : DataFrame
        `document`, `paragraph`, `text`, `theme`, and what else there is; from
        `themes.suggest` or `prevalence.draw`, or a coding.
    path : str or Path
        Where to write it, as CSV in UTF-8 (with the mark by which spreadsheets
        know it).

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If columns are missing, or a character can't be written as UTF-8.
    FileExistsError
        If there is such a file: it may hold hours of coding.
    FileNotFoundError
        If there is no such folder.

    Notes
    -----
    A cell that a spreadsheet would take for a formula (it begins with =, +, -
    or @) gets an apostrophe in front, and so does one that begins with an
    apostrophe; `load` takes it off again.

    Examples
    --------
    >>> import tempfile
    >>> sheet = pd.DataFrame({"document": "un", "paragraph": ["1"], "text": ["Né\\nà Genève"], "theme": ["meetings"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(sheet, f"{folder}/sheet.csv")
    ...     load(f"{folder}/sheet.csv")["text"].tolist()
    ['Né\\nà Genève']
    """
    tables.check(sheet, "coding", [*_KEYS, "theme"])
    sheets.write(sheet.drop(columns="row", errors="ignore"), path, holds="coding")


def load(path):
    """Read a coding sheet.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8, its cells separated by commas, semicolons or tabs.

    Returns
    -------
    DataFrame
        One row per paragraph and theme: the columns of the file as text
        (`probability` as a number), and `row`, the row of the sheet (1 for the
        first below the header). A cell `theme` with several themes, separated by
        semicolons, becomes several rows; spaces around a theme are taken off. Rows
        without anything in them are passed over, and so are columns without a name
        and without anything in them.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not CSV in UTF-8, columns are missing, a row has too few or too
        many cells, or a probability is not a number above 0 and up to 1; the
        message names the row (1 for the first below the header).

    Notes
    -----
    Only the form is read here; `check` says whether the coding is complete.

    Examples
    --------
    >>> load("data/coding/cairo-themes.csv")[["paragraph", "theme", "deciding_words", "row"]].values[5].tolist()
    ['4', 'meetings', 'has taken the initiative to organize a', 6]
    """
    needs, name = [*_KEYS, "theme"], Path(path).name
    sheet = sheets.read(path, needs, "coding sheet")
    tables.check(sheet, name, needs)
    if "probability" in sheet.columns:
        number = pd.to_numeric(sheet["probability"], errors="coerce")
        strange = (~((number > 0) & (number <= 1)) & (sheet["probability"].str.strip() != "")).to_numpy()
        if strange.any():
            row = sheet.index[strange.argmax()]
            raise ValueError(
                f"{name} row {row}: probability is {sheet['probability'][row]!r}; "
                "it should be a number above 0 and up to 1, with a decimal point."
            )
        sheet["probability"] = number
    sheet["row"] = sheet.index.to_numpy(np.int64)
    given = [[one.strip() for one in cell.split(";") if one.strip()] or [""] for cell in sheet["theme"]]
    return sheet.assign(theme=given).explode("theme", ignore_index=True).astype({"theme": "str"})


def check(coding, paragraphs=None, themes=None):
    """Make sure that a coding is complete and fits the paragraphs.

    Parameters
    ----------
    coding : DataFrame
        `document`, `paragraph`, `theme`, and `coder` where there are several:
        one row per paragraph and theme. The theme ``none`` says that a paragraph
        was read and has no theme; one without any row was not coded.
    paragraphs : DataFrame, optional
        `document`, `paragraph`: those that may be coded.
    themes : list of str, optional
        The themes that may be given, besides ``none``.

    Returns
    -------
    DataFrame
        A copy, keys and themes as text.

    Raises
    ------
    TypeError
        If `themes` is not a list of names.
    ValueError
        If columns are missing, there are no rows, a cell is blank, a paragraph
        or theme is unknown, a row repeats another, or ``none`` stands beside a
        theme. The message names the first ten rows: as in the column `row`, or
        counted from 1.

    Examples
    --------
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "2"], "theme": ["", "war", "none"]})
    >>> check(coded, themes=["peace"])
    Traceback (most recent call last):
    ValueError: coding row 1: theme is blank; write a theme, or none.
    coding row 2: 'war' is no theme; the themes are 'peace', and none.
    coding row 3: none stands beside a theme of the same paragraph ('un', '2').
    """
    tables.check(coding, "coding", [*_KEYS, "theme"])
    if not len(coding):
        raise ValueError("coding has no rows: no paragraph is coded.")
    by = [*_KEYS, *(["coder"] if "coder" in coding.columns else [])]
    text = coding[[*by, "theme"]].astype(object)
    text = text.where(text.notna(), "").astype("str").apply(lambda column: column.str.strip()).reset_index(drop=True)
    told = []  # row, what is wrong with it
    for name in text.columns:
        what = "write a theme, or none" if name == "theme" else "fill it in"
        told += [(row, f"{name} is blank; {what}") for row in np.flatnonzero(text[name] == "")]
    keys = [tuple(key) for key in text[_KEYS].to_numpy()]
    filled = (text[[*_KEYS, "theme"]] != "").all(axis=1)
    if paragraphs is not None:
        tables.check(paragraphs, "paragraphs", _KEYS)
        known = set(map(tuple, paragraphs[_KEYS].astype("str").to_numpy()))
        told += [
            (row, f"there is no paragraph {keys[row]}") for row in np.flatnonzero(filled) if keys[row] not in known
        ]
    capital = (text["theme"] != NONE) & (text["theme"].str.casefold() == NONE)
    told += [
        (row, f"theme is {text['theme'][row]!r}; write {NONE} in small letters") for row in np.flatnonzero(capital)
    ]
    several = text["theme"].str.contains(";", regex=False)
    told += [
        (row, f"theme is {text['theme'][row]!r}; a row has one theme (coding.load makes a row of each)")
        for row in np.flatnonzero(several)
    ]
    if themes is not None:
        themes = _names(themes)
        listed = ", ".join(map(repr, themes))
        strange = filled & ~capital & ~several & ~text["theme"].isin([*themes, NONE])
        told += [
            (row, f"{text['theme'][row]!r} is no theme; the themes are {listed}, and none")
            for row in np.flatnonzero(strange)
        ]
    repeated = filled & text.duplicated()
    told += [(row, f"repeats the theme {text['theme'][row]!r} of {keys[row]}") for row in np.flatnonzero(repeated)]
    several = text[filled & ~repeated].groupby(by)["theme"].transform("size").reindex(text.index, fill_value=0) > 1
    beside = filled & several & (text["theme"] == NONE)
    told += [(row, f"none stands beside a theme of the same paragraph {keys[row]}") for row in np.flatnonzero(beside)]
    if told:
        told = sorted(told)
        number = list(range(1, len(coding) + 1))
        if "row" in coding.columns and coding["row"].notna().all():
            number = coding["row"].astype(object).tolist()
        more = [f"And {len(told) - 10} more mistakes."] if len(told) > 10 else []
        raise ValueError("\n".join([*(f"coding row {number[row]}: {what}." for row, what in told[:10]), *more]))
    return coding.reset_index(drop=True).assign(**{name: text[name].astype("str") for name in text.columns})


def only(coding, themes):
    """A coding restricted to some themes; a paragraph that loses its last becomes ``none``.

    Parameters
    ----------
    coding : DataFrame
        `document`, `paragraph`, `theme`, as for `check`.
    themes : list of str
        The themes kept: those a classifier has learnt, say.

    Returns
    -------
    DataFrame
        The rows of these themes and of ``none``, in their order; then one row
        ``none`` for each paragraph (of each coder) that would have none left.
        Simply dropping rows would make these paragraphs uncoded.

    Raises
    ------
    TypeError
        If `themes` is not a list of names.
    ValueError
        As `check`; and if the coding has themes, but none of these.

    Warns
    -----
    UserWarning
        If the coding lacks some of these themes: misspelt, or never given.

    Examples
    --------
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "1", "2"], "theme": ["war", "aid", "aid"]})
    >>> only(coded, ["war"])[["paragraph", "theme"]].values.tolist()
    [['1', 'war'], ['2', 'none']]
    """
    themes, coding = _names(themes), check(coding)
    known = [theme for theme in coding["theme"].unique() if theme != NONE]
    strange = [theme for theme in themes if theme not in [*known, NONE]]
    if known and not set(known) & set(themes):
        raise ValueError(f"themes: the coding has none of {themes}; its themes are {', '.join(map(repr, known))}.")
    if known and strange:
        warnings.warn(
            f"themes: the coding has no {', '.join(map(repr, strange))}; its themes are {', '.join(map(repr, known))}.",
            stacklevel=2,
        )
    by = [*_KEYS, *(["coder"] if "coder" in coding.columns else [])]
    kept = coding[coding["theme"].isin([*themes, NONE])]
    bare = coding.drop_duplicates(by)
    bare = bare[~pd.MultiIndex.from_frame(bare[by]).isin(pd.MultiIndex.from_frame(kept[by]))]
    return pd.concat([kept, bare.assign(theme=NONE)], ignore_index=True)


def wide(coding, themes=None):
    """A coding with one row per coded paragraph and one column per theme.

    Parameters
    ----------
    coding : DataFrame
        `document`, `paragraph`, `theme`, as for `check`; of one coder.
    themes : list of str, optional
        The themes wanted, in this order; those that were given, in order of
        appearance, unless named.

    Returns
    -------
    DataFrame
        Indexed by `document` and `paragraph`, in order of appearance; true where
        the paragraph was given the theme.

    Raises
    ------
    TypeError
        If `themes` is not a list of names.
    ValueError
        As `check`; and if there are several coders.

    Examples
    --------
    >>> coded = pd.DataFrame({"document": "un", "paragraph": ["1", "2", "2"], "theme": ["none", "war", "peace"]})
    >>> wide(coded).astype(int).values.tolist()
    [[0, 0], [1, 1]]
    """
    coding, themes = check(coding), None if themes is None else _names(themes)
    if "coder" in coding.columns and coding["coder"].nunique() > 1:
        coders = ", ".join(map(repr, coding["coder"].unique()))
        raise ValueError(f"coding has several coders ({coders}): choose one, or compare them with agreement.by_theme.")
    if themes is not None and len(set(themes)) < len(themes):
        raise ValueError(f"themes holds a name more than once: {themes}.")
    if themes is None:
        themes = [theme for theme in coding["theme"].unique() if theme != NONE]
    row = pd.MultiIndex.from_frame(coding[_KEYS])
    rows = row.drop_duplicates()
    found = np.zeros((len(rows), len(themes)), bool)
    column = pd.Index(themes, dtype=object).get_indexer(coding["theme"])
    found[rows.get_indexer(row)[column >= 0], column[column >= 0]] = True
    return pd.DataFrame(found, index=rows, columns=themes)


def _names(themes):
    """Names of themes as a list; a single text would be taken letter by letter."""
    try:
        names = None if isinstance(themes, (str, bytes)) else list(themes)
    except TypeError:
        names = None
    if names is None or not all(isinstance(name, str) for name in names):
        raise TypeError(f"themes should be a list of names, as ['peace'], found {themes!r}.")
    return names
