"""How a scoring server is set up."""

from __future__ import annotations

import msgspec

from jupyter_mlops.storage.http.addresses import LOOPBACK

__all__ = ["Begin", "Settings"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the options of the command say.

    Attributes
    ----------
    model_uri : str
    named_by : str or None
        A file that names the model in place of `model_uri`, and is read every `follow_every` seconds.
    trust : bool
        Whether the model may run code that this user has not signed.
    timeout : float, seconds
        A prediction that takes longer is answered by 504.
    workers : int
        Processes, each with a model of its own.
    follow : bool
        Whether the registry is asked every `follow_every` seconds which version the URI means.
    place : str
        Where that is, for the lineage of the versions that answer; nothing is noted without.
    allowed_hosts : tuple of str
        Names that the server may be asked by; ``*`` is any.
    log : float, 0 to 1
        The share of requests that is kept with their predictions; none with 0.
    log_without : tuple of str
        Columns that are not.
    token : str or None
        What every request must bring.
    most_body : int, bytes
        Longer bodies are refused.
    most_waiting : int
        Requests of one process beyond these are refused with 503.
    """

    model_uri: str
    named_by: str | None = None
    trust: bool = False
    timeout: float = 60.0
    workers: int = 1
    follow: bool = False
    follow_every: float = 2.0
    place: str = ""
    allowed_hosts: tuple[str, ...] = LOOPBACK
    log: float = 0.0
    log_without: tuple[str, ...] = ()
    token: str | None = None
    most_body: int = 64 << 20
    most_waiting: int = 128


class Begin(msgspec.Struct):
    """What a process that serves for another is told first."""

    settings: Settings
    host: str
    port: int
