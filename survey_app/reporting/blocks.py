"""A paper as a tree of blocks, before anybody lays it out: the same words for PDF and for word processors.

Blocks hold finished texts in the language of the paper. They know no figure, no survey and no file format; what a
renderer may decide is how a block looks, never what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How loudly a paragraph speaks."""

    PLAIN = "plain"
    #: What explains a figure, in smaller letters.
    NOTE = "note"
    #: What must be read before any figure.
    WARNING = "warning"
    #: What is said once, large: the sentence that can be repeated.
    LEAD = "lead"
    #: To whom a letter goes.
    ADDRESSEE = "addressee"


@dataclass(frozen=True, slots=True)
class PartTitle:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sentence or several."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of what, line by line; `name` tells lists of one paper apart."""

    rows: tuple[tuple[str, str], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Points below one another; numbered ones begin at 1."""

    items: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class ByHand:
    """A line that people fill in with a pen."""

    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts below a heading; a row of one cell stands for a part of the table and reaches across.

    Columns hold numbers and are set to the right, but for the first and those in `in_words`. A cell may have two lines.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    #: Whether the last row is the sum of the others.
    has_total: bool = False
    #: Whether there are too many columns for the usual letters, so that they need small letters.
    is_dense: bool = False
    in_words: frozenset[int] = frozenset()
    #: Shares of the width in per cent, one for each column; empty where the renderer decides.
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A QR symbol of `content` with what is beside it; `digest` in letters that can be compared, or ""."""

    content: str
    lines: tuple[str, ...]
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Boxed:
    """Blocks in a frame, which stay together."""

    blocks: tuple["Block", ...]


Block = PartTitle | Paragraph | Facts | Listing | ByHand | Table | Code | Boxed


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper: the body above and the one itself; number, place and day; "" where it has none."""

    above: str
    body: str
    number: str
    place_and_day: str
    #: What a letter is on ("V/v …"), below its number; other papers have a title instead.
    subject: str = ""


@dataclass(frozen=True, slots=True)
class SignatureRoom:
    """Room for those who sign: the lines above the room, what is asked of them, and how many sign."""

    heads: tuple[str, ...]
    asked: str
    people: int = 1


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper from head to signatures."""

    head: Letterhead
    #: "" of a letter.
    title: str
    #: Lines under the title.
    about: tuple[str, ...]
    #: Where the layout comes from, or that nobody confirmed it.
    layout: str
    blocks: tuple[Block, ...]
    #: What stays on one sheet with the signatures, so that nobody signs an otherwise empty one.
    closing: tuple[Block, ...]
    signatures: tuple[SignatureRoom, ...]
    #: "Nơi nhận", one line each.
    receivers: tuple[str, ...]
    #: At the foot of every sheet.
    foot: str
    is_trial: bool = False
    is_wide: bool = False
    #: What follows `blocks` on a sheet of its own, because papers of several places have it word for word, as they
    #: have all that comes after it. It is laid out once for all of them.
    common: tuple[Block, ...] = ()


def texts(paper: Paper) -> tuple[str, ...]:
    """Every text of the paper in the order in which it is read, foot and frame of the form left out."""
    issuer = (paper.head.above, paper.head.body, paper.head.number, paper.head.subject)
    head = (*issuer, paper.head.place_and_day)
    inside = tuple(text for block in (*paper.blocks, *paper.common, *paper.closing) for text in _texts(block))
    signed = tuple(text for one in paper.signatures for text in (*one.heads, one.asked))
    return (*head, paper.title, *paper.about, paper.layout, *inside, *paper.receivers, *signed)


def _texts(block: Block) -> Sequence[str]:
    match block:
        case PartTitle(text) | Paragraph(text):
            return (text,)
        case ByHand(label):
            return (label,)
        case Facts(rows):
            return tuple(text for row in rows for text in row)
        case Listing(items):
            return items
        case Table(head, rows):
            return (*head, *(cell for row in rows for cell in row))
        case Code(lines=lines, digest=digest):
            return (*lines, digest)
        case Boxed(blocks):
            return tuple(text for one in blocks for text in _texts(one))
