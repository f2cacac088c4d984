"""A second keying is held for a minute too, by the rule of `held` (ADR 27): until then nothing is compared.

What it says is compared by whichever comes first: the code of the next slip is found good, the clerk says so, the
minute job finds the minute over, the survey is sealed. Before that no count tells whether keyings agree, so mending
cannot be steered by it. Encrypted like a held slip.

A slip that somebody holds is refused to others at its code. Two who saved it in the same moment all the same are told
apart when they are compared: the first is kept, and the other one reads so on the page, until the next slip.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.collecting import held, second_keying
from survey_app.collecting.held import MENDED_WITHIN
from survey_app.collecting.models import HeldSlip
from survey_app.collecting.second_keying import KeyedAgain, KeyedAgainNow
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.questions.answers import Value

#: The two places of a second keyer: what is held, and why the one before was not kept.
PLACE, _NOT_KEPT = "2nd", "2not"


@dataclass(frozen=True, slots=True)
class HeldAgain:
    """A second keying that can still be mended, as it was keyed."""

    leaf: str
    #: How its paper is found.
    slip: str
    #: What was typed for it.
    typed: str
    village: str
    answers: dict[str, Value]
    invalid_reason: str
    until: datetime


def hold(
    session: Session,
    survey: SurveyView,
    typed: str,
    answers: Mapping[str, Value],
    *,
    invalid_reason: str,
    by: Identity,
    keys: KeyStore,
    now: datetime,
) -> None:
    """Hold a second keying; the one held before is compared, or replaced where it is of the same slip.

    Raises the refusals of `second_keying` and KeyMissing; then nothing was written.
    """
    second_keying.require_open(session, survey.id)
    drawn = second_keying.drawn_answer(session, survey, typed, by=by, keys=keys)
    require_free(session, survey.id, drawn.leaf, by=by.user_id, keys=keys)
    content = {
        "leaf": drawn.leaf,
        "slip": second_keying.found_by(session, survey, [drawn.leaf], keys)[drawn.leaf],
        "typed": typed,
        "village": second_keying.village(session, survey.id, drawn.unit_id).full_name,
        "answers": dict(answers),
        "reason": invalid_reason,
        "actor": by.actor,
    }
    closed = held.closed(survey.id, by.user_id, content, keys)
    before = held.claim(session, by.user_id, PLACE)
    if before is not None and held.opened(before, keys)["leaf"] == drawn.leaf:
        if now - held.moment(before) > MENDED_WITHIN:
            raise KeyedAgain
        before.held_at, before.content = now, closed
        return
    if before is not None:
        _compare(session, before, now=now, keys=keys)
    else:
        _forget_not_kept(session, by.user_id)
    row = HeldSlip(user_id=by.user_id, place=PLACE, survey_id=survey.id, held_at=now, content=closed)
    session.add(row)


def require_free(session: Session, survey_id: str, leaf: str, *, by: int, keys: KeyStore) -> None:
    """Raise KeyedAgainNow where another person holds that slip and may still mend it. Raises KeyMissing."""
    others = select(HeldSlip).where(
        HeldSlip.survey_id == survey_id, HeldSlip.place == PLACE, HeldSlip.user_id != by
    )
    for row in session.scalars(others.order_by(HeldSlip.user_id)):
        if held.opened(row, keys)["leaf"] == leaf:
            raise KeyedAgainNow


def not_kept(session: Session, user_id: int, keys: KeyStore) -> str:
    """Why the slip this person keyed again before was not kept, in one sentence, or "". Raises KeyMissing."""
    row = session.get(HeldSlip, (user_id, _NOT_KEPT))
    if row is None:
        return ""
    outcome = held.opened(row, keys)
    named = _(
        "Your keying of the slip %(slip)s of %(village)s was not kept.",
        slip=outcome["slip"],
        village=outcome["village"],
    )
    return f"{named} {outcome['refusal']}"


def of_clerk(session: Session, user_id: int, keys: KeyStore) -> HeldAgain | None:
    """What this person can still mend. Raises KeyMissing."""
    row = session.get(HeldSlip, (user_id, PLACE))
    if row is None:
        return None
    content = held.opened(row, keys)
    return HeldAgain(
        leaf=content["leaf"],
        # One that was held while the product was upgraded names its receipt.
        slip=content.get("slip") or content["receipt"],
        typed=content.get("typed") or content["receipt"],
        village=content["village"],
        answers=held.values(content),
        invalid_reason=content["reason"],
        until=held.moment(row) + MENDED_WITHIN,
    )


def renew(session: Session, user_id: int, *, now: datetime) -> bool:
    """Begin the minute again, because the keying is being mended; False when it is over."""
    row = held.claim(session, user_id, PLACE)
    if row is None or now - held.moment(row) > MENDED_WITHIN:
        return False
    row.held_at = now
    return True


def compare_held(session: Session, user_id: int, *, now: datetime, keys: KeyStore) -> None:
    """Compare what this person holds, if anything. Raises KeyMissing."""
    row = held.claim(session, user_id, PLACE)
    if row is not None:
        _compare(session, row, now=now, keys=keys)


def compare_due(session: Session, user_id: int, *, now: datetime, keys: KeyStore) -> None:
    """The same, unless its minute was begun again meanwhile."""
    row = held.claim_over(session, user_id, PLACE, now)
    if row is not None:
        _compare(session, row, now=now, keys=keys)


def compare_before_seal(session: Session, survey_id: str, *, now: datetime, keys: KeyStore) -> None:
    """Compare every held keying of a survey that is about to be sealed; its caller holds the survey."""
    for user_id in held.holders(session, survey_id, PLACE):
        compare_held(session, user_id, now=now, keys=keys)


def _compare(session: Session, row: HeldSlip, *, now: datetime, keys: KeyStore) -> None:
    """Keep whether it agrees with what is stored, and forget what it says; one that is not kept is named."""
    content: dict[str, Any] = held.opened(row, keys)
    survey = surveys.survey(session, row.survey_id)
    refusal = second_keying.compare(
        session, survey, content["leaf"], held.values(content), actor=content["actor"], now=now
    )
    _forget_not_kept(session, row.user_id)
    if refusal is None:
        session.delete(row)
    else:
        outcome = {"slip": content.get("slip", ""), "village": content["village"], "refusal": refusal.message}
        row.content = held.closed(row.survey_id, row.user_id, outcome, keys)
        row.place, row.held_at = _NOT_KEPT, None
    session.flush()  # its place is free for the next one


def _forget_not_kept(session: Session, user_id: int) -> None:
    session.execute(delete(HeldSlip).where(HeldSlip.user_id == user_id, HeldSlip.place == _NOT_KEPT))
