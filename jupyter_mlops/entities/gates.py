"""Gates: what must hold of a version before it may move to a stage or get an alias."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jupyter_mlops.entities.names import bounded_text
from jupyter_mlops.entities.records import Entity
from jupyter_mlops.errors import InvalidParameter

__all__ = ["Facts", "FolderFacts", "Gate", "MovePreview", "Rule", "Verdict", "check_target", "judge", "parse_rule", "target_name"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, "!=": operator.ne, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
_KEY = r"(?:`(?P<quoted>[^`]+)`|(?P<bare>[\w./\-]+))"
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_METRIC = re.compile(
    rf"metrics?\.{_KEY}\s*(?P<op>>=|<=|!=|==|=|>|<)\s*(?:(?P<number>{_NUMBER})"
    rf"|(?P<who>champion|@[\w\-]+)(?:\s*(?P<sign>[+-])\s*(?P<offset>{_NUMBER.removeprefix('[+-]?')}))?)"
)
_TAG = re.compile(rf"tags?\.{_KEY}(?:\s*(?P<op>!=|==|=)\s*(?:'(?P<one>[^']*)'|\"(?P<two>[^\"]*)\"))?")
_WORDS = {
    "signature": "signature",
    "input_example": "input_example",
    "input example": "input_example",
    "evaluation": "evaluation",
    "evaluation passed": "evaluation",
}
_FORMS = (
    "metrics.auc >= 0.9, metrics.auc > champion, metrics.auc >= champion - 0.01, metrics.auc > @challenger, signature, "
    "input_example, tags.reviewed, tags.reviewed = 'yes', evaluation passed"
)


class Rule(msgspec.Struct, frozen=True):
    """A rule, read.

    Attributes
    ----------
    kind : str
        ``metric``, ``tag``, ``signature``, ``input_example`` or ``evaluation``.
    key : str
        The metric or tag.
    comparator : str
        Empty for a tag that only has to be there.
    value : float, str or None
        What it is compared with; for `other`, what is added to that one's value.
    other : str or None
        ``champion``, the version that is there now, or ``@alias``.
    """

    kind: str
    key: str = ""
    comparator: str = ""
    value: float | str | None = None
    other: str | None = None


class Gate(Entity, frozen=True):
    """A rule that versions of a model must meet to get to a stage or an alias.

    Attributes
    ----------
    gate_id : int
    name : str
        The registered model.
    stage, alias : str or None
        Where it stands: one of them.
    rule : str
    user : str
        Who set it.
    time : int, milliseconds since the Unix epoch, UTC
    """

    gate_id: int
    name: str
    stage: str | None
    alias: str | None
    rule: str
    user: str
    time: int


class Verdict(Entity, frozen=True):
    """What a rule says of a version.

    Attributes
    ----------
    rule : str
    passed : bool
    reason : str
        In words, with the values.
    """

    rule: str
    passed: bool
    reason: str


class MovePreview(Entity, frozen=True):
    """What a move would do.

    Attributes
    ----------
    name, version : str
    stage, alias : str or None
        Where to.
    before : str or None
        The stage that the version is in now, or the version that has the alias now.
    holder : str or None
        The version that rules call the champion: the one that has the alias, or the highest other one in the stage.
    archives : list of str
        Versions that would be archived.
    verdicts : list of Verdict
    """

    name: str
    version: str
    stage: str | None
    alias: str | None
    before: str | None
    holder: str | None
    archives: list[str]
    verdicts: list[Verdict]

    @property
    def passed(self) -> bool:
        """Whether every gate lets it through."""
        return all(verdict.passed for verdict in self.verdicts)


class FolderFacts(msgspec.Struct, frozen=True):
    """What a model's folder was found to have; None where it could not be read."""

    signature: bool | None = None
    input_example: bool | None = None


class Facts(msgspec.Struct, frozen=True):
    """What is known of a version when it is judged.

    Attributes
    ----------
    version : str
    metrics : mapping of str to mapping
        By ``""`` (the version itself), ``champion`` and ``@alias`` the latest metrics of the source run, where that is known.
    versions : mapping of str to str
        Which version ``champion`` and each ``@alias`` is; one that is missing is not there.
    tags : mapping of str to str
        Of the version.
    signature, input_example : bool or None
        Whether the model's folder has them; None when it could not be read.
    evaluation : bool or None
        How the latest evaluation ended; None when there was none.
    """

    version: str
    metrics: Mapping[str, Mapping[str, float]]
    versions: Mapping[str, str]
    tags: Mapping[str, str]
    signature: bool | None = None
    input_example: bool | None = None
    evaluation: bool | None = None


def check_target(stage: str | None, alias: str | None) -> None:
    """Raise `InvalidParameter` unless one of a stage and an alias is given."""
    if (stage is None) == (alias is None):
        raise InvalidParameter("Say either a stage or an alias.")


def target_name(stage: str | None, alias: str | None) -> str:
    """Where a gate stands or a move goes, as a word.

    Examples
    --------
    >>> target_name("Production", None), target_name(None, "champion")
    ('Production', '@champion')
    """
    return f"@{alias}" if alias else str(stage)


def parse_rule(text: str) -> Rule:
    """Read a rule.

    Raises
    ------
    InvalidParameter
        It is none; the message lists the forms.

    Examples
    --------
    >>> parse_rule("metrics.auc >= champion - 0.01")
    Rule(kind='metric', key='auc', comparator='>=', value=-0.01, other='champion')
    >>> parse_rule("tags.reviewed = 'yes'").value
    'yes'
    """
    if not isinstance(text, str):
        raise InvalidParameter(f"A rule is a text, not {text!r:.300}. Rules: {_FORMS}.")
    text = bounded_text(text, 1000, "rule").strip()
    if text in _WORDS:
        return Rule(_WORDS[text])
    if found := _METRIC.fullmatch(text):
        offset = float(found["sign"] + found["offset"]) if found["offset"] else 0.0
        value = float(found["number"]) if found["number"] else offset
        return Rule("metric", found["quoted"] or found["bare"], found["op"].replace("==", "="), value, found["who"])
    if found := _TAG.fullmatch(text):
        wanted = found["one"] if found["one"] is not None else found["two"]
        return Rule("tag", found["quoted"] or found["bare"], (found["op"] or "").replace("==", "="), wanted)
    raise InvalidParameter(f"Not a rule: {text!r}. Rules: {_FORMS}.")


def judge(text: str, facts: Facts) -> Verdict:
    """What the rule `text` says of a version.

    What cannot be known does not pass: a missing metric, a folder that cannot be read.

    Examples
    --------
    >>> facts = Facts("2", {"": {"auc": 0.81}, "champion": {"auc": 0.87}}, {"champion": "1"}, {})
    >>> judge("metrics.auc > champion", facts)
    <Verdict: passed=False, reason='auc is 0.81; version 1, the champion, has 0.87', rule='metrics.auc > champion'>
    """
    rule = parse_rule(text)
    passed, reason = _JUDGES[rule.kind](rule, facts)
    return Verdict(text, passed, reason)


def _metric(rule: Rule, facts: Facts) -> tuple[bool, str]:
    if "" not in facts.metrics:
        return False, f"version {facts.version} has no source run in the registry's store, which would have the metric {rule.key}"
    mine = facts.metrics[""].get(rule.key)
    if mine is None:
        return False, f"the source run of version {facts.version} has no metric {rule.key}"
    if math.isnan(mine):
        return False, f"{rule.key} is NaN"
    if rule.other is None:
        return _COMPARE[rule.comparator](mine, rule.value), f"{rule.key} is {mine:.6g}"
    called = "the champion" if rule.other == "champion" else rule.other
    other = facts.versions.get(rule.other)
    if other is None:
        is_first = rule.other == "champion"
        return is_first, f"{rule.key} is {mine:.6g}; " + ("there is no champion yet" if is_first else f"there is no {called}")
    theirs = facts.metrics.get(rule.other, {}).get(rule.key)
    if theirs is None:
        return False, f"{rule.key} is {mine:.6g}; version {other}, {called}, has no metric {rule.key}"
    assert isinstance(rule.value, float)
    passed = not math.isnan(theirs) and _COMPARE[rule.comparator](mine, theirs + rule.value)
    return passed, f"{rule.key} is {mine:.6g}; version {other}, {called}, has {theirs:.6g}"


def _tag(rule: Rule, facts: Facts) -> tuple[bool, str]:
    value = facts.tags.get(rule.key)
    if value is None:
        return False, f"tag {rule.key} is not set"
    shown = value if len(value) <= 60 else value[:60] + "…"
    return not rule.comparator or _COMPARE[rule.comparator](value, rule.value), f"tag {rule.key} is {shown!r}"


def _signature(rule: Rule, facts: Facts) -> tuple[bool, str]:
    return _has(facts.signature, "signature")


def _input_example(rule: Rule, facts: Facts) -> tuple[bool, str]:
    return _has(facts.input_example, "input example")


def _has(is_there: bool | None, what: str) -> tuple[bool, str]:
    if is_there is None:
        return False, f"the model's folder could not be read for its {what}"
    return is_there, f"the model has {'an' if what[0] in 'aeiou' else 'a'} {what}" if is_there else f"the model has no {what}"


def _evaluation(rule: Rule, facts: Facts) -> tuple[bool, str]:
    if facts.evaluation is None:
        return False, "the version was not evaluated with thresholds: give evaluate() its URI and validation_thresholds, or %evaluate --require"
    return facts.evaluation, "the latest evaluation passed" if facts.evaluation else "the latest evaluation failed"


_JUDGES: dict[str, Callable[[Rule, Facts], tuple[bool, str]]] = {
    "metric": _metric, "tag": _tag, "signature": _signature, "input_example": _input_example, "evaluation": _evaluation,
}  # fmt: skip
