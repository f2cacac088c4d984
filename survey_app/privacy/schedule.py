"""What the clock does in this room: erase what sealed, removed or redacted rows left behind."""

from datetime import datetime

from survey_app import db
from survey_app.privacy import erasing
from survey_app.sealing.schedule import JOB


def erase_owed(now: datetime, actor: str = JOB) -> tuple[str, ...]:
    """Write again what sealed, removed or redacted rows left behind; tables left for a later minute."""
    return erasing.erase_owed(db.database.engine, now, actor=actor)
