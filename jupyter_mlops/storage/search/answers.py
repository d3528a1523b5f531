"""Questions about what belongs to a row, such as its tags: all questions about one table are answered in one pass."""

from __future__ import annotations

__all__ = ["Answers"]


class Answers:
    """A join that says for every row which questions its entries in one table answer with yes.

    One subquery for each question would read the table as often, and databases plan many subqueries slowly.

    Parameters
    ----------
    name : str
        What the join is called.
    relation : str
        The table or subquery with the entries.
    ids : tuple of str
        Columns that say which row ``t`` an entry belongs to.

    Examples
    --------
    >>> answers = Answers("a0", "store.tags", ("rid",))
    >>> answers.ask("bool_or(key = $1 AND value = $2)", keys=["$1"])
    'coalesce(a0.q0, false)'
    >>> answers.join().partition(" AS q0 ")[2]
    'FROM store.tags WHERE key IN ($1) GROUP BY rid) AS a0 ON a0.rid = t.rid'
    """

    def __init__(self, name: str, relation: str, ids: tuple[str, ...]) -> None:
        self._name, self._relation, self._ids = name, relation, ids
        self._questions: list[str] = []
        self._keys: list[str] = []

    def ask(self, question: str, keys: list[str]) -> str:
        """Add a question and return its answer, which is never NULL: a row without entries answers no.

        Parameters
        ----------
        question : str
            An aggregate over a row's entries.
        keys : list of str
            Parameters with the keys of the entries that it looks at; the rest is left out of the pass.
        """
        self._questions.append(question)
        self._keys += keys
        return f"coalesce({self._name}.q{len(self._questions) - 1}, false)"

    def join(self) -> str:
        """The join's SQL."""
        ids = ", ".join(self._ids)
        questions = ", ".join(f"{question} AS q{number}" for number, question in enumerate(self._questions))
        where = f"WHERE key IN ({', '.join(self._keys)}) " if self._keys else ""
        same = " AND ".join(f"{self._name}.{name} = t.{name}" for name in self._ids)
        asked = f"SELECT {ids}, {questions} FROM {self._relation} {where}GROUP BY {ids}"
        return f"LEFT JOIN ({asked}) AS {self._name} ON {same}"
