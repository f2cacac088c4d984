"""Leave to take something out of the sealed and annulled answers of one survey, for as long as one block of code runs.

The triggers of the database look for the permit. It is written and removed inside the caller's transaction, so no
other connection ever sees it. It stops mistakes, and who may write to the tables but not into this one. An
operator with full rights on the database can write a permit, or drop the triggers: what holds against him is the
leaf list, the chained log and the signed paper, not this.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from survey_app.privacy.models import ErasurePermit


@contextmanager
def permitted(session: Session, survey_id: str) -> Iterator[None]:
    """Let these answers of this survey be redacted or removed inside the block; the caller notes the act."""
    permit = ErasurePermit(survey_id=survey_id)
    session.add(permit)
    session.flush()  # the triggers read the table
    yield
    session.flush()  # what the block changed goes while the permit is there
    session.delete(permit)
    session.flush()
