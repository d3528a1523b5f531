"""A project's folder as bytes, for machines that do not see it."""

from __future__ import annotations

import io
import json
import os
import re
import tarfile

import msgspec

from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.plans import Plan

__all__ = ["pack", "unpack"]

_MOST_BYTES = 100_000_000
_LEFT_OUT = re.compile(r"\..+|__pycache__|mlartifacts|mlruns|.+\.duckdb(\..+)?")  # hidden, made again, or the store


def pack(folder: str) -> bytes:
    """A project's folder, without what is hidden or belongs to a store in it.

    Raises
    ------
    ExecutionException
        It is too large to be sent about.
    """
    left = _MOST_BYTES

    def choose(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        nonlocal left
        if _LEFT_OUT.fullmatch(os.path.basename(member.name)):
            return None
        left -= member.size
        if left < 0:
            raise ExecutionException(
                f"{folder} is not seen by all workers and has more than {_MOST_BYTES // 1_000_000} MB, which is too much to send: put it on a "
                "disk that they share, or keep its data elsewhere."
            )
        return member

    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as file:
        file.add(os.path.realpath(folder), "project", filter=choose)  # not the link that it may be
    return content.getvalue()


def unpack(content: bytes, plan: Plan, folder: str) -> Plan:
    """Lay a project's folder below another one; returns the plan with paths in it that lead there."""
    with tarfile.open(fileobj=io.BytesIO(content)) as file:
        file.extractall(folder, filter="tar")
    before, now = (json.dumps(path, ensure_ascii=False)[1:-1] for path in (plan.folder, os.path.join(folder, "project")))
    text = re.sub(r"(?:(?<![\w./-])|(?<=file://)|(?<=\\[nt]))" + re.escape(before) + r"(?![\w.-])", lambda _: now, msgspec.json.encode(plan).decode())
    return msgspec.json.decode(text, type=Plan)
