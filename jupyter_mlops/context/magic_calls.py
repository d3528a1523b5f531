"""Magics as IPython writes them into Python, and the Python that some of them execute."""

from __future__ import annotations

import ast
import re

__all__ = ["magic_of", "python_behind"]

_PYTHON = frozenset("capture memit prun time timeit track sweep".split())
_CALLS = ("run_line_magic", "run_cell_magic", "system", "getoutput", "getoutput_lines")
_FLAG = re.compile(r"-\S+\s*")
_DIMENSION = re.compile(r"(?<![\w-])([A-Za-z_]\w*)=")
_NAMED = re.compile(r"--(?:params|metrics)[ =]+(\S+)|[{$][^}\s]+")  # of a tracked cell's line: variables, not the run's name
_OTHER = re.compile(r"^[ \t]*(?:%|!|\?).*$", re.MULTILINE)


def magic_of(node: ast.Call) -> tuple[str, str] | None:
    """Whether a call is a magic: ``("python", source)`` or ``("text", its words)``; None for any other call.

    Examples
    --------
    >>> magic_of(ast.parse("get_ipython().run_line_magic('time', 'x = 1')").body[0].value)
    ('python', 'x = 1')
    """
    function = node.func
    if not (isinstance(function, ast.Attribute) and function.attr in _CALLS and _is_shell(function.value)):
        return None
    words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if not words or words[0] == "begin_track":
        return ("text", " ".join(found[0] for found in _NAMED.finditer(" ".join(words[1:]))))
    if function.attr == "run_line_magic" and words[0] in _PYTHON and len(words) > 1:
        return ("python", python_behind(_without_flags(words[1])))
    if function.attr == "run_cell_magic" and words[0] in _PYTHON and len(words) > 2:
        named = _DIMENSION.findall(words[1]) if words[0] == "sweep" else [words[1].strip()] if words[0] == "capture" else []
        binds = "".join(f"{name} = None\n" for name in named if name.isidentifier())
        return ("python", binds + python_behind(words[2]))
    return ("text", " ".join(words))


def python_behind(source: str) -> str:
    """A cell without the first lines that are magics of cells, and with nothing in place of other magics.

    Examples
    --------
    >>> python_behind("%%time\\n%matplotlib inline\\nx = 1")
    '\\nx = 1'
    """
    while source.lstrip().startswith("%%"):
        source = source.lstrip().partition("\n")[2]
    return _OTHER.sub("", source)


def _is_shell(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _without_flags(line: str) -> str:
    while found := _FLAG.match(line):
        line = line[found.end() :]
    return line
