"""Waiting for a standby: bounded, and never taken for done when it was not.

PostgreSQL waits without end for a standby that is gone, and when the wait is ended it reports success with a warning.
Ended waits are cancelled here after ten seconds, and the warning becomes a refusal: the answer is written on this
machine, and nobody may say yet that it is safe. Sent again, it is confirmed once the standby is back.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

#: Seconds a commit waits for a standby.
LONGEST_WAIT = 10
#: Where the server gives up waiting, whatever language it speaks.
_WAITS_IN = "SyncRepWaitForLSN"
_UNCONFIRMED = "unconfirmed"


class NotReplicated(SQLAlchemyError):
    """Written here, and not confirmed by the standby: to be sent again."""


class _Waiting:
    """The commits under way in this process; one thread cancels those that wait too long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits: dict[int, tuple[float, Any]] = {}
        self._watch: threading.Thread | None = None

    @contextmanager
    def bounded(self, connection: Any) -> Iterator[None]:
        with self._lock:
            self._commits[id(connection)] = (time.monotonic() + LONGEST_WAIT, connection)
            if self._watch is None or not self._watch.is_alive():  # none survives a fork
                self._watch = threading.Thread(target=self._cancel_overdue, daemon=True)
                self._watch.start()
        try:
            yield
        finally:
            with self._lock:
                self._commits.pop(id(connection), None)

    def _cancel_overdue(self) -> None:
        while True:
            time.sleep(0.5)
            with self._lock:
                now = time.monotonic()
                overdue = [connection for until, connection in self._commits.values() if until <= now]
            for connection in overdue:
                with suppress(Exception):  # the next round tries again
                    connection.cancel_safe(timeout=2)


_waiting = _Waiting()


def watch(engine: Engine) -> None:
    """Hear the warnings of the connections of a PostgreSQL engine."""

    @event.listens_for(engine, "connect")
    def listen(connection: Any, record: Any) -> None:
        def note(diagnostic: Any) -> None:
            if diagnostic.source_function == _WAITS_IN:
                record.info[_UNCONFIRMED] = True

        connection.add_notice_handler(note)


def commit(session: Session) -> None:
    """Commit; on PostgreSQL wait for a standby ten seconds at most. Raises NotReplicated."""
    if session.get_bind().dialect.name != "postgresql":
        session.commit()
        return
    held = session.connection().connection
    info = held.info
    info.pop(_UNCONFIRMED, None)
    with _waiting.bounded(held.driver_connection):
        session.commit()
    if info.pop(_UNCONFIRMED, False):
        raise NotReplicated("a standby did not confirm the commit")


def confirm(session: Session) -> None:
    """Have the commit of a transaction that writes nothing wait for the standby like one that does.

    What was written before is then confirmed with it: a standby takes things in their order.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_logical_emit_message(true, 'survey', '')"))
