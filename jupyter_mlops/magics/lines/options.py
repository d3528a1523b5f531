"""What the line of a magic may say: one table, from which it is read, explained and completed."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Given", "Names", "Option", "Usage", "Words"]

Names: TypeAlias = str | tuple[str, ...]  # a kind of names, see completions.py, or the words themselves
_TOKEN = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"']|["'])+""")
_NUMBER = re.compile(r"-\.?\d")  # `-1`, as in filters and for runs: no option
_FEW, _WIDTH, _LINE = 4, 28, 100  # options that one line shows; characters of the left column, and of a line


@dataclass(frozen=True)
class Option:
    """An option of a magic.

    Attributes
    ----------
    flags : str
        As help shows them, the long one last: ``"-e, --experiment"``.
    doc : str
    value : str
        What stands for its value in help; empty for a switch.
    read : callable
        Makes a value of a text; raises `ValueError` with what is expected.
    bare : optional
        Its value when only the flag is said; its own then stands behind ``=``.
    many : bool
        Whether it may be said several times; its value is a list then.
    names : Names
        What its value is completed with; words are all that it can be.
    """

    flags: str
    doc: str
    value: str = ""
    read: Callable[[str], Any] = str
    bare: Any = None
    many: bool = False
    names: Names = ""

    @property
    def all_flags(self) -> list[str]:
        """Each of them."""
        return self.flags.split(", ")

    @property
    def takes_next(self) -> bool:
        """Whether the word after its flag is its value."""
        return bool(self.value) and self.bare is None

    @property
    def shown_value(self) -> str:
        """What follows its flag in help."""
        return f" {self.value}" if self.takes_next else f"[={self.value}]" if self.value else ""

    @property
    def key(self) -> str:
        """The name of its value in `Given`."""
        return self.all_flags[-1].lstrip("-").replace("-", "_")

    @property
    def nothing(self) -> Any:
        """Its value when it is not said."""
        return [] if self.many else None if self.value else False


@dataclass(frozen=True)
class Words:
    """What stands on a line beside options.

    Attributes
    ----------
    shown : str
        As help shows them: ``"NAME [VERSION]"``.
    doc : str
    least, most : int
        How many words.
    names : tuple of Names
        What each is completed with; the last one holds for all that follow.
    is_free : bool
        Whether it is a text of its own: quotes and what looks like an unknown option belong to it.
    is_filter : bool
        Whether it is a filter: a text of its own as well, but nothing that looks like an option belongs to it.
    """

    shown: str = ""
    doc: str = ""
    least: int = 0
    most: int = 1000
    names: tuple[Names, ...] = ()
    is_free: bool = False
    is_filter: bool = False

    @property
    def is_text(self) -> bool:
        """Whether quotes belong to it."""
        return self.is_free or self.is_filter


class Given:
    """What a line says: the value of each option under its name, and

    Attributes
    ----------
    words : list of str
        Without their quotes.
    text : str
        The words as they were written.
    cell : str or None
        The body of the cell, for a magic of cells.
    variables : dict
        The variables that the line can see.
    """

    def __init__(self, options: dict[str, Any], tokens: list[str], words: list[str]) -> None:
        self.__dict__.update(options)
        self.words, self.text = words, " ".join(tokens)
        self.cell: str | None = None
        self.variables: Any = {}

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @property
    def name(self) -> str | None:
        """The words as one name, which needs no quotes for its spaces."""
        return " ".join(self.words) or None


class Usage:
    """How a magic is used.

    Parameters
    ----------
    magic : str
        Such as ``"%runs"``.
    doc : str
        What it does; the first line is a sentence.
    words : Words
    *options : Option

    Examples
    --------
    >>> usage = Usage("%runs", "List runs.", Words("[FILTER]", is_filter=True), Option("-n, --max", "at most N runs", "N", int))
    >>> given = usage.read("metrics.acc > -1 -n 5")
    >>> given.text, given.max
    ('metrics.acc > -1', 5)
    >>> print(usage.help)
    %runs [FILTER] [-n N]
    <BLANKLINE>
    List runs.
    <BLANKLINE>
      -n, --max N  at most N runs
    """

    def __init__(self, magic: str, doc: str, words: Words | None = None, *options: Option) -> None:
        self.magic, self.doc, self.words, self.options = magic, doc, words or Words(most=0), options
        self.flags = {flag: option for option in options for flag in option.all_flags}

    @property
    def shown(self) -> str:
        """The magic and what may follow it, in one line."""
        options = [f"[{o.all_flags[0]}{o.shown_value}]{'...' if o.many else ''}" for o in self.options]
        options = options if len(options) <= _FEW else ["[options]"]
        return " ".join(part for part in (self.magic, self.words.shown, *options) if part)

    @property
    def help(self) -> str:
        """The page that ``--help`` shows."""
        lines = [(self.words.shown, self.words.doc)] if self.words.doc else []
        lines += [(f"{o.flags}{o.shown_value}", o.doc) for o in self.options]
        width = min(max([len(left) for left, _ in lines], default=0), _WIDTH) + 4
        table = "\n".join(_help_lines(left, right, width) for left, right in lines)
        return "\n\n".join(part for part in (self.shown, self.doc, table) if part)

    def asks_for_help(self, line: str) -> bool:
        """Whether the line asks how the magic is used."""
        tokens = _TOKEN.findall(line)
        return "--help" in tokens or tokens[:1] in (["-h"], ["-?"])

    def read(self, line: str) -> Given:
        """What `line` says.

        Raises
        ------
        InvalidParameter
            An option that is not known, one without its value, or too few or too many words.
        """
        values = {option.key: option.nothing for option in self.options}
        tokens, words = _TOKEN.findall(line), []
        while tokens:
            token = tokens.pop(0)
            flag, equals, glued = token.partition("=") if token.startswith("--") else (token, "", "")
            option = self.flags.get(flag)
            if option is None:
                if token.startswith("-") and len(token) > 1 and not (self.words.is_free or _NUMBER.match(token)):
                    self.refuse(f"there is no option {flag!r}")
                words.append(token)
            elif not option.value:
                values[option.key] = True
            elif option.bare is not None and not equals:
                values[option.key] = option.bare
            else:
                self._take(values, option, flag, glued if equals else tokens.pop(0) if tokens else "")
        return self._given(values, words)

    def _take(self, values: dict[str, Any], option: Option, flag: str, token: str) -> None:
        if not token or token in self.flags:
            self.refuse(f"{flag} needs {option.value}")
        text = self._unquoted(token)
        if isinstance(option.names, tuple) and text not in option.names:
            self.refuse(f"{flag} is one of {', '.join(option.names)}, not {text!r}")
        try:
            value = option.read(text)
        except ValueError as error:
            self.refuse(f"{flag} is {error}, not {text!r}")
        values[option.key] = [*values[option.key], value] if option.many else value

    def _given(self, values: dict[str, Any], tokens: list[str]) -> Given:
        words = tokens if self.words.is_text else [self._unquoted(token) for token in tokens]
        if not self.words.least <= len(words) <= self.words.most:
            self.refuse(f"it takes {self.words.shown or 'no words'}" + (f", not {' '.join(tokens)}" if tokens else ""))
        return Given(values, tokens, words)

    def _unquoted(self, token: str) -> str:
        try:
            return " ".join(shlex.split(token))
        except ValueError as error:
            self.refuse(f"{token}: {error}")

    def refuse(self, why: str) -> NoReturn:
        """Say what is wrong with a line.

        Raises
        ------
        InvalidParameter
            Always.
        """
        raise InvalidParameter(f"{self.magic}: {why}. {self.magic} --help says what it knows.")


def _help_lines(left: str, right: str, width: int) -> str:
    begin = f"  {left}".ljust(width)
    above = f"{begin}\n" if len(begin) > width - 1 and not begin.endswith(" ") else ""
    return above + textwrap.fill(" ".join(right.split()), _LINE, initial_indent=" " * width if above else begin, subsequent_indent=" " * width)
