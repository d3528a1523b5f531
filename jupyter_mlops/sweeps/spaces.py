"""What a sweep searches: ``2..8``, ``0.1..0.9``, ``log(1e-4,1e-1)``, ``steps(0,1,0.1)``, ``a|b|c``, ``[1,2,3]``."""

from __future__ import annotations

import ast
import itertools
import keyword
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Choices", "Dimension", "Floats", "Ints", "grid_points", "has_no_more_points", "read_dimension", "read_space"]

_RANGE = re.compile(r"(?P<low>[^.\s]+|\S*?\d)\s*\.\.\s*(?P<high>.+?)(?:\s*\.\.\s*(?P<step>.+))?\Z")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)\Z")
_FORMS = "2..8, 2..8..2, 0.1..0.9, log(1e-4,1e-1), steps(0,1,0.1), a|b|c or [a,b,c]"
_MOST_POINTS = 1_000_000
_NEAR = 1e-8  # as Optuna has it
_GREATEST = {int: 10**18, float: 1e300}  # so that the width of a range is a number too


class Ints(msgspec.Struct, frozen=True):
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int
    step: int = 1
    log: bool = False

    def read(self, text: str) -> int:
        """The value that a param's text means; `ValueError` when it is none of these."""
        value = int(text)
        if value not in self.points():
            raise ValueError(text)
        return value

    def points(self) -> Sequence[Any]:
        """All values."""
        return range(self.low, self.high + 1, self.step)

    def __str__(self) -> str:
        if self.log:
            return f"log({self.low},{self.high})"
        return f"{self.low}..{self.high}" + (f"..{self.step}" if self.step > 1 else "")


class Floats(msgspec.Struct, frozen=True):
    """Numbers from `low` to `high`."""

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def read(self, text: str) -> float:
        """The value that a param's text means; `ValueError` when it is none of these."""
        value = float(text)
        steps = (value - self.low) / self.step if self.step else 0.0
        if not self.low <= value <= self.high or abs(steps - round(steps)) > _NEAR:
            raise ValueError(text)
        return value

    def points(self) -> Sequence[Any]:
        """All values; `InvalidParameter` when there are infinitely many."""
        if self.step is None:
            raise InvalidParameter("a range of numbers has no grid: say steps(LOW,HIGH,STEP) or list values as a|b|c")
        count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
        return [round(self.low + index * self.step, 12) for index in range(count)]

    def __str__(self) -> str:
        if self.log:
            return f"log({self.low!r},{self.high!r})"
        return f"{self.low!r}..{self.high!r}" if self.step is None else f"steps({self.low!r},{self.high!r},{self.step!r})"


class Choices(msgspec.Struct, frozen=True):
    """One of these values."""

    values: tuple[Any, ...]

    def read(self, text: str) -> Any:
        """The value that a param's text means; `ValueError` when it is none of these."""
        for value in self.values:
            if str(value) == text:
                return value
        raise ValueError(text)

    def points(self) -> Sequence[Any]:
        """All values."""
        return self.values

    def __str__(self) -> str:
        plain = all(re.fullmatch(r"[\w.+-]+", str(value)) and _literal(str(value)) == value for value in self.values)
        return "|".join(map(str, self.values)) if plain and len(self.values) > 1 else repr(list(self.values))


Dimension = Ints | Floats | Choices


def read_space(given: Mapping[str, Any]) -> dict[str, Dimension]:
    """The dimensions by name.

    Parameters
    ----------
    given : mapping of str to str, range, sequence or Dimension
        Text is read by `read_dimension`; a sequence lists choices.

    Raises
    ------
    InvalidParameter
        A name that is no variable's, or what cannot be read; the message points at the place.

    Examples
    --------
    >>> read_space({"depth": "2..8", "kernel": ["rbf", "poly"], "n": range(10, 50, 10)})
    {'depth': Ints(low=2, high=8, step=1, log=False), 'kernel': Choices(values=('rbf', 'poly')), 'n': Ints(low=10, high=40, step=10, log=False)}
    """
    if not given:
        raise InvalidParameter(f"A sweep needs at least one dimension, such as depth=2..8. There are {_FORMS}.")
    for name in given:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            raise InvalidParameter(f"{name!r} cannot be a dimension: it is not the name of a variable.")
    return {name: _dimension(name, value) for name, value in given.items()}


def _dimension(name: str, value: Any) -> Dimension:
    if isinstance(value, (Ints, Floats, Choices)):
        return value
    if isinstance(value, str):
        return read_dimension(name, value)
    if isinstance(value, range) and value[1:] and value.step > 0:
        return read_dimension(name, f"{value[0]}..{value[-1]}..{value.step}")
    if isinstance(value, (list, tuple, range)):
        return _choices(list(value), f"{name}={value!r}", 0)
    raise InvalidParameter(f"{name}={value!r} is no dimension: give text ({_FORMS}), a range or a list of choices.")


def read_dimension(name: str, text: str) -> Dimension:
    """One dimension of its text.

    Raises
    ------
    InvalidParameter
        The text is none of these; the message points at the place.

    Examples
    --------
    >>> read_dimension("lr", "log(1e-4,1e-1)")
    Floats(low=0.0001, high=0.1, step=None, log=True)
    >>> read_dimension("depth", "2..8..2"), read_dimension("kind", "gini|entropy|None")
    (Ints(low=2, high=8, step=2, log=False), Choices(values=('gini', 'entropy', None)))
    >>> read_dimension("depth", "2..x")
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: 'x' is not a number.
      depth=2..x
               ^
    """
    whole, text = f"{name}={text}", text.strip()
    start = len(name) + 1
    if call := _CALL.match(text):
        return _called(call["name"], call["arguments"], whole, start)
    if text.startswith("[") and text.endswith("]"):
        listed = _literal(text)
        return _choices(listed if isinstance(listed, list) else [_literal(one) for one in _split(text[1:-1], ",")], whole, start)
    if "|" in text:
        return _choices([_literal(one) for one in _split(text, "|")], whole, start)
    if len(text) < 100 and (found := _RANGE.match(text)):
        words = [(found[part], start + found.start(part)) for part in ("low", "high", "step") if found[part] is not None]
        return _numbers(words, whole, start)
    _refuse(f"{text!r} is no dimension. There are {_FORMS}, and [a] for one value", whole, start)


def _called(function: str, arguments: str, whole: str, start: int) -> Dimension:
    if function not in ("log", "steps"):
        _refuse(f"there is no {function}(…). There are {_FORMS}", whole, start)
    at, words = start + len(function) + 1, []
    for word in arguments.split(","):
        words.append((word.strip(), at + len(word) - len(word.lstrip())))
        at += len(word) + 1
    wanted = 2 if function == "log" else 3
    if len(words) != wanted:
        shown = "log(LOW,HIGH)" if wanted == 2 else "steps(LOW,HIGH,STEP)"
        _refuse(f"{function} takes {wanted} numbers, {shown}, not {len(words)}", whole, start)
    return _numbers(words, whole, start, log=function == "log")


def _numbers(words: Sequence[tuple[str, int]], whole: str, start: int, *, log: bool = False) -> Dimension:
    low, high, *rest = [_number(word, whole, at) for word, at in words]
    step = rest[0] if rest else None
    if low >= high:
        _refuse(f"the lower end comes first, and {low} is not below {high}", whole, words[0][1])
    if log and low <= 0:
        _refuse(f"log(…) begins above 0, not at {low}", whole, words[0][1])
    if step is not None and not 0 < step <= high - low:
        _refuse(f"the step is above 0 and at most {high - low}, not {step}", whole, words[2][1])
    if all(isinstance(one, int) for one in (low, high, *rest)):
        whole_step = int(step or 1)
        return Ints(int(low), int(high) - int(high - low) % whole_step, whole_step, log)
    return Floats(float(low), float(high), None if step is None else float(step), log)


def _number(word: str, whole: str, at: int) -> int | float:
    for kind in (int, float):
        try:
            number = kind(word)
        except ValueError:
            continue
        if abs(number) > _GREATEST[kind]:
            _refuse(f"numbers go to {_GREATEST[kind]:g}, and {word} is beyond", whole, at)
        if not math.isnan(number):
            return number
    _refuse(f"{word!r} is not a number", whole, at)


def _choices(values: Sequence[Any], whole: str, start: int) -> Choices:
    texts = [str(value) for value in values]
    if not values or "" in texts:
        _refuse("a choice is empty", whole, start)
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        _refuse(f"{twice!r} is there twice", whole, start)
    if odd := [value for value in values if not isinstance(value, (str, int, float, bool, type(None)))]:
        _refuse(f"choices are numbers, texts, True, False or None, and {odd[0]!r} is not", whole, start)
    return Choices(tuple(values))


def _split(text: str, at: str) -> list[str]:
    """Parts of a text between separators that do not stand in quotes."""
    return [part.strip() for part in re.findall(rf"(?:\A|{re.escape(at)})((?:\"[^\"]*\"|'[^']*'|[^{re.escape(at)}])*)", text)]


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _refuse(message: str, whole: str, at: int) -> NoReturn:
    raise InvalidParameter(f"{message}.\n  {whole}\n  {' ' * at}^")


def grid_points(space: Mapping[str, Dimension]) -> Iterator[dict[str, Any]]:
    """All points of a space, the last dimension fastest.

    Raises
    ------
    InvalidParameter
        A dimension has infinitely many values, or the grid more than a million points.

    Examples
    --------
    >>> list(grid_points({"a": Ints(1, 2), "b": Choices(("x", "y"))}))
    [{'a': 1, 'b': 'x'}, {'a': 1, 'b': 'y'}, {'a': 2, 'b': 'x'}, {'a': 2, 'b': 'y'}]
    """
    axes = {}
    for name, dimension in space.items():
        try:
            axes[name] = dimension.points()
        except InvalidParameter as error:
            raise InvalidParameter(f"{name}: {error.message}.") from None
    size = math.prod(len(points) for points in axes.values())
    if size > _MOST_POINTS:
        raise InvalidParameter(f"This grid has {size:,} points; a sweep takes at most {_MOST_POINTS:,}: wider steps, or another sampler.")
    return (dict(zip(axes, point, strict=True)) for point in itertools.product(*axes.values()))


def has_no_more_points(space: Mapping[str, Dimension], most: int) -> bool:
    """Whether a space is a grid of no more than `most` points.

    Examples
    --------
    >>> [has_no_more_points({"a": Ints(1, 4)}, most) for most in (3, 4)]
    [False, True]
    """
    try:
        return sum(1 for _ in itertools.islice(grid_points(space), most + 1)) <= most
    except InvalidParameter:
        return False
