"""The pages of the manual, for everybody: who cannot sign in yet needs it too."""

from pathlib import Path
from threading import Lock

from flask import Blueprint, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, files
from survey_app.drawing import data_uri
from survey_app.i18n import force_locale
from survey_app.manual.chapters import BY_KEY, CHAPTERS, of_role

bp = Blueprint("manual", __name__, template_folder="templates", url_prefix="/huong-dan")

_PDF = "manual_pdf"
#: The PDF is drawn once, for the first who asks; the others wait for it.
_drawing = Lock()


@bp.get("")
@access.public
def contents() -> ResponseReturnValue:
    """The chapters, the reader's own one first."""
    person = access.current_identity()
    own = of_role(person.role) if person else None
    return render_template("manual/contents.html", chapters=CHAPTERS, own=own)


@bp.get("/<key>")
@access.public
def chapter(key: str) -> ResponseReturnValue:
    found = BY_KEY.get(key) or abort(404)
    return render_template("manual/chapter.html", chapter=found, picture_address=_on_the_page)


@bp.get("/huong-dan.pdf")
@access.public
def pdf() -> ResponseReturnValue:
    """All chapters on paper."""
    with _drawing:
        drawn: bytes | None = current_app.extensions.get(_PDF)
        if drawn is None:
            drawn = current_app.extensions[_PDF] = _drawn()
    return files.download(drawn, "huong-dan", files.PDF)


def _drawn() -> bytes:
    with force_locale("vi"):
        return files.pdf(
            render_template("manual/print/manual.html", chapters=CHAPTERS, picture_address=_in_the_pdf)
        )


def _on_the_page(name: str) -> str:
    return url_for("static", filename=f"manual-{name}.png")


def _in_the_pdf(name: str) -> str:
    picture = Path(str(current_app.static_folder)) / f"manual-{name}.png"
    return data_uri(picture.read_bytes(), "image/png")
