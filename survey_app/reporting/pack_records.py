"""The records in an evidence pack: its letter to the reader, and plan, frame, form, decisions, postings and acts.

Rows for `files.csv_rows`. Holds no answer, and no number of one: the list of receipts is public, and who knows an
answer's number could try what was answered until it fits.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.approvals import passed_over
from survey_app.approvals import requests as approvals
from survey_app.approvals.papers import ScanOutcome
from survey_app.approvals.parties import signed_as
from survey_app.audit import AuditEvent, act_name
from survey_app.fieldwork import acts, frames
from survey_app.fieldwork.queries import SurveyView
from survey_app.files import Cell
from survey_app.i18n import gettext as _
from survey_app.journal import queries as journal
from survey_app.quality import back_checks
from survey_app.quality.comparison_wording import contradicted
from survey_app.reporting import pack_figures
from survey_app.reporting.papers import Exact
from survey_app.results import posting_photos, postings, public_remarks
from survey_app.rulebooks import pins
from survey_app.rulebooks.wording import book_text
from survey_app.templating import day, moment, role_name

Row = Sequence[Cell]

#: A detail of acts that names an answer by its number.
_WITHHELD = "submission"


def readme(found: Exact, public_url: str, key: str, now: datetime) -> bytes:
    """What the pack holds, who may have it, and how to check it; plain text with the line ends of Windows."""
    survey = found.survey
    paragraphs = (
        _("EVIDENCE PACK – SURVEY %(number)s – %(unit)s", number=survey.id, unit=survey.unit.full_name),
        *((_("TRIAL – does not count"),) if survey.rehearsal else ()),
        _("Made at %(when)s from the sealed result.", when=moment(now)),
        _(
            "Digest of the sealed result: %(digest)s. Its first 20 letters are on the minutes.",
            digest=found.result.digest,
        ),
        _(
            "Signed with the server's key %(key)s; the whole key is in 05, and at %(address)s.",
            key=key,
            address=f"{public_url}/ket-qua/khoa",
        ),
        _("Public page: %(address)s", address=f"{public_url}/ket-qua/{survey.id}"),
        _("WHAT IT HOLDS"),
        _(
            "01 minutes of the count; 02 table of the commune; 03 minutes on the reconciliation of slips; "
            "04 notices of the commune and of the villages; 05 public set, which anybody can check; 06 plan; "
            "07 households of the villages; 08 wording of the form; 09 approvals and signatures; 10 postings; "
            "11 acts of the audit log on this survey; 12 replies of the back-check; 13 remarks of the public; "
            "14 conditions with verdict, rule and source; 15 households that answered and how; 16 balance of "
            "slips; 17 tallies; 18 minutes of the villages; 19 report; 20 tables 06 to 17 as one workbook; "
            "21 the slip as it is printed, without a code; 22 the poster."
        ),
        _(
            "00: the newest scan of each signed paper, and photos of notices; a sheet NOT SIGNED where the "
            "minutes have not come back."
        ),
        _("WHO MAY HAVE IT"),
        _(
            "01, 02, 03, 15, 17, 18 and 20 hold exact counts of villages. They are for those who sign, appraise "
            "and file them. Do not post or publish them: in a small village a single answer could be "
            "recognised. The notices and the public set may be given to everybody."
        ),
        _("WHAT IS NOT IN IT"),
        _(
            "The auditor's set with all answers is not in this pack. Who has it beside a person's receipt "
            "knows that person's answer, and a pack is copied and filed. Front and auditors fetch it from the "
            "page of the result under their own names, and every download is recorded."
        ),
        _(
            "Scans of decisions signed by hand are not in it either. 09 gives the SHA-256 of each, so that a scan "
            "can be compared with it."
        ),
        _("HOW TO CHECK IT"),
        _(
            "Open index.html in a browser, with or without a network, and drag the whole ZIP onto it: it "
            "names every file that was changed, added or taken out, and checks the signed figures. Of an "
            "unpacked pack choose all files. It sends nothing. MANIFEST.json holds a SHA-256 for each file, "
            "signed by the server; MANIFEST.sha256 holds the same for “sha256sum -c MANIFEST.sha256”. The 20 "
            "letters printed on the minutes that were signed by hand are what the signed figures are checked "
            "against."
        ),
    )
    return ("\ufeff" + "\r\n\r\n".join(paragraphs) + "\r\n").encode()


def tables(session: Session, exact: Exact, public_url: str) -> Iterator[tuple[str, str, Iterable[Row]]]:
    """Name of the file, name of the sheet and rows of every table."""
    survey = exact.survey
    yield "06-ke-hoach", _("Plan"), _plan(session, survey, public_url)
    yield "07-danh-sach-ho", _("Households"), _frame(session, survey)
    yield "08-mau-phieu", _("Form"), _form(survey)
    yield "09-phe-duyet-va-ky", _("Decisions"), decisions(session, survey)
    yield "10-niem-yet", _("Postings"), posted(session, survey)
    yield "11-nhat-ky", _("Audit log"), _acts(session, survey)
    yield "12-goi-lai", _("Back-check"), _back_check(session, survey)
    yield "13-phan-anh", _("Remarks"), _remarks(session, survey)
    yield "14-dieu-kien", _("Conditions"), pack_figures.conditions(exact)
    yield "15-ty-le-ho-tham-gia", _("Coverage"), pack_figures.coverage(exact)
    yield "16-can-doi-phieu", _("Balance of slips"), pack_figures.balance(session, exact)
    yield "17-so-lieu-kiem-phieu", _("Tallies"), pack_figures.tallies(exact)


def _plan(session: Session, survey: SurveyView, public_url: str) -> Iterator[Row]:
    form = survey.instrument
    yield (_("Survey"), survey.id)
    yield (_("Unit"), survey.unit.full_name, survey.unit.code)
    yield (_("Plan of the Front"), survey.plan_number, day(survey.plan_date) if survey.plan_date else "")
    yield (_("What it is for"), survey.aim)
    yield (_("Whom to call"), survey.contact)
    yield (_("Phones open"), day(survey.first_day), day(survey.last_day))
    yield (_("Phones closed"), moment(survey.phones_closed_at) if survey.phones_closed_at else "")
    yield (_("Form"), form.title["vi"], form.key, form.version)
    if survey.rulebook is not None:
        book = pins.named(session, [survey.rulebook])[survey.rulebook]
        yield (_("Rule book"), book_text(book), survey.rulebook.key, survey.rulebook.digest)
    yield (_("Confirmed by the Front"), _("yes") if survey.confirmed else _("no"))
    yield (_("Rehearsal"), _("yes") if survey.rehearsal else _("no"))
    yield (_("Page where a slip's code is typed"), f"{public_url}/k")
    yield (_("Public page"), f"{public_url}/ket-qua/{survey.id}")


def _frame(session: Session, survey: SurveyView) -> Iterator[Row]:
    yield (
        *(_("Village code"), _("Village"), _("Households"), _("Source"), _("As of")),
        *(_("Before"), _("After"), _("Reason"), _("Corrected")),
    )
    for line in frames.frame(session, survey.id):
        yield (line.unit.code, line.unit.full_name, line.households, line.source, day(line.as_of))
        for one in line.corrections:
            corrected = (one.households_before, one.households, one.reason, moment(one.corrected_at))
            yield (line.unit.code, line.unit.full_name, None, "", "", *corrected)


def _form(survey: SurveyView) -> Iterator[Row]:
    yield (_("Question"), _("Wording"), _("Possible answers"), _("Scored"), _("Closing item"))
    for question in survey.instrument.questions:
        yield (
            question.key,
            question.text["vi"],
            " / ".join(option.label["vi"] for option in question.options),
            _("yes") if question.scored else _("no"),
            _("yes") if question.closing else _("no"),
        )


def decisions(session: Session, survey: SurveyView) -> Iterator[Row]:
    """What two bodies asked and decided, with the digest of a decision signed on paper."""
    yield (
        *(_("Act"), _("Asked by"), _("Role"), _("Asked at"), _("Reason")),
        *(_("Decision"), _("Decided by"), _("Role"), _("Decided at"), _("Reason")),
        _("SHA-256 of the scan of the signed paper"),
    )
    words = {"approved": _("agreed"), "refused": _("refused"), "withdrawn": _("withdrawn")}
    for found in approvals.approvals_of(session, acts.subject(survey.id)):
        yield (
            *(act_name(found.act), signed_as(found.requester), role_name(found.requested_as)),
            *(moment(found.requested_at), found.reason),
            *(words.get(found.decision or "", _("waits")), signed_as(found.decider) if found.decider else ""),
            role_name(found.decided_as) if found.decided_as else "",
            moment(found.decided_at) if found.decided_at else "",
            f"{found.decision_reason} {passed_over.sentence_of(found)}".strip(),
            found.paper.digest if found.paper and found.paper.outcome is ScanOutcome.CONFIRMED else "",
        )


def posted(session: Session, survey: SurveyView) -> Iterator[Row]:
    """Where and how long the result hung, with corrections and the digests of photos."""
    yield (
        *(_("Number"), _("Village or commune"), _("Place"), _("Posted on"), _("Until"), _("Days")),
        *(_("In force"), _("Replaces number"), _("Reason"), _("Recorded by"), _("Recorded at")),
        _("SHA-256 of photos"),
    )
    photos = posting_photos.of_survey(session, survey.id)
    for found in postings.postings(session, survey.id):
        until = found.noted.posted_until
        yield (
            *(found.number, found.unit.full_name, found.noted.place, day(found.noted.posted_from)),
            *(
                day(until) if until else "",
                found.days if found.is_in_force else None,
                _yes(found.is_in_force),
            ),
            *(found.replaces, found.reason, found.recorded_by),
            *(moment(found.recorded_at), " ".join(photos[found.number])),
        )


def _back_check(session: Session, survey: SurveyView) -> Iterator[Row]:
    """Every entry of what the households of the back-check sample said, and what the last one contradicts."""
    yield (
        _("Households that confirm"),
        _("Households that deny"),
        _("Not reached"),
        _("Recorded by"),
        _("Recorded at"),
    )
    for found in back_checks.entries(session, survey.id):
        said = found.replies
        yield (said.confirmed, said.denied, said.not_reached, found.name, moment(found.noted_at))
    contradiction = back_checks.contradictions(session, [survey.id]).get(survey.id)
    if contradiction:
        yield (_("To be compared with the papers"), contradicted(contradiction))


def _remarks(session: Session, survey: SurveyView) -> Iterator[Row]:
    """Remarks of the public: how many, and those that the Front shows with what was answered."""
    found = public_remarks.on_record(session, survey.id)
    counted = public_remarks.counted(found)
    yield (_("Received"), counted.received)
    yield (_("By the form"), counted.online)
    yield (_("At the commune"), counted.at_commune)
    yield (_("Answered"), counted.answered)
    yield (_("Not shown"), counted.withheld)
    yield (_("Waiting"), counted.waiting)
    yield ()
    yield (_("Number"), _("Received on"), _("Remark"), _("Answer"), _("Answered by"), _("Answered at"))
    for one in found:
        text = one.text if one.is_shown else _("not shown")
        yield (one.number, day(one.received_on), text)
        for said in one.answers if one.is_shown else ():
            yield (one.number, day(one.received_on), "", said.text, said.by, moment(said.answered_at))


def _acts(session: Session, survey: SurveyView) -> Iterator[Row]:
    """What the audit log says of the survey, oldest first: in words and local time, then as it is chained."""
    yield (
        *(_("Number"), _("At"), _("Who"), _("In words"), _("Details")),
        *(_("At (UTC)"), _("Account"), _("Act"), _("Details as stored"), _("Previous digest"), _("Digest")),
    )
    mine = select(AuditEvent).where(AuditEvent.subject == acts.subject(survey.id)).order_by(AuditEvent.id)
    rows = session.scalars(mine).all()
    for row, entry in zip(rows, journal.in_words(session, rows, without=_WITHHELD), strict=True):
        details = {name: value for name, value in row.details.items() if name != _WITHHELD}
        said = [
            *(f"{name}: {value}" for name, value in entry.details),
            *(f"{one.field}: {one.before} → {one.after}" for one in entry.changes),
        ]
        yield (
            *(row.id, moment(row.at), entry.actor, act_name(row.act), "; ".join(said)),
            *(row.at.isoformat(), row.actor, row.act),
            *(json.dumps(details, ensure_ascii=False, sort_keys=True), row.previous, row.digest),
        )


def _yes(claim: bool) -> str:
    return _("yes") if claim else _("no")
