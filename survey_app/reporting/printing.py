"""Papers as files: PDF for black-and-white printers and DOCX for word processors, in Vietnamese.

Each makes the same tree of blocks and hands it to one of two renderers. Decides nothing about figures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from flask import render_template

from survey_app import files
from survey_app.files import FileFormat
from survey_app.i18n import force_locale
from survey_app.quality.reconciliation import SurveySlips
from survey_app.reporting import (
    minutes_of_commune,
    minutes_of_slips,
    minutes_of_village,
    narrative,
    notice_papers,
    table_of_commune,
    word_files,
)
from survey_app.reporting.blocks import Letterhead, Paper
from survey_app.reporting.house_style import HouseStyle
from survey_app.reporting.layout import Signer
from survey_app.reporting.papers import Exact, Notice
from survey_app.reporting.report_notes import Notes
from survey_app.scoring.texts import TagCount


def pdf(papers: Sequence[Paper]) -> bytes:
    """The papers one after another, each beginning on a sheet of its own; what all have in common is laid out once."""
    if len(papers) > 1 and papers[0].common and len({_shared(paper) for paper in papers}) == 1:
        return files.pdf_repeating(html(papers, is_shared=True), _with_the_shared) or files.pdf(html(papers))
    return files.pdf(html(papers))


def _shared(paper: Paper) -> Paper:
    """What must be alike of papers whose last sheets are drawn once: all but what is on their own sheets."""
    return replace(paper, head=Letterhead("", "", "", ""), title="", about=(), layout="", blocks=())


def _with_the_shared(begins: Mapping[str, int], pages: int) -> tuple[int, ...]:
    """The own pages of every paper, each followed by those that come once, after the last one's own.

    None where papers have different numbers of own pages: the shared ones have the numbers after the last one's.
    """
    shared = begins["common"]
    firsts = [page for name, page in begins.items() if name != "common"]
    owned = [range(first, after) for first, after in pairwise([*firsts, shared])]
    if len({len(own) for own in owned}) > 1:
        return ()
    return tuple(page for own in owned for page in (*own, *range(shared, pages)))


def docx(papers: Sequence[Paper]) -> bytes:
    """The same words for a word processor."""
    with force_locale("vi"):
        return word_files.document(papers)


def html(papers: Sequence[Paper], *, is_shared: bool = False) -> str:
    """The papers before they are laid out on sheets; where `is_shared`, what is common stands in the last one alone."""
    with force_locale("vi"):
        return render_template("reporting/print/paper.html", papers=papers, is_shared=is_shared)


#: How a paper leaves, by format.
RENDERERS: dict[FileFormat, Callable[[Sequence[Paper]], bytes]] = {files.PDF: pdf, files.DOCX: docx}


def minutes(
    found: Exact, now: datetime, form: FileFormat = files.PDF, signer: Signer = Signer.CHAIR
) -> bytes:
    """The minutes of the count."""
    with force_locale("vi"):
        return RENDERERS[form]([minutes_of_commune.paper(found, now, signer)])


def table(found: Exact, now: datetime, form: FileFormat = files.PDF, signer: Signer = Signer.CHAIR) -> bytes:
    """The commune's table."""
    with force_locale("vi"):
        return RENDERERS[form]([table_of_commune.paper(found, now, signer)])


def village_minutes(found: Exact, now: datetime, form: FileFormat = files.PDF) -> bytes:
    """The minutes of every village, one after another; nobody signs them for the Standing Board."""
    with force_locale("vi"):
        return RENDERERS[form]([minutes_of_village.paper(found, line, now) for line in found.villages])


def slips(found: SurveySlips, style: HouseStyle, now: datetime, form: FileFormat = files.PDF) -> bytes:
    """The minutes on the reconciliation of slips."""
    with force_locale("vi"):
        return RENDERERS[form]([minutes_of_slips.paper(found, style, now)])


def report(
    found: Notice,
    notes: Notes,
    now: datetime,
    form: FileFormat = files.PDF,
    signer: Signer = Signer.CHAIR,
    *,
    tags: Sequence[TagCount] = (),
) -> bytes:
    """The report of a result in sentences."""
    with force_locale("vi"):
        return RENDERERS[form]([narrative.report(found, notes, now, signer, tags=tags)])


def notice(
    found: Notice,
    public_url: str,
    now: datetime,
    form: FileFormat = files.PDF,
    signer: Signer = Signer.CHAIR,
) -> bytes:
    """A notice to hang up, with the way to the public page."""
    with force_locale("vi"):
        return RENDERERS[form]([notice_papers.notice(found, public_url, now, signer)])
