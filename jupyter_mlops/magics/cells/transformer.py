"""A cell that begins with ``%%track`` becomes a cell that begins its run by one call on the same line.

Pure: IPython transforms a cell twice and again for `check_complete`; nothing may happen here.
"""

from __future__ import annotations

import re

__all__ = ["CALL", "asked_for_help", "track_cells"]

_MAGIC = re.compile(r"%%track(?:[ \t]+(?P<options>.*))?\s*$")
_CELL_MAGIC = re.compile(r"%%(?P<name>[A-Za-z_]\w*)[ \t]*(?P<line>.*?)\s*$")
_HELP = re.compile(r"%%(?:sweep|mlops_sql)[ \t]+--help\s*$")
# What may stand before `from __future__ import`: blank lines, comments, one docstring, other such imports.
_FUTURE = re.compile(
    r"""(?:\s*(?:\#.*)?\n)*(?:[ \t]*(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*(?:\#.*)?\n)?"""
    r"""(?:\s*(?:\#.*)?\n)*(?:from\s+__future__\s+import\s+(?:\([^)]*\)|[\w, \t]+)[ \t]*(?:;|\#.*|\n|$)\s*)+"""
)
CALL = "get_ipython().run_line_magic('begin_track', {options!r})"


def track_cells(lines: list[str]) -> list[str]:
    """Rewrite the lines of one cell; those that are not tracked stay as they are.

    Parameters
    ----------
    lines : list of str
        With their line ends, as IPython hands them to a transformer.

    Returns
    -------
    list of str
        As many lines, so that line numbers in tracebacks stay right; one line when another cell magic follows.

    Examples
    --------
    >>> track_cells(["%%track forest\\n", "depth = 3\\n"])
    ["get_ipython().run_line_magic('begin_track', 'forest')\\n", 'depth = 3\\n']
    """
    found = _MAGIC.match(lines[0]) if lines else None
    if found is None:
        return lines
    call = CALL.format(options=(found["options"] or "").strip())
    body = lines[1:]
    if body and (magic := _CELL_MAGIC.match(body[0])):
        inner = f"get_ipython().run_cell_magic({magic['name']!r}, {magic['line']!r}, {''.join(body[1:])!r})\n"
        return [f"{call}; {inner}"]
    future = _FUTURE.match("".join(body))
    if future is None:
        return [f"{call}\n", *body]
    return ["\n", *_after_imports(body, future.end(), call)]


def asked_for_help(lines: list[str]) -> list[str]:
    """Let a cell that only asks how a magic is used, such as ``%%sweep --help``, be answered: it has no body.

    Examples
    --------
    >>> asked_for_help(["%%sweep --help\\n"])
    ['%sweep --help\\n']
    """
    found = _HELP.match(lines[0]) if lines else None
    return [lines[0][1:], *lines[1:]] if found and not "".join(lines[1:]).strip() else lines


def _after_imports(body: list[str], end: int, call: str) -> list[str]:
    """Put the call behind the last ``from __future__ import``, which must stay the first statement."""
    text = "".join(body)
    last = [m.end() for m in re.finditer(r"from\s+__future__\s+import\s+(?:\([^)]*\)|[\w, \t]+)", text[:end])][-1]
    return (text[:last].rstrip(" \t") + f"; {call}" + text[last:]).splitlines(keepends=True)
