"""The slip a household draws from the stack: both modes, phone and paper, on one sheet.

Two A5 sheets are on an A4 page, printed on both sides, cut and folded once. Outside: what the slip is, and
nothing to tick; all outsides of a village are alike, so it does not matter which outside meets which inside.
Inside: QR and code above, the tick boxes of the same form below and on the other half, which type of 9 points and
rows of 5.5 mm need. A stub sticks out of the folded slip and carries no code. Knows nothing of households and keeps
no code: who asks hands the codes in and takes the file away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import render_template

from survey_app import drawing, files
from survey_app.config import Settings
from survey_app.fieldwork.queries import SurveyView
from survey_app.files import Spot
from survey_app.i18n import force_locale
from survey_app.printing import overprint, ticks
from survey_app.units.queries import UnitView

_POINTS_PER_MM = 72 / 25.4
#: Width on the QR half that the address and the code may take.
_LINE_MM = 87
#: Width of a bold letter or digit against its height, taken generously.
_LETTER = 0.64
#: From this many letters on the front is set closer, so that nothing runs into the room of the stamp.
_CROWDED = 400


@dataclass(frozen=True, slots=True)
class Slip:
    """What is different on each slip."""

    code: str
    #: Address of an image that holds the QR.
    qr: str


def link(public_url: str, code: str) -> str:
    """The address a household may type or be sent."""
    return f"{public_url}/k/{_in_address(code)}"


def qr_text(public_url: str, code: str) -> str:
    """What the QR says: the same address in capitals where that means the same, which makes a coarser symbol.

    >>> qr_text("https://khaosat.example.vn", "0014 3827 4410 9268")
    'HTTPS://KHAOSAT.EXAMPLE.VN/K/0014382744109268'
    >>> qr_text("https://example.vn/khao-sat", "0014 3827 4410 9268")
    'https://example.vn/khao-sat/K/0014382744109268'
    """
    base = public_url if urlsplit(public_url).path else public_url.upper()
    return f"{base}/K/{_in_address(code)}"


def _in_address(code: str) -> str:
    """A printed code as it is in an address, in one piece."""
    return code.replace(" ", "")


def typed_address(public_url: str) -> str:
    """What people type, without the scheme.

    >>> typed_address("https://khaosat.example.vn")
    'khaosat.example.vn/k'
    """
    return f"{public_url.partition('://')[2]}/k"


def check_room(survey: SurveyView) -> None:
    """Raises SlipTooFull if the form does not fit on paper: to be asked before codes are made."""
    with force_locale("vi"):
        ticks.tick_boxes(survey.instrument)


def html(survey: SurveyView, village: UnitView, codes: Sequence[str], settings: Settings, nonce: str) -> str:
    """The slips as a page to print from a browser; `nonce` is that of its style policy.

    Papers speak Vietnamese whatever the language of the screen. Raises SlipTooFull.
    """
    return _render(
        "printing/print/slips.html",
        survey,
        settings,
        village=village,
        sheets=_sheets(codes, settings),
        code_points=_code_points(codes[0]),
        nonce=nonce,
    )


def pdf(survey: SurveyView, village: UnitView, codes: Sequence[str], settings: Settings) -> bytes:
    """The slips as a PDF for printing on both sides, turned over the long edge. Raises SlipTooFull.

    Made whole in memory, which grows by some kilobytes a slip. What limits the batch is the village's households and
    spares.
    """
    own = [overprint.Own(qr_text(settings.public_url, code), code) for code in codes]
    layers = _render("printing/print/slip_layers.html", survey, settings, village=village)
    return overprint.pdf(layers, own, _code_points(codes[0]))


@dataclass(frozen=True, slots=True)
class Box:
    """An empty box of the answering side: its middle, in millimetres from the upper left corner of that page."""

    question: str
    option: str
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class BlankSlip:
    """The answering side of a survey's slips as they come back: without stub, QR and code.

    The page is 196 x 148.5 mm, folded at 98 mm, torn off at its right edge; it is the same in every village. `boxes`
    are in the order of the form.
    """

    pdf: bytes
    boxes: tuple[Box, ...]
    #: The QR with the white margin of four modules that it needs.
    qr: Spot
    #: The frame in which the code is printed.
    code: Spot
    #: The row of each question on paper, in the order of the form.
    rows: Mapping[str, Spot]
    fold_mm: float = 98.0
    width_mm: float = 196.0
    height_mm: float = 148.5


def blank(survey: SurveyView, settings: Settings) -> BlankSlip:
    """What a reader of scanned slips compares with, drawn by the templates that draw the slips. Raises SlipTooFull."""
    page = blank_html(survey, settings)
    file, places = files.pdf_with_places(page)
    boxes = []
    for name, place in places.items():
        kind, _space, answer = name.partition(" ")
        if kind == "box":
            question, option = answer.rsplit(" ", 1)
            middle = place.x_mm + place.width_mm / 2, place.y_mm + place.height_mm / 2
            boxes.append(Box(question, option, *middle))
    with force_locale("vi"):
        asked = ticks.tick_boxes(survey.instrument).lines
    rows = {line.question.key: places[f"line {number}"] for number, line in enumerate(asked)}
    return BlankSlip(file, tuple(boxes), places["qr"], places["code"], rows)


def blank_html(survey: SurveyView, settings: Settings) -> str:
    """The page of `blank` before it is laid out. Raises SlipTooFull."""
    return _render("printing/print/slip_blank.html", survey, settings)


def csv(village: UnitView, codes: Sequence[str], settings: Settings) -> Iterator[bytes]:
    """The slips as a file for a print shop: village, code, url."""
    with force_locale("vi"):
        name = village.full_name
    rows = [(name, code, link(settings.public_url, code)) for code in codes]
    return files.csv_rows([("village", "code", "url"), *rows])


def _render(template: str, survey: SurveyView, settings: Settings, **more: object) -> str:
    address = typed_address(settings.public_url)
    with force_locale("vi"):
        return render_template(
            template,
            survey=survey,
            boxes=ticks.tick_boxes(survey.instrument),
            address=address,
            address_points=_points_for(address, largest=17),
            settings=settings,
            is_crowded=_front_letters(survey, more.get("village")) >= _CROWDED,
            **more,
        )


def _front_letters(survey: SurveyView, village: object) -> int:
    """How much is on the front: the commune twice, and the marks of a form that is not confirmed or a rehearsal."""
    named = village.full_name if isinstance(village, UnitView) else ""
    commune, title = survey.unit.full_name, survey.instrument.title["vi"]
    said = (commune, commune, named, survey.whom_to_call or "", title)
    marks = 40 * survey.rehearsal + 40 * (not survey.confirmed)
    return sum(map(len, said)) + marks


def _sheets(codes: Sequence[str], settings: Settings) -> list[list[Slip]]:
    """The slips in pairs; the last sheet may hold one."""
    slips = [Slip(code, _qr(settings.public_url, code)) for code in codes]
    return [slips[start : start + 2] for start in range(0, len(slips), 2)]


def _qr(public_url: str, code: str) -> str:
    return drawing.data_uri(drawing.qr_svg(qr_text(public_url, code)))


def _code_points(code: str) -> float:
    return _points_for(code, largest=19)


def _points_for(text: str, *, largest: float) -> float:
    """The type size in points at which `text` stays on one line of the QR half."""
    return round(min(largest, _LINE_MM * _POINTS_PER_MM / (_LETTER * max(len(text), 1))), 1)
