"""The papers of a result on A4, in Vietnamese, for black-and-white printers. Decides nothing about figures."""

from datetime import datetime

from flask import render_template

from survey_app import drawing, files
from survey_app.i18n import force_locale
from survey_app.reporting.papers import Exact, Notice
from survey_app.results import exports


def minutes(found: Exact, now: datetime) -> bytes:
    """The minutes of the count, with the digest as a QR, to be signed by hand."""
    return _exact("reporting/print/minutes.html", found, now)


def table(found: Exact, now: datetime) -> bytes:
    """The commune's table: villages, items, and the conditions of the rule book."""
    return _exact("reporting/print/table.html", found, now)


def notice(found: Notice, public_url: str, now: datetime) -> bytes:
    """A notice to hang up, with the way to the public page."""
    return files.pdf(notice_html(found, public_url, now))


def notice_html(found: Notice, public_url: str, now: datetime) -> str:
    """The notice before it is laid out, to be compared with the public page."""
    link = f"{public_url}/ket-qua/{found.result.survey.id}"
    with force_locale("vi"):
        return render_template(
            "reporting/print/notice.html",
            notice=found,
            result=found.result,
            survey=found.result.survey,
            remarks=exports.remarks(found.result),
            address=link.partition("://")[2],
            qr=drawing.data_uri(drawing.qr_svg(link)),
            now=now,
        )


def _exact(template: str, found: Exact, now: datetime) -> bytes:
    digest = found.result.digest or ""
    with force_locale("vi"):
        page = render_template(
            template,
            found=found,
            result=found.result,
            survey=found.survey,
            remarks=exports.remarks(found.result),
            digest=_in_groups(found.result.printed_digest or ""),
            qr=drawing.data_uri(drawing.qr_svg(digest)),
            now=now,
        )
    return files.pdf(page)


def _in_groups(digest: str) -> str:
    """The digest in groups of four, which people read off paper without losing their place.

    >>> _in_groups("4f0c12ab")
    '4f0c 12ab'
    """
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
