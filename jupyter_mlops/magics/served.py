"""A model that this kernel serves, as a view: its card follows the server, stops it and starts it again."""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from typing import Any

import msgspec
from IPython.core.display_functions import publish_display_data

from jupyter_mlops.context.notebooks import shell
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException
from jupyter_mlops.magics.cells.live import is_watched
from jupyter_mlops.serving.children import ServedProcess, start_serving
from jupyter_mlops.serving.clients import ScoringClient, client
from jupyter_mlops.serving.readings import Rates, Reading
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.views.cards.served import ServedCard, bucket_list, calls_of, served_html, served_text
from jupyter_mlops.widgets.linked import LinkedView

__all__ = ["Served"]

_LINES = 40
_ASKING_S = 3.0
_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


class Served(LinkedView):
    """A model that this kernel serves; it ends with the kernel.

    Attributes
    ----------
    model_uri : str
    port : int
        0 until a free one was found.
    client : ScoringClient
        Asks it; of a server that has not begun to answer None.

    Notes
    -----
    Use it from any thread. The page asks for the card while it is in sight; nobody else does.
    """

    def __init__(self, model_uri: str, title: str | None = None, port: int = 0, wait: float = 120.0, **options: Any) -> None:
        self.model_uri, self.port = model_uri, port
        self._title, self._wait_s, self._options = title or model_uri, wait, options
        self._shown_in, self._transient = -1, {"display_id": new_id()}
        self._context = contextvars.copy_context()  # what is shown later belongs to this cell
        self._lock = threading.RLock()
        super().__init__()
        self._begin()

    def _begin(self) -> None:
        self._process: ServedProcess = start_serving(self.model_uri, port=self.port, **self._options)
        self._started = now_ms()
        self._ended: int | None = None
        self._error: str | None = None
        self._is_stopped, self._settled = False, threading.Event()
        self._asker: ScoringClient | None = None
        self._told: dict[str, Any] = {}
        self._example: dict[str, Any] | None = None
        self._reading, self._rates = Reading(), Rates(time.monotonic())
        attend = self._context.copy().run
        threading.Thread(target=attend, args=(self._attend, self._process, self._settled), daemon=True, name="jupyter_mlops-served").start()

    def _attend(self, process: ServedProcess, settled: threading.Event) -> None:
        """From the start of a process to its end."""
        asker: ScoringClient | None = None
        try:
            process.wait_until_ready(self._wait_s)
            self.port = int(process.url.rpartition(":")[2])
            asker = client(process.url, timeout=_ASKING_S)
            with contextlib.suppress(MlflowException):  # it is asked without an example
                self._example = asker.example()
            self._asker = asker
        except MlflowException as error:
            self._error = None if self._is_stopped else mask_secrets(str(error))
        finally:
            self._tell_pages()  # the cell that waits has its last output before it ends
            settled.set()
        process.wait()
        process.stop()  # what it held, also when it ended by itself
        with self._lock:
            if asker is not None:
                asker.close()
            if self._process is process:
                self._ended = now_ms()
        self._tell_pages()

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._process.url

    @property
    def client(self) -> ScoringClient:
        """Somebody who asks it."""
        return self._process.client

    @property
    def status(self) -> str:
        """``loading``, ``ready``, ``ended`` or ``failed``."""
        if self._error is not None:
            return "failed"
        if not self._process.is_alive():
            return "ended"
        return "ready" if self._asker is not None else "loading"

    def wait(self) -> None:
        """Come back when it answers.

        Raises
        ------
        InvalidState
            It did not start; what it said.
        """
        self._settled.wait()
        if self._error is not None or self._asker is None:
            raise InvalidState(self._error or f"{self.model_uri} was stopped while it was loaded.")

    def stop(self) -> None:
        """End it; requests that are being answered are waited for, for some seconds."""
        self._is_stopped = True
        self._process.stop()

    def start(self) -> None:
        """Start it again where it ended, at the same port."""
        with self._lock:
            if not self._process.is_alive():
                self._begin()

    def card(self) -> ServedCard:
        """The card as it is now."""
        with self._lock:
            self._look()
            reading, url = self._reading, "" if self._error else self.url
            quantiles = {name: reading.quantile(share) for name, share in _QUANTILES.items()}
            curl, python = calls_of(url, self._example) if url else ("", "")
            lines = mask_secrets("\n".join(self._process.log.splitlines()[-_LINES:]))
            return ServedCard(
                status=self.status, name=self._title, uri=self.model_uri, model=self._told.get("model", ""), run_id=self._told.get("run_id") or "",
                url=url, workers=self._options.get("workers", 1), follow=self._options.get("follow", False),
                started=self._started, seen=now_ms(), ended=None if self._process.is_alive() else self._ended or now_ms(),
                requests=reading.requests, errors=reading.errors, waiting=reading.waiting, statuses=reading.statuses,
                rate=self._rates.now() if self.status == "ready" else 0.0, rates=self._rates.points(), buckets=bucket_list(reading.buckets),
                quantiles={name: value for name, value in quantiles.items() if value is not None},
                memory=self._process.memory() or None, log=lines, error=self._error, curl=curl, python=python,
            )  # fmt: skip

    def _look(self) -> None:
        """Ask the server; one that has no time, or has ended, leaves what was known."""
        if self._asker is not None and self._process.is_alive():
            with contextlib.suppress(MlflowException):
                self._reading = self._asker.meters()
                self._rates.add(time.monotonic(), self._reading.requests)
                self._told = self._asker.model()

    def page_state(self) -> dict[str, Any]:
        card = self.card()
        return {"now": msgspec.to_builtins(card), "lasting": {"text/html": served_html(card), "text/plain": served_text(card)}}

    def forms(self) -> tuple[dict[str, Any], str, str]:
        view = self.as_view("served", open_store(get_registry_uri()), None)
        view["state"]["now"]["log"] = ""  # it may repeat what was sent: not for the file
        lasting = view["state"].pop("lasting")
        return view, lasting["text/html"], lasting["text/plain"]

    def answer(self, method: str, parameters: dict[str, Any]) -> Any:
        if method not in ("look", "start", "stop"):
            raise InvalidParameter(f"A served model is not asked for {method!r}.")
        if method == "start":
            self.start()
        elif method == "stop":
            self.stop()
        return self.page_state()

    def show(self, *, update: bool = False) -> None:
        """Show the card in this cell."""
        if not update:
            self._shown_in = _count()
        shown = self._repr_mimebundle_()
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        publish_display_data(data, metadata, transient=self._transient, update=update)

    def _ipython_display_(self) -> None:
        if self._shown_in != _count():  # its card stands there already
            self.show()

    def _tell_pages(self) -> None:
        with contextlib.suppress(Exception):  # the front end went away: the server stays
            state = self.page_state() if self._pages else {}
            for send in list(self._pages.values()):
                send({"state": state})
            if self._shown_in >= 0 and is_watched():
                self.show(update=True)

    def __repr__(self) -> str:
        return served_text(self.card())


def _count() -> int:
    return int(getattr(shell(), "execution_count", 0))
