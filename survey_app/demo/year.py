"""At which step each commune of the sample province is: some at every one, so that the first look is at a real year."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey_app.access import Identity, Role
from survey_app.authoring import queries as instruments
from survey_app.campaigns import appraisals, opening
from survey_app.campaigns.deadlines import DueStep
from survey_app.demo import accounts, sample
from survey_app.demo.sample import Scale
from survey_app.fieldwork import operations
from survey_app.keys import KeyStore
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: Of these every one waits for something else than the others: signatures, notices, services.
_UNSIGNED_EVERY, _POSTED_EVERY, _SERVICES_EVERY = 5, 2, 3
#: Appraised in the sample: some accepted, and then every fourth sent back.
_APPRAISED = 12
_WHY = "Dữ liệu mẫu: không có giấy để đối chiếu."


@dataclass(frozen=True, slots=True)
class Steps:
    """The communes at each step. Who is nowhere has its households and no survey."""

    sealed: Sequence[UnitView]
    open: Sequence[UnitView]
    counting: Sequence[UnitView]
    printed: Sequence[UnitView]
    published: Sequence[UnitView]
    asked_front: Sequence[UnitView]
    not_submitted: Sequence[UnitView]
    no_households: Sequence[UnitView]


def steps(communes: Sequence[UnitView], scale: Scale) -> Steps:
    """Which rural commune is at which step, the same in every sample; two are for visitors and are in none."""
    apart = {sample.UNTOUCHED, sample.OPEN_COMMUNE}
    chosen = [one for one in communes if one.kind == "xa" and one.code not in apart]
    random.Random(sample.SEED).shuffle(chosen)
    parts, begun = [], 0
    for size in (
        *(scale.sealed, scale.open, scale.counting, scale.printed),
        *(scale.published, scale.asked_front, scale.not_submitted, scale.no_households),
    ):
        parts.append(tuple(chosen[begun : begun + size]))
        begun += size
    return Steps(*parts)


def load(
    session: Session, province: UnitView, where: Steps, front: Identity, now: datetime, keys: KeyStore
) -> None:
    """Surveys at every step, the campaign that asks for them, and what the Front of the province said so far."""
    long_ago = now - timedelta(days=60)
    for index, commune in enumerate(where.sealed):
        _sealed(session, commune, index, now, keys)
    for index, commune in enumerate(where.open):
        accounts.signers(session, commune, long_ago, has_come=long_ago + timedelta(days=index % 9))
        sample.open_survey(
            session, commune, now, keys, since=2 + index % 9, answering=0.15 + 0.04 * (index % 20)
        )
    for index, commune in enumerate(where.counting):
        accounts.signers(session, commune, long_ago, has_come=long_ago)
        sample.counted_survey(session, commune, index, now, keys)
    for place, those in enumerate((where.printed, where.published)):
        for index, commune in enumerate(those):
            accounts.signers(session, commune, long_ago, has_come=long_ago + timedelta(days=9))
            sample.coming_survey(session, commune, index, now, keys, is_printed=place == 0)
    drafted = (*where.asked_front, *where.not_submitted, *where.no_households)
    officers = {
        commune.id: accounts.signers(
            session, commune, long_ago, has_come=None if commune in where.no_households else long_ago
        )[0]
        for commune in drafted
    }
    numbers = _campaign(session, province, where, front, now)
    for commune in where.asked_front:
        sample.ask_front(session, numbers[commune.id], officers[commune.id], now - timedelta(days=4))
    operations.copy_progress(session, now)


def appraise(session: Session, numbers: Sequence[str], front: Identity, now: datetime) -> None:
    """What the Front of the province has said of the first signed results."""
    for index, number in enumerate(numbers[:_APPRAISED]):
        is_accepted = index % 4 != 3
        reason = _WHY if is_accepted else "Dữ liệu mẫu: đề nghị bổ sung biên bản các thôn."
        appraisals.decide(
            session,
            number,
            is_accepted=is_accepted,
            reason=reason,
            seen=0,
            by=front,
            now=now - timedelta(days=1),
        )


def _sealed(session: Session, commune: UnitView, index: int, now: datetime, keys: KeyStore) -> None:
    long_ago = now - timedelta(days=60 - index % 15)
    number = sample.sealed_survey(session, commune, index, now, keys)
    people = accounts.signers(session, commune, long_ago, has_come=long_ago)
    if index % _UNSIGNED_EVERY != _UNSIGNED_EVERY - 1:
        sample.sign_result(session, number, people)
        if index % _POSTED_EVERY:
            sample.post_result(session, number, now)
    if index % _SERVICES_EVERY:
        sample.tick_services(session, commune, now)


def _campaign(
    session: Session, province: UnitView, where: Steps, front: Identity, now: datetime
) -> Mapping[int, str]:
    """One campaign for all of them, opened two months ago; the survey of each commune by its id."""
    today = units.civil(now)
    opens, closes = today - timedelta(days=50), today + timedelta(days=20)
    days = {
        DueStep.HOUSEHOLDS: today - timedelta(days=12),
        DueStep.APPROVED: today - timedelta(days=3),
        DueStep.PRINTED: today + timedelta(days=1),
        DueStep.SEALED: today + timedelta(days=1),
        DueStep.SIGNED: today + timedelta(days=2),
        DueStep.POSTED: today + timedelta(days=3),
    }
    plan = opening.CampaignOpening(
        title="Kế hoạch lấy ý kiến (mẫu)",
        plan_number="01/KH-MẪU",
        plan_date=opens,
        goal_percent=None,
        aim="Đây là đợt lấy ý kiến mẫu để xem thử.",
        contact="Ủy ban MTTQ tỉnh (số mẫu), 0269 000 000",
        opens_on=opens,
        closes_on=closes,
        rehearsal=None,
        deadlines=days,
    )
    form = instruments.latest_frozen(session, sample.INSTRUMENT).id
    session.flush()  # the campaign reads the surveys that are there
    members = [
        commune
        for those in (
            *(where.sealed, where.open, where.counting, where.printed, where.published),
            *(where.asked_front, where.not_submitted, where.no_households),
        )
        for commune in those
    ]
    number = opening.open_campaign(
        session,
        province,
        plan,
        {commune.id: opening.Aim("xa-nang-cao", form) for commune in members},
        by=front,
        now=now - timedelta(days=55),
    )
    session.flush()  # its members are read back
    return opening.surveys_of(session, number)


def front_of(province: UnitView, user_id: int) -> Identity:
    """The Front officer of the sample province."""
    return Identity(user_id, "Mặt trận tỉnh (mẫu)", Role.FRONT_PROVINCE, province.id, province.path)
