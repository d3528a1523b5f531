"""Which server a page needs: a page may be newer or older than the server that answers it."""

from __future__ import annotations

__all__ = ["PROTOCOL"]

# Grows when a page needs what servers before could not answer, or says what they would misunderstand; `PROTOCOL` of
# labextension/src/lab/versions.ts grows with it. A page refuses to work with a server of another number.
PROTOCOL = 1
