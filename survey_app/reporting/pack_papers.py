"""The papers in an evidence pack: what came back signed in front, then every paper as PDF and DOCX, slip and poster."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from survey_app import attachments, files
from survey_app.config import Settings
from survey_app.i18n import gettext as _
from survey_app.printing import posters, slips
from survey_app.privacy import texts
from survey_app.quality import reconciliation
from survey_app.reporting import (
    exact_parts,
    layout,
    minutes_of_commune,
    minutes_of_slips,
    minutes_of_village,
    narrative,
    notice_papers,
    papers,
    printing,
    report_notes,
    signed_papers,
    table_of_commune,
    workbook,
)
from survey_app.reporting.blocks import Paper, Paragraph, Tone
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Exact
from survey_app.reporting.signed_papers import PaperKind
from survey_app.templating import in_groups

Entry: TypeAlias = tuple[str, Iterable[bytes]]


def signed(session: Session, exact: Exact, now: datetime) -> Iterator[Entry]:
    """The newest scan of each signed paper; a sheet that says so while the minutes have not come back signed."""
    number = exact.survey.id
    newest = [one for one in signed_papers.on_record(session, number) if one.is_newest]
    if all(one.kind is not PaperKind.MINUTES for one in newest):
        yield files.PDF.named(f"00-CHUA-KY-{number}"), [printing.pdf([_unsigned(exact, now)])]
    for one in newest:
        _kind, media_type, content = signed_papers.content(session, number, one.number)
        yield attachments.FORMATS[media_type].named(f"00-da-ky-{one.kind}-{number}-{one.number}"), [content]


def papers_of(session: Session, exact: Exact, settings: Settings, now: datetime) -> Iterator[Entry]:
    """Papers of blocks in both formats, the table as a workbook too; then those that are drawn, as PDF alone."""
    number = exact.survey.id
    for name, made in _trees(session, exact, settings.public_url, now):
        for form, render in printing.RENDERERS.items():
            yield form.named(f"{name}-{number}"), [render(made)]
    yield files.XLSX.named(f"02-bang-tong-hop-{number}"), [workbook.table(exact)]
    yield files.PDF.named(f"21-mau-phieu-in-{number}"), [slips.blank(exact.survey, settings).pdf]
    yield files.PDF.named(f"22-ap-phich-{number}"), [posters.drawn(exact.survey, settings, "A4")]


def _unsigned(exact: Exact, now: datetime) -> Paper:
    """The sheet in front of a pack whose minutes have not come back."""
    sentence = _(
        "No signed and stamped minutes were on record when this pack was made. Until both bodies have signed,"
        " the result counts nowhere. Minutes to be signed are file 01; bring the signed paper back and make "
        "the pack again."
    )
    return Paper(
        head=layout.head(exact.style, exact.survey.unit, "BB", now),
        title=_("NOT SIGNED"),
        about=exact_parts.about(exact),
        layout=exact.style.layout,
        blocks=(Paragraph(sentence, Tone.WARNING),),
        closing=(),
        signatures=(),
        receivers=(),
        foot=layout.foot(exact.survey, in_groups(exact.result.printed_digest or "")),
        is_trial=exact.survey.rehearsal,
    )


def _trees(
    session: Session, exact: Exact, public_url: str, now: datetime
) -> Iterator[tuple[str, Sequence[Paper]]]:
    """Each file's name and its papers; those of villages follow one another in one file, which costs a tenth."""
    number, signer = exact.survey.id, Signer.CHAIR
    yield "01-bien-ban-kiem-phieu", [minutes_of_commune.paper(exact, now, signer)]
    yield "02-bang-tong-hop", [table_of_commune.paper(exact, now, signer)]
    slips = reconciliation.of_survey(session, number)
    yield "03-bien-ban-doi-chieu", [minutes_of_slips.paper(slips, exact.style, now)]
    commune = papers.notice(session, number)
    yield "04-ban-niem-yet-xa", [notice_papers.notice(commune, public_url, now, signer)]
    villages = papers.notices(session, number)
    yield (
        "04-ban-niem-yet-tung-thon",
        [notice_papers.notice(one, public_url, now, signer) for one in villages],
    )
    yield "18-bien-ban-tung-thon", [minutes_of_village.paper(exact, line, now) for line in exact.villages]
    notes, tags = report_notes.notes_of(session, number), texts.tag_counts(session, number)
    yield "19-bao-cao", [narrative.report(commune, notes, now, signer, tags=tags)]
