"""One call that is autologged: the user's function runs exactly once, and what it returns or raises is the user's.

A flavor says what to log by a generator function, its *advice*: what stands before its ``yield`` happens before the
call, the value of the ``yield`` is the call's result, and what follows happens after it. Errors of an advice become one
warning.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter, ParamAlreadyLogged
from jupyter_mlops.storage.interrupts import HeldInterrupts
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import end, start_run
from jupyter_mlops.tracking.artifacts import Target
from jupyter_mlops.tracking.patches import Patches
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.tracking.silences import quiet

__all__ = ["AUTOLOGGING_TAG", "Advice", "Integration", "Session", "call_logged", "integration_named", "paused", "sessions"]

AUTOLOGGING_TAG = "mlflow.autologging"
Advice = Callable[..., Generator[tuple[tuple[Any, ...], dict[str, Any]] | None, Any, None]]
_log = logging.getLogger(__name__)
_thread = threading.local()


class Integration:
    """Autologging of one flavor in this process.

    Parameters
    ----------
    name : str
        Of the flavor.

    Attributes
    ----------
    options : dict
        Arguments of the flavor's ``autolog`` that hold now.
    is_on : bool
    is_explicit : bool
        Set up by the flavor's own ``autolog``, not by the one for all.
    patches : Patches
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.options: dict[str, Any] = {}
        self.is_on = self.is_explicit = False
        self.patches = Patches()
        _integrations[name] = self

    def turn_off(self) -> None:
        """Put the library back as it was."""
        self.is_on = False
        self.patches.restore()

    def turn_on(self, options: Mapping[str, Any], install: Callable[[], object]) -> None:
        """Have the options hold and the library patched; it stays as it was when that fails.

        Raises
        ------
        InvalidParameter
            ``extra_tags`` is no dict.
        """
        self.turn_off()
        self.options = dict(options)
        self.options["extra_tags"] = _checked_tags(self.options.get("extra_tags"))
        self.is_on = True
        try:
            install()
        except BaseException:
            self.turn_off()
            raise

    def warn(self, message: str, *args: Any) -> None:
        """Log a warning, unless the user wants silence."""
        if not self.options.get("silent"):
            _log.warning(message, *args)

    def guard(self, part: str, action: Callable[..., object], *args: Any) -> None:
        """Do something for logging alone, outside of a session; a failure is a warning."""
        try:
            with quiet():
                action(*args)
        except Exception as error:
            self.warn("Autologging left out %s. %s", part, _told(error))

    def may_log(self) -> bool:
        """Whether a call in this thread is to be logged."""
        if not self.is_on or getattr(_thread, "paused", False):
            return False
        around = sessions()
        if around:
            return around[-1].open_to == self.name
        return not (self.options.get("exclusive") and stacks.current() is not None)


_integrations: dict[str, Integration] = {}


def integration_named(name: str) -> Integration | None:
    """Autologging of a flavor; None as long as nobody asked for it."""
    return _integrations.get(name)


def _checked_tags(tags: Any) -> dict[str, Any]:
    if tags is None:
        return {}
    if not isinstance(tags, Mapping):
        raise InvalidParameter(f"extra_tags is a dict of tags, not {type(tags).__name__}.")
    if AUTOLOGGING_TAG in tags:
        _log.warning("The tag %r of extra_tags is left out: autologging sets it itself.", AUTOLOGGING_TAG)
    return {key: value for key, value in tags.items() if key != AUTOLOGGING_TAG}


class Session:
    """One call that is logged, and the run it is logged to.

    Attributes
    ----------
    integration : Integration
    what : str
        The call, for messages.
    open_to : str or None
        Flavor whose calls inside this one are logged to the same run, too.
    run : Run
        As it was when it started.
    state : RunState
        Where to write.
    is_managed : bool
        Whether the run was begun for this call, and ends with it.
    """

    run: Run
    state: RunState

    def __init__(self, integration: Integration, what: str, open_to: str | None) -> None:
        self.integration, self.what, self.open_to = integration, what, open_to
        self.is_managed = False
        self._active: stacks.Active | None = None
        self._pid = os.getpid()
        self._steps: Generator[Any, Any, None] | None = None
        self._troubles: list[str] = []

    @property
    def options(self) -> dict[str, Any]:
        """What the user asked for."""
        return self.integration.options

    @property
    def target(self) -> Target:
        """Where artifacts go."""
        return self.state.store, self.state.run_id

    @property
    def goes_on(self) -> bool:
        """Whether the run is still open: nothing is logged to one that was ended during the call, or by a forked child."""
        return self._active is not None and not self._active.ended and self._pid == os.getpid()

    def attempt(self, part: str, action: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        """What an action returns; None when it fails, which the one warning will tell."""
        try:
            return action(*args, **keywords)
        except Exception as error:  # runs the user's and the library's code
            self._troubles.append(f"{part}: {_told(error)}")
            return None

    def log(
        self, params: Mapping[str, Any] | None = None, metrics: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None, step: int = 0,
    ) -> None:  # fmt: skip
        """Write all of it in one record, or nothing."""
        if self.goes_on:
            points = [(key, value, None, step) for key, value in (metrics or {}).items()]
            self.state.log_batch(points, (params or {}).items(), (tags or {}).items())

    def begin(self, advice: Advice, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """Open the run and do what comes before the call; returns the arguments of the call."""
        try:
            with quiet():
                self._open_run()
                self._steps = advice(self, *args, **kwargs)
                return next(self._steps, None) or (args, kwargs)
        except Exception as error:
            self._troubles.append(_told(error))
        except BaseException:
            self.close("FAILED")
            raise
        return args, kwargs

    def finish(self, result: Any) -> None:
        """Do what comes after the call, and end the run."""
        try:
            if self._steps is not None and self.goes_on:
                with quiet():
                    self._steps.send(result)
        except StopIteration:
            pass
        except Exception as error:
            self._troubles.append(_told(error))
        except BaseException:
            self.close("FAILED")
            raise
        self.close("FINISHED")

    def close(self, status: str) -> None:
        """End the run if it was begun here, and say what went wrong."""
        self.attempt("the end", self._end, status)
        if self._troubles:
            self.integration.warn("Autologging of %s is not complete. %s", self.what, "; ".join(self._troubles))

    def _end(self, status: str) -> None:
        steps, self._steps = self._steps, None
        try:
            if steps is not None:
                steps.close()
        finally:
            if self._active is not None and self.is_managed and self.goes_on:
                end(self._active, status)

    def _open_run(self) -> None:
        self._active = stacks.current()
        if self._active is None:
            cells = [run for run in stacks.open_runs() if run.holds_children]
            above = cells[0].run.info.run_id if len(cells) == 1 else None  # a thread of a tracked cell
            with HeldInterrupts():  # no run is begun that nobody ends
                start_run(parent_run_id=above, tags={**self.options["extra_tags"], AUTOLOGGING_TAG: self.integration.name})
                self._active, self.is_managed = stacks.current(), True
            assert self._active is not None
            if not self.options.get("silent"):
                _log.info("Run %s is logged for %s.", self._active.run.info.run_id, self.what)
        self.run, self.state = self._active.run, self._active.state


def _told(error: Exception) -> str:
    try:
        told = f"{type(error).__name__}: {str(error).strip()[:500]}"
    except Exception:  # the error's own text may be broken
        return type(error).__name__
    if isinstance(error, ParamAlreadyLogged):
        told += " A run holds the params of one training: begin one for each, as in `with start_run():`."
    return told


def sessions() -> list[Session]:
    """Calls of this thread that are being logged, outermost first."""
    try:
        return _thread.sessions  # type: ignore[no-any-return]
    except AttributeError:
        _thread.sessions = []
        return _thread.sessions  # type: ignore[no-any-return]


def call_logged(
    integration: Integration, advice: Advice, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
    *, what: str, open_to: str | None = None,
) -> Any:  # fmt: skip
    """Call a function and log the call; what replaces a library's function does just this.

    Parameters
    ----------
    integration : Integration
    advice : generator function
        Called as ``advice(session, *args, **kwargs)``; it may yield ``(args, kwargs)`` to call `original` with others.
    original : callable
        Called exactly once, whatever happens.
    args, kwargs
        As the user gave them.
    what : str
        The call, for messages.
    open_to : str, optional
        Flavor whose calls inside this one are logged to the same run, too; others are not logged.

    Returns
    -------
    Any
        What `original` returns.
    """
    if not integration.may_log():
        return original(*args, **kwargs)
    session = Session(integration, what, open_to)
    around = sessions()
    around.append(session)
    try:
        given, named = session.begin(advice, args, kwargs)
        try:
            result = original(*given, **named)
        except BaseException:
            session.close("FAILED")
            raise
        session.finish(result)
        return result
    finally:
        around.remove(session)


@contextmanager
def paused() -> Iterator[None]:
    """Nothing that this thread calls in the body is autologged."""
    _thread.paused = getattr(_thread, "paused", 0) + 1
    try:
        yield
    finally:
        _thread.paused = getattr(_thread, "paused", 1) - 1  # a child forked in the body knows of nothing


def _after_fork() -> None:
    """A forked worker logs nothing, as one that is spawned: until it calls ``autolog()`` itself."""
    for integration in _integrations.values():
        integration.is_on = False
    vars(_thread).clear()


os.register_at_fork(after_in_child=_after_fork)
