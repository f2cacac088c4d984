"""The product in a process that ends itself with SIGKILL at the point of a commit that the file named in DIE says."""

import os
import signal
from pathlib import Path

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey_app.app import create_app


def make() -> Flask:
    """The application, for a server process of its own."""
    order = Path(os.environ["DIE"])

    def die_at(point: str, session: Session) -> None:
        if session.in_nested_transaction() or not order.exists() or order.read_text("utf-8") != point:
            return
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, "before_commit", lambda session: die_at("before", session))
    event.listen(Session, "after_commit", lambda session: die_at("after", session))
    return create_app()
