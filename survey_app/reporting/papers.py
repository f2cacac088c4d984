"""The papers that carry a sealed result, as figures: minutes, table of the commune, and notices.

Minutes and table hold exact counts of villages and are for those who sign and file them; a notice is for everybody
and shows what the public page shows. Both come out of `results.disclosed`, each for its audience. There is no
paper of a result that is not sealed, or that was cancelled. `printing` lays them out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.approvals import requests as approvals
from survey_app.approvals.approval import ApprovalView
from survey_app.collecting.models import KeyingWay
from survey_app.criteria.frameworks import Framework
from survey_app.errors import DomainError
from survey_app.fieldwork import acts, frames, meetings
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.models import WITH_SEAL, Channel, Medium, Purpose, State, answers_on
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.quality import back_checks, reconciliation
from survey_app.quality.reconciliation import VillageSlips
from survey_app.reporting import house_style
from survey_app.reporting.house_style import HouseStyle
from survey_app.results import disclosed, open_points, pledges, verdicts
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.open_points import Over
from survey_app.results.verdicts import Judged
from survey_app.rulebooks import pins
from survey_app.rulebooks.pins import NamedBook, PinnedBook
from survey_app.rulebooks.queries import FrameworkNotFound
from survey_app.scoring import disclosure, rates, scorecards
from survey_app.scoring.back_check import Contradiction
from survey_app.scoring.disclosure import Audience, DisclosedVillage
from survey_app.scoring.paradata import Mode
from survey_app.scoring.rates import Rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.sealing import queries as results
from survey_app.sealing import signatures
from survey_app.units.queries import UnitView

#: Items side by side in one block of the commune's table; more would be too small to read on A4.
_ITEMS_ACROSS = 10


class ResultAnnulled(DomainError):
    """A result that counts for nothing gets no papers; its record stays in the system."""

    code = "ket-qua-da-huy"

    def __init__(self) -> None:
        super().__init__(
            _("This survey was cancelled: its result counts for nothing, so no paper is made of it.")
        )


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village, or the sum of all: what became of its slips, and what they said."""

    name: str
    made: int
    batches_voided: int
    #: From the receipt list, as `comparison` reads it; None where it has not been entered.
    issued: int | None
    handed_out: int | None
    returned: int | None
    card: Scorecard

    @property
    def phone(self) -> int:
        """Answers by phone, helped or not."""
        return answers_on(Medium.PHONE, self.card.channels)

    @property
    def paper(self) -> int:
        """Answers on paper."""
        return answers_on(Medium.PAPER, self.card.channels)

    @property
    def helped(self) -> int:
        """Answers through a helper's phone."""
        return sum(
            count for channel, count in self.card.channels.items() if Channel(channel).mode is Mode.HELPED
        )

    def item(self, key: str) -> Rate | None:
        """Satisfied with one item, of the valid slips; the closing item too."""
        tally = self.card.tally
        asked = (*tally.items, *((tally.closing,) if tally.closing else ()))
        return next((rates.item_rate(item, tally.valid) for item in asked if item.key == key), None)


@dataclass(frozen=True, slots=True)
class Column:
    """An item of the commune's table by its place in the form; the closing item has none."""

    key: str
    place: int | None
    text: str


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A meeting whose households present were counted, and how many slips of its village were keyed as of a meeting."""

    village: str
    meeting: MeetingView
    slips: int


@dataclass(frozen=True, slots=True)
class Exact:
    """What minutes and commune table show. Exact counts of villages: who makes one notes it."""

    result: DisclosedResult
    villages: tuple[VillageLine, ...]
    total: VillageLine
    #: Meetings from which slips came, in the order in which they began.
    meetings: tuple[HeldMeeting, ...]
    #: What two bodies decided on this survey and its result, oldest first; what was refused is not carried out.
    approved: tuple[ApprovalView, ...]
    #: The rule book that the survey pinned when it was published, whatever the year is reported against today.
    framework: Framework
    book: NamedBook
    #: Verdicts by that rule book, where this survey speaks for the unit and year; a rehearsal or one in whose place
    #: another speaks meets nothing and misses nothing.
    judged: Judged | None
    #: What was open when it was signed all the same.
    signed_over: tuple[Over, ...]
    #: What the back-check puts beside them; None where it contradicts nothing.
    contradiction: Contradiction | None
    #: How the province's Front heads, numbers and closes its papers.
    style: HouseStyle
    #: Households that were away, as the heads of villages said; None where none did.
    absent: int | None
    #: Paper slips that came although their household had answered by phone.
    by_phone: int
    #: Paper slips by the way they were keyed.
    ways: Mapping[KeyingWay, int]

    @property
    def survey(self) -> SurveyView:
        return self.result.survey

    @property
    def lines(self) -> tuple[VillageLine, ...]:
        """The villages by name, and their sum last."""
        return (*self.villages, self.total)

    @property
    def is_signed(self) -> bool:
        """Whether both bodies have signed in the system."""
        return any(found.act == signatures.ACT for found in self.approved)

    @property
    def is_signed_without_commune(self) -> bool:
        """Whether the commune's Front and the province's signed it, because the commune was silent or refused."""
        return any(found.act == signatures.ACT and found.is_without_second for found in self.approved)

    @property
    def is_published_by_two(self) -> bool:
        """Whether two bodies agreed on publishing; else the operator of the server did it by command."""
        return any(found.act == Act.PUBLISH for found in self.approved)

    @property
    def blocks(self) -> tuple[tuple[Column, ...], ...]:
        """The items, closing item last, in blocks that fit side by side."""
        columns = _columns(self.survey)
        return tuple(
            columns[start : start + _ITEMS_ACROSS] for start in range(0, len(columns), _ITEMS_ACROSS)
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """The result as everybody may see it; `village` is whose notice it is, None for the commune's."""

    result: DisclosedResult
    village: DisclosedVillage | None
    style: HouseStyle
    #: What the commune says it will do; "" while it wrote nothing.
    pledge: str
    #: The verdicts on the commune as everybody may read them; a village has none of its own.
    judged: Judged | None
    #: Satisfied answers of all answers of this village, where its notice gives them by number.
    counted: Rate | None = None

    @property
    def place(self) -> str:
        """Where it is to hang."""
        if self.village is None:
            return self.result.survey.unit.full_name
        return self.result.names[self.village.unit]


def exact(session: Session, survey_id: str) -> Exact:
    """Raises SurveyNotFound, NotSealed, ResultAnnulled."""
    result = disclosed.result(session, require_sealed(session, survey_id).id, Audience.EXACT)
    compared = reconciliation.of_survey(session, survey_id)
    slips = compared.villages
    cards = {one.unit: one.exact for one in result.commune.villages if one.exact}
    lines = tuple(_line(village, cards[village.village.line.unit.code]) for village in slips)
    book = _pinned(session, result.survey)
    subject = acts.subject(survey_id)
    return Exact(
        result=result,
        villages=lines,
        total=_total(result, lines),
        meetings=tuple(
            _meeting(village, cards[village.village.line.unit.code], held)
            for held in meetings.counted(session, survey_id)
            for village in slips
            if village.village.line.unit.id == held.unit_id
        ),
        approved=tuple(
            done for done in approvals.approvals_of(session, subject) if done.decision == "approved"
        ),
        framework=book.framework,
        book=NamedBook(book.framework.title, book.framework.version, book.pin.is_chosen),
        judged=verdicts.of_survey(session, result.survey, Audience.EXACT),
        signed_over=open_points.signed_over(session, survey_id),
        contradiction=back_checks.contradictions(session, [survey_id]).get(survey_id),
        style=house_style.style_of(session, result.survey.unit),
        absent=sum(compared.absent.values()) if compared.absent else None,
        by_phone=sum(compared.by_phone.values()),
        ways=compared.ways,
    )


def notice(session: Session, survey_id: str, village_code: str | None = None) -> Notice:
    """The commune's notice, or a village's. Raises SurveyNotFound, NotSealed, ResultAnnulled."""
    result = disclosed.result(session, require_sealed(session, survey_id).id, Audience.PUBLIC)
    style = house_style.style_of(session, result.survey.unit)
    pledge = pledges.text_of(session, survey_id)
    judged = verdicts.of_survey(session, result.survey, Audience.PUBLIC)
    if village_code is None:
        return Notice(result, None, style, pledge, judged)
    village = next((one for one in result.commune.villages if one.unit == village_code), None)
    if village is None:
        raise surveys.SurveyNotFound
    return Notice(result, village, style, pledge, judged, _counted(session, result).get(village.unit))


def notices(session: Session, survey_id: str) -> tuple[Notice, ...]:
    """The notice of every village, in the order of the list. Raises what `notice` does."""
    result = disclosed.result(session, require_sealed(session, survey_id).id, Audience.PUBLIC)
    style = house_style.style_of(session, result.survey.unit)
    pledge = pledges.text_of(session, survey_id)
    judged, counted = verdicts.of_survey(session, result.survey, Audience.PUBLIC), _counted(session, result)
    return tuple(
        Notice(result, village, style, pledge, judged, counted.get(village.unit))
        for village in result.commune.villages
    )


def require_sealed(session: Session, survey_id: str) -> SurveyView:
    """The decision survey, if its result counts. Raises SurveyNotFound, NotSealed, ResultAnnulled."""
    survey = surveys.survey(session, survey_id)
    if survey.purpose is not Purpose.DECISION:
        raise surveys.SurveyNotFound
    if survey.state is State.ANNULLED:
        raise ResultAnnulled
    if survey.state not in WITH_SEAL:
        raise results.NotSealed(survey)
    return survey


def villages(session: Session, survey_id: str) -> tuple[UnitView, ...]:
    """Villages that get a notice of their own."""
    return tuple(line.unit for line in frames.frame(session, survey_id))


def _counted(session: Session, result: DisclosedResult) -> Mapping[str, Rate]:
    """What notices of villages give by number: nothing, unless the survey pinned that they do."""
    if result.survey.notices is None:
        return {}
    exact = results.scorecard(session, result.survey.id)
    return disclosure.tell_on_notices(exact.commune, exact.villages)


def _meeting(village: VillageSlips, card: Scorecard, held: MeetingView) -> HeldMeeting:
    slips = sum(count for channel, count in card.channels.items() if Channel(channel).is_of_meeting)
    return HeldMeeting(village.village.line.unit.full_name, held, slips)


def _line(slips: VillageSlips, card: Scorecard) -> VillageLine:
    receipts = slips.village.receipts
    return VillageLine(
        name=slips.village.line.unit.full_name,
        made=slips.made,
        batches_voided=slips.voided,
        issued=receipts.issued if receipts else None,
        handed_out=receipts.ticked if receipts else None,
        returned=receipts.returned if receipts else None,
        card=card,
    )


def _total(result: DisclosedResult, lines: Sequence[VillageLine]) -> VillageLine:
    """The sum of the villages; a total of receipt lists only when every list is there."""
    return VillageLine(
        name=result.survey.unit.full_name,
        made=sum(line.made for line in lines),
        batches_voided=sum(line.batches_voided for line in lines),
        issued=_sum(line.issued for line in lines),
        handed_out=_sum(line.handed_out for line in lines),
        returned=_sum(line.returned for line in lines),
        card=scorecards.roll_up(result.commune.unit, (line.card for line in lines)),
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    known = tuple(counts)
    return None if None in known else sum(count for count in known if count is not None)


def _columns(survey: SurveyView) -> tuple[Column, ...]:
    form = survey.instrument
    items = tuple(
        Column(question.key, place, question.text["vi"]) for place, question in enumerate(form.scored, 1)
    )
    closing = form.closing
    return (*items, Column(closing.key, None, closing.text["vi"])) if closing else items


def _pinned(session: Session, survey: SurveyView) -> PinnedBook:
    """Raises FrameworkNotFound for a survey that pinned none, and PinnedBookMissing."""
    if survey.rulebook is None:
        raise FrameworkNotFound(_("Survey %(number)s has pinned no rule book.", number=survey.id))
    return pins.pinned(session, survey.rulebook)
