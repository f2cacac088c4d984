"""Where the papers of a result are fetched: exact ones by those who release them, notices by every officer.

Minutes and commune table hold exact counts of villages. The Front releases them, as files, to those who sign and file
them, the officers of the commune included; the auditor may fetch them too. Every release is noted before the first
byte leaves.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import IO, TypeAlias

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, audit, config, db, files, keys
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.files import FileFormat
from survey_app.printing import reach
from survey_app.privacy import texts
from survey_app.quality import reconciliation
from survey_app.reporting import house_style, pack, papers, printing, report_notes, signed_papers
from survey_app.reporting import whole_set as sets_of_papers
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Exact
from survey_app.reporting.scope import own_sealed_survey
from survey_app.results import set_views

bp = Blueprint("papers", __name__, template_folder="templates")

#: The Front gives exact papers out, by hand, to those who sign them.
RELEASERS = access.RELEASE_PAPERS
#: The province appraises the file as a whole, and gets it as a whole.
PACKERS = access.TAKE_EVIDENCE_PACK
_READERS = access.READ_PAPERS
_CHUNK_BYTES = 64 * 1024
Made: TypeAlias = Callable[[Exact, datetime, FileFormat], bytes]


@bp.get("/can-bo/dot/<survey_id>/giay-to")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Every paper of a sealed result, and who gets which."""
    survey, role = own_sealed_survey(survey_id), access.identity().role
    return render_template(
        "reporting/papers.html",
        survey=survey,
        villages=papers.villages(db.session(), survey.id),
        signed=[one for one in signed_papers.on_record(db.session(), survey.id) if one.is_newest],
        signer=_signer(),
        may_set=role in access.SET_PAPERS,
        may_release=role in RELEASERS,
        may_pack=role in PACKERS,
        may_compare=role in access.READ_RECONCILIATION,
        may_audit=role in set_views.AUDITORS,
    )


@bp.get(f"/can-bo/dot/<survey_id>/giay-to/bien-ban-kiem-phieu.{files.PAPER_SUFFIX}")
@access.roles(*RELEASERS)
def minutes(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The minutes of the count, with exact counts of villages."""
    return _release(survey_id, "bien-ban-kiem-phieu", partial(printing.minutes, signer=_signer()), suffix)


@bp.get(f"/can-bo/dot/<survey_id>/giay-to/bang-tong-hop.{files.PAPER_SUFFIX}")
@access.roles(*RELEASERS)
def table(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The commune's table, with exact counts of villages."""
    return _release(survey_id, "bang-tong-hop", partial(printing.table, signer=_signer()), suffix)


@bp.get(f"/can-bo/dot/<survey_id>/giay-to/bien-ban-thon.{files.PAPER_SUFFIX}")
@access.roles(*RELEASERS)
def village_minutes(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The minutes of every village in one file, with exact counts."""
    return _release(survey_id, "bien-ban-thon", printing.village_minutes, suffix)


@bp.get(f"/can-bo/dot/<survey_id>/doi-chieu/bien-ban.{files.PAPER_SUFFIX}")
@access.roles(*access.READ_RECONCILIATION)
def slips(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The minutes on the reconciliation of slips, with exact counts of villages; making them is noted."""
    person, now, form = access.identity(), datetime.now(UTC), files.PAPERS[suffix]
    survey = own_decision_survey(survey_id)
    found = reconciliation.of_survey(db.session(), survey.id)
    made = printing.slips(found, house_style.style_of(db.session(), survey.unit), now, form)
    with db.transaction() as current:
        audit.record(current, person.actor, "results.exact", f"survey:{survey.id}", at=now, form="minutes")
    return files.download(made, f"bien-ban-doi-chieu-{survey.id}", form)


@bp.get(f"/can-bo/dot/<survey_id>/ban-niem-yet.{files.PAPER_SUFFIX}")
@access.roles(*_READERS)
def commune_notice(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The commune's notice."""
    return _notice(own_sealed_survey(survey_id), None, suffix)


@bp.get(f"/can-bo/dot/<survey_id>/ban-niem-yet/<village>.{files.PAPER_SUFFIX}")
@access.roles(*_READERS)
def village_notice(survey_id: str, village: str, suffix: str) -> ResponseReturnValue:
    """The notice of one village."""
    return _notice(own_sealed_survey(survey_id), village, suffix)


@bp.get(f"/can-bo/dot/<survey_id>/giay-to/bao-cao.{files.PAPER_SUFFIX}")
@access.roles(*_READERS)
def report(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The report of the result, with the commune's figures and what people wrote."""
    survey, form = own_sealed_survey(survey_id), files.PAPERS[suffix]
    found, notes = papers.notice(db.session(), survey.id), report_notes.notes_of(db.session(), survey.id)
    tags = texts.tag_counts(db.session(), survey.id)
    made = printing.report(found, notes, datetime.now(UTC), form, _signer(), tags=tags)
    return files.download(made, f"bao-cao-{survey.id}", form)


@bp.get("/can-bo/dot/<survey_id>/giay-to/ca-bo.zip")
@access.roles(*_READERS)
def whole_set(survey_id: str) -> ResponseReturnValue:
    """Every paper that this person may have, in one file; exact ones are noted as released before it leaves."""
    survey, person, now = own_sealed_survey(survey_id), access.identity(), datetime.now(UTC)
    reach.require(survey, config.settings())
    exact = person.role in RELEASERS
    made = sets_of_papers.make(
        db.session(), survey.id, exact=exact, signer=_signer(), public_url=_public_url(), now=now
    )
    if exact:
        with db.transaction() as current:
            audit.record(
                current, person.actor, "reporting.release", f"survey:{survey.id}", at=now, form="ca-bo"
            )
    return files.download(made, f"giay-to-{survey.id}", files.ZIP)


@bp.get("/can-bo/dot/<survey_id>/ho-so.zip")
@access.roles(*PACKERS)
def evidence_pack(survey_id: str) -> ResponseReturnValue:
    """Everything that documents the result, in one file; that somebody took it is noted before it leaves."""
    survey, person, now = own_sealed_survey(survey_id), access.identity(), datetime.now(UTC)
    with ExitStack() as on_failure:
        made = on_failure.enter_context(tempfile.TemporaryFile())
        packed = pack.write(
            db.session(),
            survey.id,
            made,
            settings=config.settings(),
            store=keys.store(),
            now=now,
        )
        with db.transaction() as current:
            pack.note_taken(current, survey.id, packed, actor=person.actor, now=now)
        on_failure.pop_all()  # from here on the one who sends it closes it
    return files.download(_chunks(made), f"ho-so-minh-chung-{survey.id}", files.ZIP)


def _release(survey_id: str, paper: str, make: Made, suffix: str) -> ResponseReturnValue:
    """An exact paper as a file; that it was released is noted before the first byte leaves."""
    survey, person, now, form = (
        own_sealed_survey(survey_id),
        access.identity(),
        datetime.now(UTC),
        files.PAPERS[suffix],
    )
    made = make(papers.exact(db.session(), survey.id), now, form)
    with db.transaction() as current:
        audit.record(current, person.actor, "reporting.release", f"survey:{survey.id}", at=now, form=paper)
    return files.download(made, f"{paper}-{survey.id}", form)


def _notice(survey: SurveyView, village: str | None, suffix: str) -> ResponseReturnValue:
    reach.require(survey, config.settings())
    found, form = papers.notice(db.session(), survey.id, village), files.PAPERS[suffix]
    made = printing.notice(found, _public_url(), datetime.now(UTC), form, _signer())
    return files.download(made, f"ban-niem-yet-{survey.id}-{village or survey.unit.code}", form)


def _signer() -> Signer:
    """Who signs for the Standing Board, as the page of papers asks."""
    return Signer.DEPUTY if request.args.get("ky") == Signer.DEPUTY else Signer.CHAIR


def _chunks(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        made.seek(0)
        while chunk := made.read(_CHUNK_BYTES):
            yield chunk


def _public_url() -> str:
    return config.settings().public_url
