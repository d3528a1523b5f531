"""The filter language: reads the text of a filter into a tree."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from jupyter_mlops.errors import InvalidFilter
from jupyter_mlops.storage.search.clauses import ClauseReader
from jupyter_mlops.storage.search.fields import NAME, check_characters
from jupyter_mlops.storage.search.subjects import Subject
from jupyter_mlops.storage.search.trees import Tree

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput

__all__ = ["parse_filter"]

_GRAMMAR = rf"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: _NOT negation -> opposite
    | "(" disjunction ")"
    | clause
?clause: NAME COMPARATOR (STRING | NUMBER) -> comparison
    | NAME (LIKE | ILIKE) STRING -> comparison
    | NAME _IN _members -> within
    | NAME _NOT _IN _members -> not_within
    | NAME _IS _NULL -> missing
    | NAME _IS _NOT _NULL -> present
_members: "(" STRING ("," STRING)* ","? ")"

_AND.2: /AND(?!\w)/i
_OR.2: /OR(?!\w)/i
_NOT.2: /NOT(?![\w.\/:\-])/i
_IN.2: /IN(?!\w)/i
_IS.2: /IS(?!\w)/i
_NULL.2: /NULL(?!\w)/i
LIKE.2: /LIKE(?!\w)/i
ILIKE.2: /ILIKE(?!\w)/i
COMPARATOR: /[=!<>]+/
STRING: /'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"/
NUMBER: /-?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+(?![\w.])/
NAME: /{NAME.replace("/", chr(92) + "/")}/
%ignore /\s+/
"""
_TOKENS = {  # in the order in which a message names them
    "NAME": "a field",
    "COMPARATOR": "a comparator (= != < <= > >=)",
    "LIKE": "LIKE",
    "ILIKE": "ILIKE",
    "_IN": "IN",
    "_IS": "IS",
    "_NOT": "NOT",
    "_NULL": "NULL",
    "STRING": "a text in quotes",
    "NUMBER": "a number without quotes",
    "_AND": "AND",
    "_OR": "OR",
    "LPAR": "'('",
    "COMMA": "','",
    "RPAR": "')'",
    "$END": "the end",
}
_HINTS = (
    (r";\s*$", "Leave the ';' out."),
    (r";", "A filter is one statement: join its conditions by AND instead of ';'."),
    (r"(?i)between\b", "Write x >= 1 AND x <= 2."),
    (r"(?i)i?like\b", "Put NOT before the field."),
    (r"--|/\*|#", "There are no comments."),
    (r"\+", "A number has no leading '+'."),
)
_QUOTE_HINT = "A text that holds one kind of quote goes into the other kind, and each quote is closed."
_LONGEST = 200_000
_DANGLING_AND = re.compile(r"(?<=\S)\s+AND\s*$", re.IGNORECASE)


def parse_filter(text: str | None, subject: Subject) -> Tree | None:
    """Read a filter.

    Parameters
    ----------
    text : str or None
        Clauses such as ``metrics.loss < 0.5``, ``params.model LIKE 'res%'``, ``tags.team IS NULL``,
        ``run_id IN ('a', 'b')``, joined by AND, OR, NOT and parentheses; NOT binds strongest, then AND. Keywords may
        be in any case, and an AND at the end is overlooked.
    subject : Subject
        What is searched.

    Returns
    -------
    Tree or None
        None when `text` is None or blank: everything passes.

    Raises
    ------
    InvalidFilter
        With the position, what was expected there, and the keys that are valid.

    Notes
    -----
    The first call loads the parser, about 50 ms; after that a filter takes well under 1 ms. Safe from any thread.

    References
    ----------
    ``mlflow.utils.search_utils`` reads the same language without OR, NOT, parentheses, numbers for params and the
    endings ``.min``, ``.max``, ``.first``, ``.last``, ``.count`` of metrics.

    Examples
    --------
    >>> from jupyter_mlops.storage.search.subjects import RUNS
    >>> parse_filter("metrics.loss < 0.5", RUNS)
    Comparison(field=Field(entity='metric', key='loss', aspect=None), operator='<', value=0.5)
    >>> parse_filter("loss < 0.5 OR", RUNS)
    Traceback (most recent call last):
    ...
    jupyter_mlops.errors.InvalidFilter: Expected a field, NOT or '(', found the end.
      loss < 0.5 OR
                   ^
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise InvalidFilter(f"A filter is a str, not {text!r}.", str(text))
    if len(text) > _LONGEST:
        raise InvalidFilter(f"The filter has {len(text):,} characters; at most {_LONGEST:,} are read.", text[:100])
    if not check_characters(text).strip():
        return None
    from lark import UnexpectedInput  # here, so that importing the package does not load the parser

    try:
        raw = _parser().parse(_DANGLING_AND.sub("", text))
    except UnexpectedInput as error:
        raise _unreadable(error, text) from None
    return ClauseReader(subject, text).read(raw)


@functools.cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="contextual")


def _unreadable(error: UnexpectedInput, text: str) -> InvalidFilter:
    token = getattr(error, "token", None)
    expected = getattr(error, "accepts", None) or getattr(error, "allowed", None) or ()
    at_end = error.pos_in_stream is None or (token is not None and token.type == "$END")
    rest = "" if at_end else text[error.pos_in_stream :].lstrip()
    position = len(text) - len(rest)
    found = re.match(r"[\w.]+|.|$", rest, re.DOTALL)
    what = repr(found.group()) if found and rest else "the end"
    hint = _hint(text, position, "STRING" in expected)
    return InvalidFilter(f"Expected {_listed(expected)}, found {what}.{hint}", text, position)


def _listed(expected: Collection[str]) -> str:
    known = [words for token, words in _TOKENS.items() if token in expected]
    return " or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known or ["nothing more"])


def _hint(text: str, position: int, may_be_text: bool) -> str:
    rest = text[position:]
    hint = next((hint for pattern, hint in _HINTS if re.match(pattern, rest)), None)
    if hint is None and re.search("['\"]", text[max(position - 1, 0) : position + 1]):
        hint = _QUOTE_HINT
    if hint is None and may_be_text and re.match(r"[^\W\d]", rest):
        hint = "Is it a text? Put it into quotes."
    return f" {hint}" if hint else ""
