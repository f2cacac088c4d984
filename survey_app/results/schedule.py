"""What the clock does in this room: destroy the keys of slips that nothing keeps any more."""

from datetime import datetime

from survey_app import clock, db, keys
from survey_app.results import custody
from survey_app.sealing.schedule import JOB


def destroy_keys(now: datetime) -> tuple[str, ...]:
    """Destroy the keys of slips that nothing kept any more in rounds on two days; of which surveys.

    A key noted as destroyed that is there again, after a crash or out of a backup, goes too.
    """
    with db.transaction() as current:
        due = clock.due_on_two_days(current, "results.destroy_pepper", custody.due(current, now), now)
    for survey_id in due:
        try:
            with db.transaction() as current:
                custody.record_destruction(current, survey_id, actor=JOB, now=now)
        except custody.KeyKept:
            # A complaint came in between: it was recorded first, so the key stays.
            continue
    for survey_id in custody.destroyed(db.session()):
        keys.store().destroy_pepper(survey_id)
    return due
