"""A codebook's YAML → nodes, each mistake told with its line."""

_LARGEST = 10_000_000  # characters of a codebook


def compose(text, source):
    """Read YAML as nodes, which know their lines.

    Parameters
    ----------
    text : str
        The YAML.
    source : str
        Its name, for messages.

    Returns
    -------
    yaml.Node or None
        None where there is nothing.

    Raises
    ------
    ValueError
        If it is not YAML, has anchors, aliases or tags, or is too large; the message names source and line.

    Examples
    --------
    >>> compose("peace: war", "book").value[0][1].value
    'war'
    >>> compose("peace: @war", "book")
    Traceback (most recent call last):
    ValueError: book line 1: not YAML: an entry that begins with @ needs quotes: "@…".
    """
    import yaml

    if len(text) > _LARGEST:
        raise ValueError(f"{source} has {len(text):,} characters; a codebook has {_LARGEST:,} at most.")
    signs = {yaml.AliasToken: "*", yaml.AnchorToken: "&", yaml.TagToken: "!"}
    try:
        special = next((token for token in yaml.scan(text, Loader=yaml.SafeLoader) if type(token) in signs), None)
        node = None if special else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise ValueError(
            f"{source} line {line}: the character {chr(error.character)!r} is not allowed in YAML."
        ) from None
    except yaml.MarkedYAMLError as error:
        line, what = _not_yaml(error)
        raise ValueError(f"{source} line {line}: not YAML: {what}.") from None
    except RecursionError:
        raise ValueError(f"{source}: not a codebook: brackets inside brackets without end.") from None
    except ValueError as error:  # from YAML's own reading of escapes and versions
        raise ValueError(f"{source}: not YAML: {error}.") from None
    if special:
        sign = signs[type(special)]
        raise ValueError(f'{source} line {line_of(special)}: an entry that begins with {sign} needs quotes: "{sign}…".')
    return node


def line_of(node):
    """The line on which a node or token begins, from 1.

    Parameters
    ----------
    node : yaml.Node or yaml.Token
        From `compose`.

    Returns
    -------
    int

    Examples
    --------
    >>> line_of(compose("\\npeace: war", "book"))
    2
    """
    return node.start_mark.line + 1


def _not_yaml(error):
    """Line of a mistake, and what it is."""
    problem, context = str(error.problem or ""), str(error.context or "")
    mark = error.problem_mark or error.context_mark
    if "quoted scalar" in context and "end of stream" in problem:
        return error.context_mark.line + 1, "a quote is opened here and never closed"
    if "flow" in context and error.context_mark:
        return error.context_mark.line + 1, f"a bracket is opened here, and what follows does not fit: {problem}"
    if "cannot start any token" in problem or "directive" in context:
        sign = "%" if "directive" in context else problem.removeprefix("found character '")[0]
        tab = "a tab stands here: use spaces"
        return mark.line + 1, tab if sign == "\\" else f'an entry that begins with {sign} needs quotes: "{sign}…"'
    if "another document" in problem:
        return mark.line + 1, "a line --- begins a second document; take it out"
    hint = " (an entry with a colon and a space in it needs quotes)" if "mapping values" in problem else ""
    return (mark.line + 1 if mark else 1), (problem or context) + hint
