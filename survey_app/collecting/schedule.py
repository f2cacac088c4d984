"""What the clock does in this room: settle what was held for its minute, and forget networks that are not needed."""

from collections.abc import Callable
from datetime import datetime

from survey_app import db, keys
from survey_app.collecting import held, held_again, networks, scanned
from survey_app.keys import KeyMissing


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


def compare_held_again(now: datetime) -> int:
    """Compare every second keying that can no longer be mended; how many. Without its key one waits."""
    return _settle(held_again.PLACE, held_again.compare_due, now)


def store_held(now: datetime) -> int:
    """Store every keyed slip that can no longer be mended; how many. Without its key one waits for the next minute."""
    stored = _settle(held.PLACE, held.store_due, now)
    with db.transaction() as current:
        held.forget_ended(current)
    return stored


def forget_scanned(now: datetime) -> None:
    """Delete the pictures of surveys that take no paper any more."""
    with db.transaction() as current:
        scanned.forget_ended(current)


def _settle(place: str, settle: Callable[..., None], now: datetime) -> int:
    """Settle all that is due in that place, each in a transaction of its own; how many were settled."""
    store, settled = keys.store(), 0
    for user_id in held.due(db.session(), place, now):
        try:
            with db.transaction() as current:
                settle(current, user_id, now=now, keys=store)
        except KeyMissing:
            continue
        settled += 1
    return settled
