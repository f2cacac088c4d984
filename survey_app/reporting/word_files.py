"""Papers as DOCX, for offices that go on writing in their own word processor. Says what the blocks say, and no more.

Letters are Times New Roman, which every office has and which holds Jrai and Bahnar letters; where it is missing the
word processor takes another serif. Sheets are counted by fields of the document, so they stay right when text is added.
"""

import io
from collections.abc import Sequence
from typing import Any, assert_never

from survey_app import drawing, heavy
from survey_app.i18n import gettext as _
from survey_app.reporting.blocks import (
    Block,
    Boxed,
    ByHand,
    Code,
    Facts,
    Listing,
    Paper,
    Paragraph,
    PartTitle,
    SignatureRoom,
    Table,
    Tone,
)

_FONT = "Times New Roman"
#: In points; 13 is what administrative papers are written in.
_BODY, _TABLE, _DENSE, _SMALL = 13, 11, 8, 10
#: Width between the margins in millimetres, upright and wide; margins top, right, bottom and left.
_WIDTHS, _MARGINS = (165, 262), (20, 15, 18, 30)


def document(papers: Sequence[Paper]) -> bytes:
    """One file that holds the papers, each in a section of its own."""
    made = heavy.docx().Document()
    _set_letters(made)
    for place, paper in enumerate(papers):
        section = made.sections[0] if place == 0 else made.add_section()
        _Sheet(made, section, paper).write()
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _set_letters(made: Any) -> None:
    qn = heavy.docx().oxml.ns.qn
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, _points(_BODY)
    for kind in ("w:eastAsia", "w:cs", "w:hAnsi"):
        normal.element.rPr.rFonts.set(qn(kind), _FONT)
    normal.paragraph_format.space_after = _points(2)
    normal.paragraph_format.keep_together = True


class _Sheet:
    """Writes one paper into its section."""

    def __init__(self, made: Any, section: Any, paper: Paper) -> None:
        self.made, self.section, self.paper = made, section, paper
        self.width = _WIDTHS[1] if paper.is_wide else _WIDTHS[0]
        #: Whether what is written now stays with what comes after it.
        self.stays = False

    def write(self) -> None:
        """The whole paper, from head to signatures."""
        self._set_sheet()
        self._head()
        self._line(self.paper.title.upper(), size=15, bold=True, centred=True, before=10)
        for text in self.paper.about:
            self._line(text, bold=True, centred=True)
        if self.paper.layout:
            self._line(self.paper.layout, size=_SMALL, italic=True, centred=True)
        for block in self.paper.blocks:
            self._block(block)
        self.stays = True
        for block in self.paper.closing:
            self._block(block)
        self._signing()

    def _set_sheet(self) -> None:
        docx, section = heavy.docx(), self.section
        sides = (docx.shared.Mm(210), docx.shared.Mm(297))
        wide = self.paper.is_wide
        section.page_width, section.page_height = (sides[1], sides[0]) if wide else sides
        orient = docx.enum.section.WD_ORIENT
        section.orientation = orient.LANDSCAPE if wide else orient.PORTRAIT
        top, right, bottom, left = map(docx.shared.Mm, _MARGINS)
        section.top_margin, section.right_margin = top, right
        section.bottom_margin, section.left_margin = bottom, docx.shared.Mm(20) if wide else left
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        start = docx.oxml.OxmlElement("w:pgNumType")
        start.set(docx.oxml.ns.qn("w:start"), "1")
        section._sectPr.find(docx.oxml.ns.qn("w:pgMar")).addnext(start)
        foot = section.footer.paragraphs[0]
        self._run(foot, f"{self.paper.foot} · ", size=8)
        field = docx.oxml.OxmlElement("w:fldSimple")
        field.set(docx.oxml.ns.qn("w:instr"), "PAGE")
        foot._p.append(field)
        if self.paper.is_trial:
            head = section.header.paragraphs[0]
            head.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
            self._run(head, _("TRIAL"), size=20, bold=True)

    def _head(self) -> None:
        head = self.paper.head
        left, right = self._grid(1, (44, 56))[0]
        self._line(head.above.upper(), size=12, centred=True, into=left)
        self._line(head.body.upper(), size=12, bold=True, underlined=True, centred=True, into=left)
        if head.number:
            self._line(head.number, size=12, centred=True, into=left)
        self._line(_("SOCIALIST REPUBLIC OF VIET NAM"), size=11, bold=True, centred=True, into=right)
        self._line(
            _("Independence – Freedom – Happiness"),
            size=12,
            bold=True,
            underlined=True,
            centred=True,
            into=right,
        )
        self._line(head.place_and_day, size=12, italic=True, centred=True, into=right)

    def _block(self, block: Block, into: Any = None) -> None:
        match block:
            case PartTitle(text):
                self._line(text, bold=True, before=8, into=into, stays=True)
            case Paragraph(text, tone):
                self._paragraph(text, tone, into)
            case Facts(rows):
                self._facts(rows)
            case Listing(items, is_numbered):
                for place, item in enumerate(items, 1):
                    self._line(f"{place}. {item}" if is_numbered else f"– {item}", size=12, into=into)
            case ByHand(label):
                self._by_hand(label, into)
            case Table():
                self._table(block)
            case Code():
                self._code(block)
            case Boxed(blocks):
                (cell,) = self._grid(1, (100,), framed=True)[0]
                for one in blocks:
                    self._block(one, cell)
                self._line("", size=4)
            case _:
                assert_never(block)

    def _paragraph(self, text: str, tone: Tone, into: Any) -> None:
        match tone:
            case Tone.PLAIN:
                self._line(text, into=into, indented=True)
            case Tone.NOTE:
                self._line(text, size=_SMALL, italic=True, into=into)
            case Tone.WARNING:
                self._line(text, size=11.5, bold=True, into=into)
            case Tone.LEAD:
                self._line(text, size=16, bold=True, into=into)
            case _:
                assert_never(tone)

    def _facts(self, rows: Sequence[tuple[str, str]]) -> None:
        for cells, (label, said) in zip(self._grid(len(rows), (42, 58)), rows, strict=True):
            self._line(label, bold=True, into=cells[0])
            self._line(said, into=cells[1])

    def _by_hand(self, label: str, into: Any) -> None:
        """A dotted line up to the margin, which is no text."""
        docx = heavy.docx()
        made = self._line(label, into=into)
        self._run(made, "\t")
        stops = made.paragraph_format.tab_stops
        stops.add_tab_stop(
            docx.shared.Mm(self.width),
            docx.enum.text.WD_TAB_ALIGNMENT.RIGHT,
            docx.enum.text.WD_TAB_LEADER.DOTS,
        )

    def _table(self, block: Table) -> None:
        size = _DENSE if block.is_dense else _TABLE
        columns = len(block.head)
        widths = block.widths or (22, *((78 // (columns - 1),) * (columns - 1)))
        rows = self._grid(len(block.rows) + 1, widths, framed=True, is_dense=block.is_dense)
        self._repeat_head()
        for cell, text in zip(rows[0], block.head, strict=True):
            self._line(text, size=size, bold=True, centred=True, into=cell)
        for place, (cells, texts) in enumerate(zip(rows[1:], block.rows, strict=True), 1):
            last = block.has_total and place == len(block.rows)
            if len(texts) == 1:
                self._line(texts[0], size=size, bold=True, into=cells[0].merge(cells[-1]))
                continue
            for column, (cell, text) in enumerate(zip(cells, texts, strict=True)):
                right = column > 0 and column not in block.in_words
                self._line(text, size=size, bold=last, right=right, into=cell)
        self._line("", size=4)

    def _code(self, block: Code) -> None:
        picture, words = self._grid(1, (20, 80), framed=True)[0]
        made = picture.paragraphs[0]
        made.add_run().add_picture(
            io.BytesIO(drawing.qr_png(block.content)), width=heavy.docx().shared.Mm(28)
        )
        for text in block.lines:
            self._line(text, size=11, into=words)
        if block.digest:
            self._line(block.digest, bold=True, into=words)
        self._line("", size=4)

    def _signing(self) -> None:
        paper = self.paper
        count = len(paper.signatures) + bool(paper.receivers)
        cells = self._grid(1, (100 // count,) * count)[0]
        self.stays = False
        if paper.receivers:
            self._line(_("Receivers:"), size=11, bold=True, italic=True, into=cells[0])
            for text in paper.receivers:
                self._line(text, size=11, into=cells[0])
        for cell, one in zip(cells[-len(paper.signatures) :], paper.signatures, strict=True):
            self._signature(one, cell)

    def _signature(self, one: SignatureRoom, cell: Any) -> None:
        for text in one.heads:
            self._line(text.upper(), size=12, bold=True, centred=True, into=cell)
        self._line(one.asked, size=11, italic=True, centred=True, into=cell)
        for place in range(one.people if one.people > 1 else 0):
            self._line(f"{place + 1}.", size=11, before=14, into=cell)
        if one.people == 1:
            self._line("", size=44, into=cell)

    def _grid(
        self, rows: int, widths: Sequence[int], *, framed: bool = False, is_dense: bool = False
    ) -> list[Any]:
        """A table without texts: the cells of each row; the whole width, shared out in per cent."""
        docx = heavy.docx()
        grid = self.made.add_table(rows, len(widths))
        grid.autofit = False
        if framed:
            grid.style = "Table Grid"
        self.grid = grid
        if is_dense:
            self._narrow(grid)
        for column, share in zip(grid.columns, widths, strict=True):
            column.width = docx.shared.Mm(self.width * share / sum(widths))
        made = []
        for row in grid.rows:
            whole = docx.oxml.OxmlElement("w:cantSplit")
            row._tr.get_or_add_trPr().append(whole)
            cells = row.cells
            for cell, share in zip(cells, widths, strict=True):
                cell.width = docx.shared.Mm(self.width * share / sum(widths))
            made.append(cells)
        return made

    @staticmethod
    def _narrow(grid: Any) -> None:
        """Less room beside the figures, so that many columns stand side by side."""
        docx = heavy.docx()
        room = docx.oxml.OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            edge = docx.oxml.OxmlElement(f"w:{side}")
            edge.set(docx.oxml.ns.qn("w:w"), "30")
            edge.set(docx.oxml.ns.qn("w:type"), "dxa")
            room.append(edge)
        grid._tbl.tblPr.find(docx.oxml.ns.qn("w:tblLook")).addprevious(room)

    def _repeat_head(self) -> None:
        mark = heavy.docx().oxml.OxmlElement("w:tblHeader")
        self.grid.rows[0]._tr.get_or_add_trPr().append(mark)

    def _line(
        self,
        text: str,
        *,
        size: float = _BODY,
        bold: bool = False,
        italic: bool = False,
        underlined: bool = False,
        centred: bool = False,
        right: bool = False,
        indented: bool = False,
        before: float = 0,
        stays: bool = False,
        into: Any = None,
    ) -> Any:
        """A paragraph of the sheet, or of a cell, whose first paragraph is there already."""
        docx = heavy.docx()
        if into is None:
            made = self.made.add_paragraph()
        else:
            there = into.paragraphs
            made = there[0] if len(there) == 1 and not there[0].runs else into.add_paragraph()
        align = docx.enum.text.WD_ALIGN_PARAGRAPH
        if centred or right:
            made.alignment = align.CENTER if centred else align.RIGHT
        shape = made.paragraph_format
        # Each property that is written costs time, so what the style says already is not said again.
        if before:
            shape.space_before = _points(before)
        shape.space_after = _points(1 if into is not None else 3)
        if stays or self.stays:
            shape.keep_with_next = True
        if indented:
            shape.first_line_indent = docx.shared.Mm(10)
            made.alignment = align.JUSTIFY
        self._run(made, text, size=size, bold=bold, italic=italic, underlined=underlined)
        return made

    def _run(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float = _BODY,
        bold: bool = False,
        italic: bool = False,
        underlined: bool = False,
    ) -> None:
        run = paragraph.add_run(text)
        run.font.size = _points(size)
        for name, wanted in (("bold", bold), ("italic", italic), ("underline", underlined)):
            if wanted:
                setattr(run, name, True)


def _points(size: float) -> Any:
    return heavy.docx().shared.Pt(size)
