"""Keys with a text that belong to one row of another table: tags and params of models."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["write_pairs"]


def write_pairs(session: Session, table: str, owner: Mapping[str, int | str], pairs: Mapping[str, str]) -> None:
    """Set them, in two statements however many; `owner` are the columns that say whose they are."""
    if not pairs:
        return
    which = " AND ".join(f"{column} = ?" for column in owner)
    session.rows(
        f"DELETE FROM store.{table} WHERE {which} AND key IN (SELECT unnest(?::VARCHAR[]))",
        [*owner.values(), list(pairs)],
    )
    marks_of_owner = ", ".join("?" for _ in owner)
    session.rows(
        f"INSERT INTO store.{table} ({', '.join(owner)}, key, value) "
        f"SELECT {marks_of_owner}, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [*owner.values(), list(pairs), list(pairs.values())],
    )
