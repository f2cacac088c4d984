"""The kit of a village: what is said, sent, hung up and handed out so that every household knows of the consultation.

Always in Vietnamese, and a sample that the Front looks at before use; every paper and text says so. One function makes
one paper. Knows no code and nobody's name: the slip of appointment is for a household that was away, whichever it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import render_template

from survey_app import drawing, files
from survey_app.config import Settings
from survey_app.errors import DomainError
from survey_app.fieldwork import way_in
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.meetings import MeetingView
from survey_app.fieldwork.models import BEFORE_THE_END
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.printing import reach, reading_script, spoken
from survey_app.templating import clock, day, long_day

#: Slips of appointment on one sheet.
_ON_A_SHEET = 4


class KitTooLate(DomainError):
    """The papers call people to a survey that takes no answers by phone any more."""

    code = "het-han-bo-tai-lieu"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _("The village's kit can be used once the survey is published and until its phones close.")
        )


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text for the loudspeaker, and how long it takes to read."""

    text: str

    @property
    def words(self) -> int:
        return spoken.words(self.text)

    @property
    def seconds(self) -> int:
        return spoken.seconds(self.text)


@dataclass(frozen=True, slots=True)
class Appointment:
    """Where and when households that were away answer, in words; empty is written in by hand."""

    place: str = ""
    time: str = ""


def require_in_time(survey: SurveyView) -> None:
    """Raises KitTooLate unless people can still be called to answer by phone or on paper."""
    if survey.state not in BEFORE_THE_END:
        raise KitTooLate


def at_meeting(meeting: MeetingView | None) -> Appointment:
    """The appointment at a meeting of the village, where one is announced."""
    if meeting is None:
        return Appointment()
    with force_locale("vi"):
        when = _("%(clock)s, %(day)s", clock=clock(meeting.starts_at), day=long_day(meeting.on))
    return Appointment(meeting.place, when)


def loudspeaker(survey: SurveyView, line: FrameLine) -> Spoken:
    """What the village's loudspeaker says, about a minute where names are short; a paragraph a sentence."""
    with force_locale("vi"):
        said = (
            _("TRIAL – does not count") + "." if survey.rehearsal else "",
            _("Dear people of %(village)s, here is an announcement of the Fatherland Front of %(commune)s.",
              village=line.unit.running_name, commune=survey.unit.running_name),
            _("From %(first)s to the end of %(last)s the Front asks every household whether it is satisfied with "
              "the results of new rural development.", first=_said(survey.first_day), last=_said(survey.last_day)),
            _("Each household draws one folded slip without a name; nobody knows which slip is whose."),
            _("Scan the QR inside the slip, or mark the paper slip with an X and put it into the box. "
              "Where you are not sure, leave the question empty."),
            _("The Front asks for no money, no account and no password. Anybody who does is a fraud."),
            _("Questions? Please call %(contact)s.", contact=survey.whom_to_call) if survey.whom_to_call else "",
            _("Thank you."),
        )  # fmt: skip
    return Spoken("\n".join(filter(None, said)))


def zalo(survey: SurveyView, line: FrameLine, settings: Settings) -> str:
    """What is pasted into the village's group. Raises LeadsNowhere."""
    reach.require(survey, settings)
    with force_locale("vi"):
        lines = (
            _("TRIAL – does not count") if survey.rehearsal else "",
            _("The Fatherland Front of %(commune)s asks every household whether it is satisfied with the results of "
              "new rural development.", commune=survey.unit.running_name),
            _("%(village)s answers from %(first)s to the end of %(last)s. One slip for each household, no name.",
              village=line.unit.full_name, first=day(survey.first_day), last=day(survey.last_day)),
            _("– By phone: scan the QR of your household's slip, or open %(address)s and type the code of the slip.",
              address=way_in.door(survey, settings.public_url).qr),
            _("– On paper: mark the slip with an X, fold it, put it into the box."),
            _("Do not post a picture or the code of a slip in the group: anybody who has it can answer in your place."),
            _("Nobody asks your name, identity number, bank account or OTP. Nobody asks for money or has you install "
              "an app."),
            _("Questions? Please call %(contact)s.", contact=survey.whom_to_call) if survey.whom_to_call else "",
        )  # fmt: skip
    return "\n".join(filter(None, lines))


def loudspeaker_pdf(survey: SurveyView, line: FrameLine, settings: Settings) -> bytes:
    """The text of the loudspeaker on one page."""
    return _pdf("loudspeaker", survey, line, settings, spoken=loudspeaker(survey, line))


def guide_pdf(survey: SurveyView, line: FrameLine, settings: Settings) -> bytes:
    """What a village head and the Front working committee do, on one page."""
    return _pdf("guide", survey, line, settings)


def genuine_pdf(survey: SurveyView, line: FrameLine, settings: Settings) -> bytes:
    """The Front's notice that the QR is genuine, with its line for a stamp. Raises LeadsNowhere."""
    reach.require(survey, settings)
    leads_to = way_in.door(survey, settings.public_url)
    host = settings.public_url.partition("://")[2]
    return _pdf(
        "genuine",
        survey,
        line,
        settings,
        qr=drawing.data_uri(drawing.qr_svg(leads_to.qr)),
        typed=leads_to.typed,
        host=host,
        host_points=round(min(26.0, 480 / (0.64 * len(host))), 1),
    )


def appointments_pdf(
    survey: SurveyView, line: FrameLine, settings: Settings, appointment: Appointment = Appointment()
) -> bytes:
    """A sheet of slips of appointment for households that were away: when and where to answer, and no name."""
    return _pdf("appointments", survey, line, settings, appointment=appointment, copies=range(_ON_A_SHEET))


def box_pdf(
    survey: SurveyView, line: FrameLine, settings: Settings, appointment: Appointment = Appointment()
) -> bytes:
    """What is stuck on the box for slips, which also serves households that were away."""
    return _pdf("box", survey, line, settings, appointment=appointment)


#: Papers of one village by what its addresses and files call them, in the order of use.
PAPERS: dict[str, Callable[[SurveyView, FrameLine, Settings], bytes]] = {
    "loi-phat-thanh": loudspeaker_pdf,
    "huong-dan-truong-thon": guide_pdf,
    "thong-bao-ma-QR-that": genuine_pdf,
    "phieu-hen": appointments_pdf,
    "nhan-thung-phieu": box_pdf,
}


def village_papers(survey: SurveyView, line: FrameLine, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every paper of one village with the stem of its file. Raises LeadsNowhere, KitTooLate."""
    require_in_time(survey)
    for name, draw in PAPERS.items():
        yield name, draw(survey, line, settings)


def commune_papers(survey: SurveyView) -> Iterator[tuple[str, bytes]]:
    """The reading script in every language of the form, with the stem of its file: alike in every village."""
    require_in_time(survey)
    for language in survey.instrument.languages:
        yield f"loi-doc-{language}", reading_script.pdf(survey, language)


def _pdf(paper: str, survey: SurveyView, line: FrameLine, settings: Settings, **more: object) -> bytes:
    require_in_time(survey)
    with force_locale("vi"):
        page = render_template(
            f"printing/print/kit/{paper}.html", survey=survey, line=line, settings=settings, **more
        )
    return files.pdf(page)


def _said(on: date) -> str:
    """A day as it is said, without its year."""
    return _("day %(day)s of month %(month)s", day=on.day, month=on.month)
