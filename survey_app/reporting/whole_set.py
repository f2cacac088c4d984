"""Every paper of a sealed result in one ZIP, for those who sign, file and post: PDF, DOCX, and the table as a workbook.

Who may not release exact papers gets what may be posted and a workbook without exact counts of villages. It is no
evidence: that is the pack, which has records and digests.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app import files
from survey_app.config import VIETNAM
from survey_app.i18n import force_locale
from survey_app.privacy import texts
from survey_app.reporting import (
    minutes_of_commune,
    minutes_of_village,
    narrative,
    notice_papers,
    papers,
    printing,
    report_notes,
    table_of_commune,
    workbook,
)
from survey_app.reporting.blocks import Paper
from survey_app.reporting.layout import Signer
from survey_app.results import disclosed, exports
from survey_app.scoring.disclosure import Audience


def make(
    session: Session, survey_id: str, *, exact: bool, signer: Signer, public_url: str, now: datetime
) -> bytes:
    """The ZIP; with exact papers only where `exact`. Raises SurveyNotFound, NotSealed, ResultAnnulled."""
    survey = papers.require_sealed(session, survey_id)
    stream = io.BytesIO()
    with force_locale("vi"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, made in _papers(session, survey.id, exact, signer, public_url, now):
            for form, render in printing.RENDERERS.items():
                _add(archive, form.named(f"{name}-{survey.id}"), render(made), now)
        if exact:
            _add(
                archive,
                files.XLSX.named(f"02-bang-tong-hop-{survey.id}"),
                workbook.table(papers.exact(session, survey.id)),
                now,
            )
        else:
            shown = disclosed.result(session, survey.id, Audience.STAFF)
            _add(archive, files.XLSX.named(f"02-ket-qua-{survey.id}"), files.xlsx(exports.sheets(shown)), now)
    return stream.getvalue()


def _papers(
    session: Session, survey_id: str, exact: bool, signer: Signer, public_url: str, now: datetime
) -> Iterator[tuple[str, Sequence[Paper]]]:
    """Each file's name and its papers; those of villages follow one another in one file."""
    if exact:
        found = papers.exact(session, survey_id)
        yield "01-bien-ban-kiem-phieu", [minutes_of_commune.paper(found, now, signer)]
        yield "02-bang-tong-hop", [table_of_commune.paper(found, now, signer)]
        yield (
            "03-bien-ban-tung-thon",
            [minutes_of_village.paper(found, line, now) for line in found.villages],
        )
    commune = papers.notice(session, survey_id)
    yield "04-ban-niem-yet-xa", [notice_papers.notice(commune, public_url, now, signer)]
    notes, tags = report_notes.notes_of(session, survey_id), texts.tag_counts(session, survey_id)
    yield "06-bao-cao", [narrative.report(commune, notes, now, signer, tags=tags)]
    villages = papers.notices(session, survey_id)
    yield (
        "05-ban-niem-yet-tung-thon",
        [notice_papers.notice(one, public_url, now, signer) for one in villages],
    )


def _add(archive: zipfile.ZipFile, name: str, content: bytes, now: datetime) -> None:
    entry = zipfile.ZipInfo(name, now.astimezone(VIETNAM).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
