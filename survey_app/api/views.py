"""`POST /api/v1/submissions`: one household's answer from a program, with the statuses of the page.

A household's own phone or a helper's, nothing else: paper comes in by `collecting.paper_views` alone, where it is
known who keyed it, so that somebody else keys it again.

Strict JSON: duplicate keys and deep nesting are refused before anything is looked at; NaN and the infinities are read
as numbers that no question accepts.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import assert_never

from flask import Blueprint, Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.api.openapi import DOCUMENT
from survey_app.collecting import (
    crowding,
    networks,
    operations,
    queries,
    replies,
    tickets,
    what_next,
    wording,
)
from survey_app.collecting.entrance import guarded_slip_door, refuse_other_sites
from survey_app.collecting.queries import Door
from survey_app.collecting.refusals import ChannelNotAllowed, Malformed, WrongAnswers
from survey_app.collecting.views import MOST_BYTES
from survey_app.errors import DomainError, reply, say_when
from survey_app.fieldwork.models import Channel
from survey_app.forms import csrf
from survey_app.keys import store
from survey_app.questions.answers import read_answers
from survey_app.scoring.paradata import Mode

bp = Blueprint("api", __name__, url_prefix="/api/v1")

_FIELDS = {"submission_id", "ticket", "code", "link", "channel", "answers"}


@bp.get("/openapi.json")
@access.public
def openapi() -> ResponseReturnValue:
    """The description of this interface."""
    return jsonify(DOCUMENT)


@bp.post("/submissions")
@csrf.exempt
@access.public
def submit() -> ResponseReturnValue:
    """Store one answer: 201 stored now, 200 stored before."""
    now = datetime.now(UTC)
    request.max_content_length = MOST_BYTES
    body = g.submitted = _body()
    refuse_other_sites()
    channel = _channel(body)
    db.begin_to_write()
    door = _door(body, channel, now)
    reading = read_answers(door.survey.instrument, _answers(body))
    if reading.problems:
        raise WrongAnswers(wording.named(door.survey.instrument, reading.problems))
    submission = operations.Submission(
        id=_submission_id(body),
        answers=reading.answers,
        channel=channel,
        form_opened_at=tickets.issued_at(store(), _text(body, "ticket"), door.survey.id, door.code_mac, now),
        network=networks.network_of(request.remote_addr),
    )
    crowding.admit(door, submission.network, now)
    with db.transaction() as current:
        receipt = operations.record_response(current, door, submission, now=now, keys=store())
    stored = {
        "receipt": receipt.printed,
        "counted": door.code_mac is not None and not receipt.annulled,
        "annulled": receipt.annulled,
        "leaf": receipt.leaf,
        "signature": receipt.signature,
        "salts": dict(receipt.salts),
    }
    return jsonify(stored), HTTPStatus.CREATED if receipt.stored_now else HTTPStatus.OK


@bp.errorhandler(DomainError)
def refused(refusal: DomainError) -> Response:
    """The refusal, and what a household does next: its phone may show it days after the page of its slip was closed."""
    sent: dict[str, object] = g.get("submitted", {})
    code, link = (str(sent.get(name) or "") for name in ("code", "link"))
    steps = what_next.steps(refusal, replies.survey_named(code=code, link=link))
    return say_when(
        reply(refusal.code, refusal.message, refusal.status, keep=refusal.keep, steps=steps), refusal
    )


def _body() -> dict[str, object]:
    """The request as JSON. Raises Malformed, or 415 for another content type."""
    if request.mimetype != "application/json":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = json.loads(request.get_data(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(body, dict) or not _FIELDS.issuperset(body):
        raise Malformed
    return body


def _answers(body: Mapping[str, object]) -> Mapping[str, object]:
    answers = body.get("answers")
    if not isinstance(answers, Mapping):
        raise Malformed
    return answers


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Malformed
    return value or ""


def _channel(body: Mapping[str, object]) -> Channel:
    """The channel, if the caller may use it: without a staff session only a household's own phone."""
    try:
        channel = Channel(_text(body, "channel"))
    except ValueError as error:
        raise Malformed from error
    match channel.mode:
        case Mode.SELF:
            return channel
        case Mode.HELPED:
            person = access.current_identity()
            if person is not None and person.role in access.ASSIST:
                return channel
            raise ChannelNotAllowed
        case Mode.KEYED:
            raise ChannelNotAllowed  # paper is keyed on its own page
        case _ as unknown:
            assert_never(unknown)


def _door(body: Mapping[str, object], channel: Channel, now: datetime) -> Door:
    code, link = _text(body, "code"), _text(body, "link")
    if bool(code) == bool(link):
        raise Malformed
    ticket = _text(body, "ticket")
    door = guarded_slip_door(code, now, ticket=ticket) if code else queries.link_door(db.session(), link)
    person = None if channel.mode is Mode.SELF else access.current_identity()
    if person is not None and not person.covers(door.survey.unit.path):
        raise ChannelNotAllowed
    return door


def _submission_id(body: Mapping[str, object]) -> str:
    try:
        given = uuid.UUID(_text(body, "submission_id"))
    except ValueError as error:
        raise Malformed from error
    if given.version != 4:
        raise Malformed
    return str(given)
