"""Tab inside the line of a magic: its options, and the names that the store knows where they belong."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from jupyter_mlops.magics.lines.filter_words import filter_words, is_field
from jupyter_mlops.magics.lines.known_names import KnownNames, Memory
from jupyter_mlops.magics.lines.options import Names, Option, Usage

__all__ = ["completed", "matcher_of", "variables_of"]

_LINE = re.compile(r"\s*(?:[\w, ]+=\s*)?(?P<magic>%%?\w+)[ \t]+(?P<rest>.*)$", re.DOTALL)
_TOKEN = re.compile(r"""(?:"[^"]*"|'[^']*'|"[^"]*$|'[^']*$|[^\s"'])+""")
_MOST = 200


def matcher_of(usages: Mapping[str, Usage], variables: Callable[[], Iterable[str]]) -> Callable[[CompletionContext], SimpleMatcherResult]:
    """What IPython's completer asks first.

    Parameters
    ----------
    usages : mapping
        By magic, such as ``"%runs"``.
    variables : callable
        Names of the user's variables.
    """
    memory = Memory()

    @context_matcher(identifier="jupyter_mlops", priority=1000)  # type: ignore[untyped-decorator]
    def match(context: CompletionContext) -> SimpleMatcherResult:
        try:
            fragment, found = completed(context.text_until_cursor, usages, KnownNames(memory), variables)
        except Exception:  # a completion is never a place for an error
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text, type=_kind(text)) for text in found if _is_harmless(text)][:_MOST], "matched_fragment": fragment, "suppress": bool(found), "ordered": True,
        }  # fmt: skip

    return match  # type: ignore[no-any-return]


def completed(line: str, usages: Mapping[str, Usage], known: KnownNames, variables: Callable[[], Iterable[str]]) -> tuple[str, list[str]]:
    """The word that the cursor stands behind, and what it can become; nothing where others know better.

    Parameters
    ----------
    line : str
        Up to the cursor.
    """
    read = _LINE.match(line)
    usage = usages.get(read["magic"]) if read else None
    if read is None or usage is None:
        return "", []
    tokens = _TOKEN.findall(read["rest"])
    is_new = not read["rest"] or (read["rest"][-1].isspace() and not _is_open(tokens))
    word, before = ("", tokens) if is_new else (tokens[-1], tokens[:-1])
    option = usage.flags.get(before[-1]) if before else None
    flag, equals, glued = word.partition("=")
    if option is not None and option.takes_next:
        return _names(option.names, word, before, known, variables)
    if equals and (option := usage.flags.get(flag)):
        return _names(option.names, glued, before, known, variables)
    words = _without_options(before, usage)
    if word.startswith("-") and not re.match(r"-\d", word):
        return word, [flag for flag in _flags(usage, before) if flag.startswith(word)]
    names, place = usage.words.names or ("",), len(usage.words.names or ("",)) - 1
    kind = names[min(len(words), place)] if len(words) < usage.words.most else ""
    fragment, found = _names(kind, word, words[place:] if kind == "filter" else words, known, variables)
    return fragment, found + ([] if word or kind == "paths" else _flags(usage, before))


def _kind(text: str) -> str:
    """What JupyterLab shows beside it."""
    return "option" if text.startswith("-") else "name"


def _is_harmless(text: str) -> bool:
    """Whether a name that anybody may have given stays a name on the line: it begins no new line and is not expanded as Python."""
    return text.isprintable() and not any(sign in text for sign in "{}$")


def _is_open(tokens: list[str]) -> bool:
    return bool(tokens) and any(tokens[-1].count(quote) % 2 for quote in "\"'")


def _flags(usage: Usage, before: list[str]) -> list[str]:
    """Long flags of what was not said yet."""
    said = {option.key for token in before if (option := usage.flags.get(token.partition("=")[0])) and not option.many}
    return [*(option.all_flags[-1] for option in usage.options if option.key not in said), *([] if before else ["--help"])]


def _without_options(tokens: list[str], usage: Usage) -> list[str]:
    words, skips = [], False
    for token in tokens:
        option: Option | None = usage.flags.get(token.partition("=")[0])
        if not skips and option is None:
            words.append(token)
        skips = not skips and option is not None and option.takes_next and "=" not in token
    return words


def _names(names: Names, word: str, before: list[str], known: KnownNames, variables: Callable[[], Iterable[str]]) -> tuple[str, list[str]]:
    if isinstance(names, tuple):
        return word, [one for one in names if one.startswith(word)]
    if names in ("filter", "order"):
        return filter_words(word, before, known, is_order=names == "order")
    if names == "runs or filter":
        return _runs_or_filter(word, before, known, variables)
    if names == "variables":
        start = word.rpartition(",")[2]
        return start, [name for name in variables() if name.startswith(start)]
    if names.endswith("="):
        start = word.rpartition(",")[2]
        keys = [key for key in known.keys(names[:-1]) if " " not in key and not key.startswith(("mlflow.", "jupyter_mlops."))]
        return start, [f"{key}=" for key in keys if key.startswith(start)]
    plain = word.lstrip("\"'")
    return word, [_quoted(name) for name in _KINDS.get(names, _nothing)(known, before, plain) if name.startswith(plain)]


def _runs_or_filter(word: str, before: list[str], known: KnownNames, variables: Callable[[], Iterable[str]]) -> tuple[str, list[str]]:
    runs = _names("runs", word, before, known, variables)[1]
    if before and not any(map(is_field, before)):
        return word, runs
    fragment, found = filter_words(word, before, known)
    return fragment, found if before else found + runs


def _quoted(name: str) -> str:
    """As a line says it: in quotes it is neither an option nor, with its last `?`, a question to IPython."""
    if not re.search(r"^-|[\s\"'\\?]", name):
        return name
    return shlex.quote(name) if "'" in name else f"'{name}'"


def _nothing(_known: KnownNames, _before: list[str], _start: str) -> list[str]:
    return []


def _runs(known: KnownNames, _before: list[str], start: str) -> list[str]:
    if start.startswith("best:"):
        return [f"best:{key}" for key in known.keys("metrics")]
    return [*known.run_names(), "last", "best:"]


def _model(before: list[str]) -> str:
    return " ".join(shlex.split(before[0])) if before else ""


def _entry_points(_known: KnownNames, before: list[str], _start: str) -> list[str]:
    """Of the project whose folder stands at the line's beginning."""
    from jupyter_mlops.projects.definitions import read_project  # only for who asks

    folder = _model(before)
    return sorted(read_project(folder).entry_points) if os.path.isdir(folder) else []


_KINDS: dict[str, Callable[[KnownNames, list[str], str], list[str]]] = {
    "entry_points": _entry_points,
    "experiments": lambda known, _before, _start: known.experiments(),
    "metrics": lambda known, _before, _start: known.keys("metrics"),
    "model_uris": lambda known, _before, _start: known.model_uris(),
    "models": lambda known, _before, _start: [model.name for model in known.models()],
    "places": lambda known, before, _start: known.places(_model(before)),
    "run_names": lambda known, _before, _start: known.run_names(),
    "runs": _runs,
    "versions": lambda known, before, _start: known.versions(_model(before)),
}


def variables_of(namespace: Mapping[str, Any], hidden: Mapping[str, Any]) -> list[str]:
    """Names that a user gave."""
    return sorted(name for name in namespace if not name.startswith("_") and name not in hidden)
