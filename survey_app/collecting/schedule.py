"""What the clock does in this room: forget the networks of surveys that run no more, and their keys."""

from datetime import datetime

from survey_app import db, keys
from survey_app.collecting import networks


def forget_networks(now: datetime) -> tuple[str, ...]:
    """Delete what is left of networks of sealed, annulled or discarded surveys; which surveys those were.

    Sealing does it at once; this reaches surveys that were annulled, and keys that could not be removed then.
    """
    store = keys.store()
    found = networks.ended(db.session(), store.surveys_with_network_key())
    if found:
        with db.transaction() as current:
            for survey_id in found:
                networks.forget(current, survey_id)
    for survey_id in found:
        store.destroy_network_key(survey_id)
    return found
