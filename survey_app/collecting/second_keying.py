"""Double entry: one paper slip in ten, or each, is keyed again by another person, who never sees what is stored.

Which slips follows from the survey's pepper and the leaves alone: who keyed first could not foresee it, and it can
be drawn again. What is kept says that a slip agrees or not, never who keyed it again or when. Nothing here changes an
answer, and nothing gives one out: the stored answer is compared and dropped. A drawn slip is found by its own code.
"""

import hmac
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import audit, db
from survey_app.access import Identity
from survey_app.collecting import leaves, paper, stored
from survey_app.collecting.models import PaperKeyer, Response, SecondKeyingRow
from survey_app.errors import DomainError
from survey_app.fieldwork import codes, frames
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.models import TAKING_ANSWERS, Channel, Medium, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.questions.reading import Value
from survey_app.scoring import keying, samples
from survey_app.scoring.keying import SecondKeying
from survey_app.units.queries import UnitView

#: Keeps this use of the pepper apart from the digests of codes, which begin with a survey number and a zero byte.
_LABEL = b"second-keying"


class NotDrawn(DomainError):
    """No drawn slip of this survey has that code, or that receipt."""

    code = "khong-boc-tham"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__(
            _(
                "No slip drawn here has this code. Only the slips listed below are keyed again; the list may have "
                "changed since you opened the page, because further slips were keyed."
            )
        )


class KeyedHere(DomainError):
    """Who keyed paper of a village does not check that village."""

    code = "nguoi-da-nhap"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            _("You have keyed paper slips of this village, so another person has to key its slips again.")
        )


class KeyedAgain(DomainError):
    """Each drawn slip is keyed again once."""

    code = "da-nhap-lai"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Another keying of this slip came first and is kept; nothing is lost. Take the next one of the list."
            )
        )


class KeyedAgainNow(DomainError):
    """Somebody else keys this slip again at this moment."""

    code = "dang-nhap-lai"

    def __init__(self) -> None:
        super().__init__(_("Somebody else has just keyed this slip again. Take the next one of the list."))


class NotKeyedNow(DomainError):
    """Slips are keyed again while paper is taken, and not after the seal."""

    code = "khong-nhap-lai-luc-nay"

    def __init__(self) -> None:
        super().__init__(_("This survey does not take paper slips now, so none can be keyed again."))


@dataclass(frozen=True, slots=True)
class VillageDraw:
    """The slips of one village that wait to be keyed again; `waiting` is empty for the one who keyed paper there."""

    unit_name: str
    keyed_by_reader: bool
    #: How each is found: the end of its code, or the receipt written on it, in an order that says nothing.
    waiting: tuple[str, ...]


def waiting(session: Session, survey: SurveyView, user_id: int, keys: KeyStore) -> tuple[VillageDraw, ...]:
    """Every village with drawn slips not keyed again yet. Raises KeyMissing; empty while no paper is taken."""
    if not survey.takes_paper:
        return ()
    own, done = _keyed_by(session, survey.id, user_id), _checked(session, survey.id)
    found = []
    by_village = _paper_leaves(session, survey.id)
    for line in frames.frame(session, survey.id):
        drawn = _drawn(keys, survey, by_village.get(line.unit.id, ())) - done
        if drawn:
            keyed_here = line.unit.id in own
            slips = () if keyed_here else tuple(sorted(found_by(session, survey, drawn, keys).values()))
            found.append(VillageDraw(line.unit.full_name, keyed_here, slips))
    return tuple(found)


def found_by(
    session: Session, survey: SurveyView, drawn: Collection[str], keys: KeyStore
) -> Mapping[str, str]:
    """How the paper slip of each of these leaves is found: by the end of its code, or by the receipt written on it.

    Raises KeyMissing.
    """
    printed = paper.codes_of(session, survey, drawn, keys)
    return {
        leaf: f"…{codes.ending(printed[leaf])}" if leaf in printed else leaves.receipt(survey.id, leaf)
        for leaf in drawn
    }


def compare(
    session: Session,
    survey: SurveyView,
    leaf: str,
    answers: Mapping[str, Value],
    *,
    actor: str,
    now: datetime,
) -> DomainError | None:
    """Compare a second keying with what is stored and keep whether they agree; says nothing of the outcome.

    Gives why nothing is kept: another person's came first, or the answer was annulled with its village meanwhile.
    """
    row = session.scalar(select(Response).where(Response.survey_id == survey.id, Response.leaf == leaf))
    if row is None:
        return NotDrawn()
    first = stored.values(survey.instrument, row.answers)
    differs = keying.differs(keying.keyed_again(survey.instrument), first, answers)
    kept = {"survey_id": survey.id, "leaf": leaf, "unit_id": row.unit_id, "differs": differs}
    if not db.insert_if_new(session, SecondKeyingRow, kept):
        return KeyedAgain()
    code = village(session, survey.id, row.unit_id).code
    audit.record(session, actor, "collecting.second_keying", f"survey:{survey.id}", at=now, village=code)
    return None


def village(session: Session, survey_id: str, unit_id: int) -> UnitView:
    """A village of the frame, as it is called in the survey."""
    return next(line.unit for line in frames.frame(session, survey_id) if line.unit.id == unit_id)


def drawn_answer(
    session: Session, survey: SurveyView, typed: str, *, by: Identity, keys: KeyStore
) -> Response:
    """The drawn answer of the slip whose code was typed, or whose receipt, which this person may key again.

    Raises the refusals of this module, MistypedCode, KeyMissing. What it holds is for comparing alone.
    """
    own, checked = _keyed_by(session, survey.id, by.user_id), _checked(session, survey.id)
    by_village = _paper_leaves(session, survey.id)
    refusal: type[DomainError] = NotDrawn
    for row in _paper_answers(session, survey, typed, keys):
        if row.unit_id in own:
            refusal = KeyedHere
        elif row.leaf in checked:
            refusal = KeyedAgain
        elif row.leaf in _drawn(keys, survey, by_village[row.unit_id]):
            return row
    raise refusal


def findings(
    session: Session, survey: SurveyView, paper: Mapping[int, int] | None = None
) -> tuple[SecondKeying, ...]:
    """What keying again found in each village of the frame; `paper` counts paper answers, by village id."""
    rows = session.execute(
        select(SecondKeyingRow.unit_id, SecondKeyingRow.differs, func.count())
        .where(SecondKeyingRow.survey_id == survey.id)
        .group_by(SecondKeyingRow.unit_id, SecondKeyingRow.differs)
    )
    counts = {(unit_id, differs): count for unit_id, differs, count in rows}
    return tuple(
        SecondKeying(
            unit=line.unit.code,
            checked=counts.get((line.unit.id, True), 0) + counts.get((line.unit.id, False), 0),
            differing=counts.get((line.unit.id, True), 0),
            paper=None if paper is None else paper.get(line.unit.id, 0),
            one_in=survey.keyed_again_one_in,
        )
        for line in frames.frame(session, survey.id)
    )


def require_open(session: Session, survey_id: str) -> None:
    """Raise NotKeyedNow unless paper is taken; hold the survey in that state until this is committed."""
    held = db.shared(select(Survey.state).where(Survey.id == survey_id))
    if session.scalar(held) not in TAKING_ANSWERS:
        raise NotKeyedNow


def _paper_answers(session: Session, survey: SurveyView, typed: str, keys: KeyStore) -> Sequence[Response]:
    """The paper answer of a typed code; of a receipt mostly one, and two where two share it. Maybe empty."""
    found = select(Response).where(
        Response.survey_id == survey.id, Response.channel.in_(Channel.on(Medium.PAPER))
    )
    try:
        leaf = paper.leaf_of(session, survey, codes.normalise(typed, survey.id), keys)
    except MistypedCode:
        receipt = leaves.read_receipt(typed, survey.id)
        if receipt is None:
            raise
        if receipt.survey_id != survey.id:
            return ()
        found = found.where(Response.leaf.between(receipt.first, receipt.last))
    else:
        found = found.where(Response.leaf == leaf)
    return session.scalars(found.order_by(Response.leaf)).all()


def _drawn(keys: KeyStore, survey: SurveyView, of_village: Sequence[str]) -> frozenset[str]:
    """The drawn ones among a village's paper leaves."""
    key = hmac.digest(keys.pepper(survey.id, survey.pepper_mark), _LABEL, sha256)
    return frozenset(
        samples.draw(key, of_village, keying.sample_size(len(of_village), survey.keyed_again_one_in))
    )


def _paper_leaves(session: Session, survey_id: str) -> dict[int, list[str]]:
    rows = session.execute(
        select(Response.unit_id, Response.leaf)
        .where(Response.survey_id == survey_id, Response.channel.in_(Channel.on(Medium.PAPER)))
        .order_by(Response.leaf)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for unit_id, leaf in rows:
        found[unit_id].append(leaf)
    return found


def _checked(session: Session, survey_id: str) -> frozenset[str]:
    mine = select(SecondKeyingRow.leaf).where(SecondKeyingRow.survey_id == survey_id)
    return frozenset(session.scalars(mine))


def _keyed_by(session: Session, survey_id: str, user_id: int) -> frozenset[int]:
    """Ids of the villages whose paper this person has keyed."""
    mine = select(PaperKeyer.unit_id).where(PaperKeyer.survey_id == survey_id, PaperKeyer.user_id == user_id)
    return frozenset(session.scalars(mine))
