"""What a source may not bring in: keys, names and values beyond what the store keeps, and text that could act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jupyter_mlops.entities.names import check_alias, check_experiment_name, check_key, check_model_name, check_run_id
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.entities.registered_models import STAGES
from jupyter_mlops.entities.tags import REPOSITORY_TAG
from jupyter_mlops.entities.uris import is_wellformed, without_credentials
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.imported_records import VersionRecord

__all__ = ["SanitisedReader", "Unreadable"]

_STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
_NAME_LENGTH = 500
_DELETED = "Deleted_Internal"  # stage of a version whose number stays used


class Unreadable(Exception):
    """A part of a source that is not what it should be; the text says why."""


class SanitisedReader:
    """Checks what was read of one source, and notes what it leaves out.

    Parameters
    ----------
    problems : list of str
        Notes go here.
    """

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems

    def note(self, where: str, what: object) -> None:
        """Note a problem."""
        self._problems.append(f"{shown(where)}: {shown(what, 300)}")

    def text(self, value: Any) -> str:
        """Any plain value as text."""
        return "" if value is None or not isinstance(value, (str, int, float, bool)) else str(value)

    def optional(self, value: Any) -> str | None:
        """Any plain value as text, None as it is."""
        return None if value is None else self.text(value)

    def place(self, where: str, value: Any) -> str:
        """A place of artifacts that may be one; an empty one with a note for what has no host that can be."""
        place = self.text(value)
        if is_wellformed(place):
            return place
        self.note(where, f"{without_credentials(place)!r} is no place of artifacts")
        return ""

    def number(self, value: Any) -> int | None:
        """A whole number that fits into 64 bits, else None."""
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            return None
        return number if -(2**63) <= number < 2**63 else None

    def status(self, value: Any) -> str:
        """A status by MLflow's name or number; RUNNING for what is neither."""
        if isinstance(value, int) and 1 <= value <= len(_STATUSES):
            return _STATUSES[value - 1]
        return str(value) if value in _STATUSES else "RUNNING"

    def stage(self, value: Any) -> str:
        """A stage of a version; ``None`` for what is not one."""
        return str(value) if value in STAGES else "None"

    def pairs(self, where: str, pairs: Iterable[tuple[Any, Any]], limit: int) -> dict[str, str]:
        """Params or tags with keys that may be; longer values are cut at `limit` characters."""
        kept = {}
        for key, value in pairs:
            try:
                check_key(key)
            except InvalidParameter as error:
                self.note(where, error)
                continue
            text = self.text(value)
            if len(text) > limit:
                self.note(where, f"the value of {key!r} has {len(text)} characters; the first {limit} are kept")
            kept[key] = text[:limit]
        return kept

    def run_tags(self, where: str, pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
        """Tags of a run that may be, the URL of its code without credentials."""
        tags = self.pairs(where, pairs, 8000)
        if REPOSITORY_TAG in tags:
            tags[REPOSITORY_TAG] = without_credentials(tags[REPOSITORY_TAG])
        return tags

    def experiment_name(self, experiment_id: str, name: Any) -> str:
        """A name that may be: cut and told apart by the id when it is too long."""
        text = self.text(name)
        try:
            return check_experiment_name(text)
        except InvalidParameter as error:
            self.note(f"experiment {experiment_id}", error)
            tail = f"… {experiment_id}"
            return (text.strip()[: _NAME_LENGTH - len(tail)] + tail) if text.strip() else f"experiment {experiment_id}"

    def identity(self, where: str, check: Callable[[Any], str], value: Any) -> str | None:
        """What names a thing, if it may; None with a note if it may not."""
        try:
            return check(self.text(value))  # never the thing itself: its repr in an error may be endless
        except InvalidParameter as error:
            self.note(where, error)
            return None

    def run_id(self, value: Any) -> str | None:
        """A run id that may be one, else None."""
        return self.identity("a run", check_run_id, value)

    def model_name(self, value: Any) -> str | None:
        """A model's name that may be one, else None."""
        return self.identity("a registered model", check_model_name, value)

    def aliases(self, where: str, aliases: Iterable[tuple[Any, Any]]) -> dict[str, int]:
        """Aliases that may be, with the numbers they point at."""
        found = {}
        for alias, version in aliases:
            number = self.number(version)
            if number is not None and self.identity(where, check_alias, alias) is not None:
                found[alias] = number
        return found

    def versions(
        self, model: str, rows: Iterable[tuple[Mapping[str, Any], Iterable[tuple[Any, Any]]]]
    ) -> list[VersionRecord]:
        """Versions of a model, from rows with MLflow's names and their tags."""
        found: dict[int, VersionRecord] = {}
        for row, tags in rows:
            number = self.number(row.get("version"))
            if number is None or number < 1 or number in found:
                self.note(f"model {model}", f"a version of number {self.text(row.get('version'))!r} is left out")
                continue
            deleted = row.get("current_stage") == _DELETED
            names = ("description", "user_id", "source", "storage_location", "run_id", "run_link", "status_message")
            text = {name: None if deleted else self.optional(row.get(name)) for name in names}
            found[number] = VersionRecord(
                version=number,
                stage=self.stage(row.get("current_stage")),
                status=self.text(row.get("status") or "READY"),
                deleted=deleted,
                creation_time=self.number(row.get("creation_timestamp", row.get("creation_time"))),
                last_update_time=self.number(row.get("last_updated_timestamp", row.get("last_updated_time"))),
                tags={} if deleted else self.pairs(f"model {model} version {number}", tags, 100_000),
                **text,
            )
        return list(found.values())
