"""Ending a survey for good: check, count once, move the answers in random order, sign. And feedback figures.

Nothing here decides who may end a survey: the minute job comes when the announced time is over, the command
when the operator says so.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.collecting import held, held_again, networks, paper, scanned
from survey_app.collecting.models import (
    AnnulledResponse,
    PaperSlip,
    Response,
    SealedResponse,
    SecondKeyingRow,
    SpentCode,
    TenMinuteCounter,
)
from survey_app.errors import DomainError
from survey_app.fieldwork import answering, frames, names, rounds
from survey_app.fieldwork import operations as fieldwork
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import TAKING_ANSWERS, Channel, Medium, Progress, Purpose, SlipRow, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.scoring import keying, quartiles, tallies
from survey_app.sealing import at_sealing, counting, documents, queries, shuffling, texts
from survey_app.sealing.counting import Count
from survey_app.sealing.models import FeedbackFigure, Seal, TallyRow
from survey_app.units import queries as units


class NothingToSeal(DomainError):
    """Only a survey that is open or being counted can be sealed."""

    code = "khong-the-chot"

    def __init__(self, survey: SurveyView) -> None:
        super().__init__(
            _(
                "Survey %(survey)s is neither open nor being counted, so it cannot be sealed.",
                survey=survey.id,
            )
        )


class SealRefused(DomainError):
    """What is stored contradicts itself. Nothing was changed; an operator must look first."""

    code = "so-lieu-khong-khop"
    status = HTTPStatus.CONFLICT

    def __init__(self, survey: SurveyView, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            _(
                "Survey %(survey)s was not sealed, because what is stored does not agree: %(differences)s",
                survey=survey.id,
                differences="; ".join(differences),
            )
        )


def close_and_seal(session: Session, survey_id: str, *, actor: str, now: datetime, keys: KeyStore) -> str:
    """End phones and counting, count, move every answer and sign; the digest.

    One transaction of the caller's; `erasing.erase_owed` erases what it leaves on the disk, and the caller destroys the
    survey's network key once it is committed. Raises SurveyNotFound, NothingToSeal, and SealRefused with all
    differences, in which case nothing may be committed.
    """
    row = fieldwork.hold(session, survey_id)
    survey = surveys.survey(session, survey_id)
    if survey.state not in TAKING_ANSWERS:
        raise NothingToSeal(survey)
    row.phones_closed_at = row.phones_closed_at or now
    row.counting_ends_at = min(row.counting_ends_at or now, now)
    session.flush()  # what is signed says when the phones closed
    # First what is keyed again: slips stored after it would change which ones are drawn.
    held_again.compare_before_seal(session, survey_id, now=now, keys=keys)
    held.store_before_seal(session, survey_id, now=now, keys=keys)
    survey, frame = surveys.survey(session, survey_id), frames.frame(session, survey_id)
    codes = counting.unit_codes(survey, frame)
    answers = counting.raw_answers(session, Response, survey_id)
    set_aside = counting.raw_answers(session, AnnulledResponse, survey_id)
    count = counting.count(survey, codes, answers, set_aside)
    annulled = rounds.annulments(session, survey_id)
    differences = _differences(session, survey, codes, count, annulled)
    if differences:
        raise SealRefused(survey, differences)
    shuffling.move(session, Response, SealedResponse, survey_id)
    shuffling.move(session, SecondKeyingRow, SecondKeyingRow, survey_id)
    at_sealing.keep(session, survey, frame, answers)
    networks.forget(session, survey_id)
    scanned.forget_survey(session, survey_id)
    digest = _write_seal(session, survey, frame, count, annulled, actor=actor, now=now, keys=keys)
    on_paper = [answer.leaf for answer in answers if Channel(answer.channel).medium is Medium.PAPER]
    paper.keep_only(session, survey_id, keying.signers_draw(digest, on_paper))
    for table in (SlipRow, SpentCode, Progress, TenMinuteCounter, PaperSlip):
        shuffling.move(session, table, table, survey_id)
    row.state = State.SEALED
    row.revision += 1
    audit.record(
        session,
        actor,
        "results.seal",
        f"survey:{survey_id}",
        at=now,
        digest=digest,
        answers=len(count.leaves),
    )
    return digest


def refresh_feedback(session: Session, survey_id: str, *, now: datetime) -> bool:
    """Count an open feedback survey again, once a civil day and only after ten new answers; whether it did.

    Counts in full each time: a figure of the day is the count of the stored answers and nothing else.
    """
    survey = surveys.survey(session, survey_id)
    today = units.civil(now)
    newest = queries.newest_figure(session, survey_id)
    before = tallies.load(newest.tally).answered if newest else 0
    if (newest and newest.day >= today) or _stored(
        session, Response, survey_id
    ) < before + queries.FEEDBACK_STEP:
        return False
    answers = counting.raw_answers(session, Response, survey_id)
    count = counting.count(survey, counting.unit_codes(survey, ()), answers)
    total = tallies.add([tallies.empty(survey.instrument), *count.tallies.values()])
    figure = {
        **tallies.dump(total),
        "numbers": quartiles.dump(count.numbers),
        "texts": texts.handles(survey, answers),
    }
    if newest:
        # Which texts came on which day is nobody's business: the newest figure alone knows its own.
        newest.tally = {key: value for key, value in newest.tally.items() if key != "texts"}
    session.add(FeedbackFigure(survey_id=survey_id, day=today, tally=figure))
    return True


def _differences(
    session: Session,
    survey: SurveyView,
    codes: Mapping[int, str],
    count: Count,
    annulled: Sequence[AnnulmentView],
) -> list[str]:
    """Everything that contradicts itself, in words; empty when all agrees."""
    found = [_("answer %(id)s does not fit its own leaf", id=submission) for submission in count.broken]
    answered = {group: tally.answered for group, tally in count.tallies.items()}
    noted = {
        (unit, channel.value): n
        for (unit, channel), n in answering.answered_now(session, survey.id).items()
        if n
    }
    for unit_id, channel in sorted(answered.keys() | noted.keys()):
        stored, progress = answered.get((unit_id, channel), 0), noted.get((unit_id, channel), 0)
        if stored != progress:
            found.append(
                _(
                    "%(unit)s, %(channel)s: %(stored)d answers stored, %(progress)d counted while they came",
                    unit=codes.get(unit_id, str(unit_id)),
                    channel=channel,
                    stored=stored,
                    progress=progress,
                )
            )
    found += counting.other_annulled(count, codes, annulled)
    spent = _stored(session, SpentCode, survey.id)
    stored = len(count.leaves) + len(count.annulled_leaves)
    if survey.purpose is Purpose.DECISION and spent != stored:
        found.append(_("%(spent)d codes spent, %(stored)d answers stored", spent=spent, stored=stored))
    return found


def _write_seal(
    session: Session,
    survey: SurveyView,
    frame: Sequence[FrameLine],
    count: Count,
    annulled: Sequence[AnnulmentView],
    *,
    actor: str,
    now: datetime,
    keys: KeyStore,
) -> str:
    """Names, tallies and the seal over them; the digest."""
    salt = secrets.token_hex(32)
    material = documents.material(session, survey, frame, count, annulled)
    document = documents.build(material, salt=salt, sealed_at=now)
    digest = documents.digest(document, salt)
    names.keep(session, survey.id, [survey.unit, *(line.unit for line in material.frame)])
    for (unit_id, channel), tally in count.tallies.items():
        row = TallyRow(survey_id=survey.id, unit_id=unit_id, channel=channel, tally=tallies.dump(tally))
        session.add(row)
    # Flushed now: the triggers refuse names and tallies that come after the seal.
    session.flush()
    session.add(
        Seal(
            survey_id=survey.id,
            sealed_at=now,
            sealed_by=actor,
            document=document,
            salt=salt,
            digest=digest,
            signature=documents.sign(keys.signing_key(), digest),
        )
    )
    return digest


def _stored(session: Session, model: type[Response | SpentCode], survey_id: str) -> int:
    rows = select(func.count()).select_from(model).where(model.survey_id == survey_id)
    return session.scalars(rows).one()
