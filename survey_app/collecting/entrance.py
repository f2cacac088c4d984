"""Who is let in at the respondents' doors: guessing is slowed down, posts of other sites are refused.

Serves the pages and the machine door alike.
"""

from datetime import datetime

from flask import request

from survey_app import db, throttle
from survey_app.collecting import guessing, opening_limit, queries, tickets
from survey_app.collecting.queries import Door, Found
from survey_app.collecting.refusals import ChannelNotAllowed, UnknownCode
from survey_app.fieldwork import codes
from survey_app.keys import store
from survey_app.suspicion import Suspicion, suspect


def guarded_slip_door(typed: str, now: datetime, *, step: str = "", ticket: str = "") -> Door:
    """The door of a code, slowing down those who try codes at random. A survey with a result needs no slip.

    `step` is the button of the form that was pressed. Who shows the ticket of this very slip has had its form open and
    guesses nothing, so does not wait (ADR 18).
    """
    code = codes.normalise(typed)
    key = throttle.address_key("code", now)
    found = queries.look_up(db.reading(), code, store(), key, now)
    survey = found.survey
    if found.guesses and not _is_opened_before(found, ticket, now):
        guessing.require_patience(db.reading(), found.guesses, survey.id if survey else None, now)
    if survey is not None and request.method != "POST" and queries.is_final(survey):
        return Door(survey, survey.unit.id, survey.unit.code, survey.unit.full_name)
    try:
        door = found.door()
    except UnknownCode:
        with db.transaction() as writing:
            guessing.count_guess(writing, key, survey.id if survey else None, now)
        if found.guesses + 1 >= guessing.GUESSES_PER_MINUTE:
            suspect(Suspicion.GUESSING)
        raise
    if door.code_mac is not None and _is_look(door, step):
        opening_limit.count_look(door.code_mac, now)
    return door


def _is_opened_before(found: Found, ticket: str, now: datetime) -> bool:
    slip = found.slip
    if slip is None:
        return False
    return tickets.issued_at(store(), ticket, slip.survey.id, slip.code_mac, now) is not None


def _is_look(door: Door, step: str) -> bool:
    """Whether this only looks at the slip. A cancelled one cannot be sent any more, but tells whether it was used."""
    return request.method != "POST" or step == "review" or door.voided


def refuse_other_sites() -> None:
    """Only our own pages may post here: a browser says where a form came from, and programs say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    # With our Referrer-Policy browsers send "null"; the scheme is the proxy's and may differ from what arrives here.
    origin = request.headers.get("Origin", "null").partition("://")[2]
    own = site in {"same-origin", "none"} if site else origin in {"", request.host}
    if not own:
        suspect(Suspicion.OTHER_SITE)
        raise ChannelNotAllowed
