"""Papers as DOCX, for offices that go on writing in their own word processor. Says what the blocks say, and no more.

Letters are Times New Roman, which every office has and which holds Jrai and Bahnar letters; where it is missing the
word processor takes another serif. Sheets are counted by fields of the document, so they stay right when text is added.
What stands in a section is written as WordprocessingML (ECMA-376, part 1) and read once: python-docx, object by object,
takes eight times as long. Sections, styles, pictures and the file itself are python-docx's.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from html import escape
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
_BODY, _FACTS, _TABLE, _DENSE, _SMALL = 13, 12, 10, 8, 10
#: Width between the margins in millimetres, upright and wide; margins top, right, bottom and left.
_WIDTHS, _MARGINS = (165, 262), (20, 15, 18, 30)
#: Room beside the figures of a table in twips, and where many columns are side by side.
_BESIDE, _BESIDE_DENSE = 60, 30


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
        #: Whether what is written next begins a sheet.
        self.breaks = False

    def write(self) -> None:
        """The whole paper, from head to signatures."""
        docx, paper = heavy.docx(), self.paper
        self._set_sheet()
        written = [self._head()]
        if paper.title:
            written.append(self._line(paper.title.upper(), size=15, bold=True, align="center", before=10))
        written += (self._line(text, bold=True, align="center") for text in paper.about)
        if paper.layout:
            written.append(self._line(paper.layout, size=_SMALL, italic=True, align="center"))
        written += self._blocks(paper.blocks)
        self.breaks = bool(paper.common)
        written += self._blocks(paper.common)
        self.stays = True
        written += [self._block(block) for block in paper.closing]
        written.append(self._signing())
        body = docx.oxml.parse_xml(f"<w:body {docx.oxml.ns.nsdecls('w')}>{''.join(written)}</w:body>")
        last = self.made.element.body.sectPr
        for element in list(body):
            last.addprevious(element)

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
        foot.add_run(f"{self.paper.foot} · ").font.size = _points(8)
        field = docx.oxml.OxmlElement("w:fldSimple")
        field.set(docx.oxml.ns.qn("w:instr"), "PAGE")
        number = docx.oxml.OxmlElement("w:r")
        foot._p.append(field)
        field.append(number)
        docx.text.run.Run(number, foot).font.size = _points(8)
        if self.paper.is_trial:
            head = section.header.paragraphs[0]
            head.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
            run = head.add_run(_("TRIAL"))
            run.font.size, run.font.bold = _points(20), True

    def _head(self) -> str:
        head = self.paper.head
        left = self._line(head.above.upper(), size=12, align="center", after=1)
        left += self._line(head.body.upper(), size=12, bold=True, underlined=True, align="center", after=1)
        if head.number:
            left += self._line(head.number, size=12, align="center", after=1)
        if head.subject:
            left += self._line(head.subject, size=12, align="center", after=1)
        motto = _("Independence – Freedom – Happiness")
        right = self._line(_("SOCIALIST REPUBLIC OF VIET NAM"), size=11, bold=True, align="center", after=1)
        right += self._line(motto, size=12, bold=True, underlined=True, align="center", after=1)
        right += self._line(head.place_and_day, size=12, italic=True, align="center", after=1)
        return self._grid([(left, right)], (44, 56))

    def _blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """A line above a table stays with it."""
        for block, following in zip(blocks, (*blocks[1:], None), strict=False):
            self.stays = isinstance(block, Paragraph) and isinstance(following, Table)
            yield self._block(block)
        self.stays = False

    def _block(self, block: Block) -> str:
        match block:
            case PartTitle(text):
                return self._line(text, bold=True, before=8, stays=True)
            case Paragraph(text, tone):
                return self._paragraph(text, tone)
            case Facts(rows):
                return self._facts(rows)
            case Listing(items, is_numbered):
                return "".join(
                    self._line(f"{place}. {item}" if is_numbered else f"– {item}", size=12)
                    for place, item in enumerate(items, 1)
                )
            case ByHand(label):
                return self._by_hand(label)
            case Table():
                return self._table(block)
            case Code():
                return self._code(block)
            case Boxed(blocks):
                inside = "".join(map(self._block, blocks))
                return self._grid([(inside,)], (100,), framed=True) + self._line("", size=4)
        assert_never(block)

    def _paragraph(self, text: str, tone: Tone) -> str:
        match tone:
            case Tone.PLAIN:
                return self._line(text, align="both", indented=True)
            case Tone.NOTE:
                return self._line(text, size=_SMALL, italic=True)
            case Tone.WARNING:
                return self._line(text, size=11.5, bold=True)
            case Tone.ADDRESSEE:
                return self._line(text, align="center", before=10)
            case Tone.LEAD:
                return self._line(text, size=16, bold=True)
        assert_never(tone)

    def _facts(self, rows: Sequence[tuple[str, str]]) -> str:
        cells = (
            (self._line(label, size=_FACTS, bold=True, after=1), self._line(said, size=_FACTS, after=1))
            for label, said in rows
        )
        return self._grid(cells, (42, 58))

    def _by_hand(self, label: str) -> str:
        """A dotted line up to the margin, which is no text."""
        stop = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_twips(self.width)}"/></w:tabs>'
        return self._line(f"{label}\t", tabs=stop)

    def _table(self, block: Table) -> str:
        size = _DENSE if block.is_dense else _TABLE
        columns = len(block.head)
        widths = block.widths or (22, *((78 // (columns - 1),) * (columns - 1)))
        head = tuple(self._line(text, size=size, bold=True, align="center", after=1) for text in block.head)
        rows = []
        for place, texts in enumerate(block.rows, 1):
            is_part, is_total = len(texts) == 1, block.has_total and place == len(block.rows)
            rows.append(
                tuple(
                    self._line(
                        text,
                        size=size,
                        bold=is_part or is_total,
                        align="right" if column and column not in block.in_words else "",
                        after=1,
                        stays=is_part,
                    )
                    for column, text in enumerate(texts)
                )
            )
        grid = self._grid([head, *rows], widths, framed=True, is_dense=block.is_dense, has_head=True)
        return grid + self._line("", size=4)

    def _code(self, block: Code) -> str:
        docx = heavy.docx()
        symbol = io.BytesIO(drawing.qr_png(block.content))
        inline = docx.oxml.xmlchemy.serialize_for_reading(
            self.made.part.new_pic_inline(symbol, docx.shared.Mm(28), None)
        )
        picture = f"<w:p><w:r><w:drawing>{inline}</w:drawing></w:r></w:p>"
        words = "".join(self._line(text, size=11, after=1) for text in block.lines)
        if block.digest:
            words += self._line(block.digest, bold=True, after=1)
        return self._grid([(picture, words)], (20, 80), framed=True) + self._line("", size=4)

    def _signing(self) -> str:
        paper = self.paper
        count = len(paper.signatures) + bool(paper.receivers)
        self.stays = False
        cells = [self._signature(one) for one in paper.signatures]
        if paper.receivers:
            heading = self._line(_("Receivers:"), size=11, bold=True, italic=True, after=1)
            lines = (self._line(text, size=11, after=1) for text in paper.receivers)
            cells.insert(0, heading + "".join(lines))
        return self._grid([tuple(cells)], (100 // count,) * count)

    def _signature(self, one: SignatureRoom) -> str:
        written = "".join(
            self._line(text.upper(), size=12, bold=True, align="center", after=1) for text in one.heads
        )
        written += self._line(one.asked, size=11, italic=True, align="center", after=1)
        if one.people == 1:
            return written + self._line("", size=44, after=1)
        places = range(1, one.people + 1)
        return written + "".join(self._line(f"{place}.", size=11, before=14, after=1) for place in places)

    def _grid(
        self,
        rows: Iterable[Sequence[str]],
        widths: Sequence[int],
        *,
        framed: bool = False,
        is_dense: bool = False,
        has_head: bool = False,
    ) -> str:
        """A table whose rows stay whole and whose cells are paragraphs; one cell alone reaches across."""
        shares = [_twips(self.width * share / sum(widths)) for share in widths]
        style = "TableGrid" if framed else "TableNormal"
        beside = "".join(
            f'<w:{side} w:w="{_BESIDE_DENSE if is_dense else _BESIDE}" w:type="dxa"/>'
            for side in ("left", "right")
        )
        written = [
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:type="auto" w:w="0"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{beside}</w:tblCellMar>',
            '<w:tblLook w:val="04A0"/></w:tblPr><w:tblGrid>',
            *(f'<w:gridCol w:w="{share}"/>' for share in shares),
            "</w:tblGrid>",
        ]
        for place, cells in enumerate(rows):
            across = len(shares) if len(cells) == 1 else 1
            head = "<w:tblHeader/>" if has_head and place == 0 else ""
            written.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>")
            for cell, share in zip(cells, [sum(shares)] if across > 1 else shares, strict=True):
                span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
                written.append(
                    f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{share}"/>{span}</w:tcPr>{cell}</w:tc>'
                )
            written.append("</w:tr>")
        return "".join((*written, "</w:tbl>"))

    def _line(
        self,
        text: str,
        *,
        size: float = _BODY,
        bold: bool = False,
        italic: bool = False,
        underlined: bool = False,
        align: str = "",
        indented: bool = False,
        before: float = 0,
        after: float = 3,
        stays: bool = False,
        tabs: str = "",
    ) -> str:
        """One paragraph. The order of its properties is that of the standard; another one is not valid."""
        properties = "<w:keepNext/>" if stays or self.stays else ""
        if self.breaks:
            properties, self.breaks = f"{properties}<w:pageBreakBefore/>", False
        room = f'w:before="{round(before * 20)}" ' if before else ""
        properties += f'{tabs}<w:spacing {room}w:after="{round(after * 20)}"/>'
        properties += f'<w:ind w:firstLine="{_twips(10)}"/>' if indented else ""
        properties += f'<w:jc w:val="{align}"/>' if align else ""
        # A line without words is as high as its mark.
        properties += "" if text else f'<w:rPr><w:sz w:val="{round(size * 2)}"/></w:rPr>'
        return f"<w:p><w:pPr>{properties}</w:pPr>{_run(text, size, bold, italic, underlined)}</w:p>"


def _run(text: str, size: float, bold: bool, italic: bool, underlined: bool) -> str:
    looks = f'{"<w:b/>" if bold else ""}{"<w:i/>" if italic else ""}<w:sz w:val="{round(size * 2)}"/>'
    looks += '<w:u w:val="single"/>' if underlined else ""
    words = f'<w:t xml:space="preserve">{escape(text, quote=False)}</w:t>'
    for mark, element in (("\n", "<w:br/>"), ("\t", "<w:tab/>")):
        words = words.replace(mark, f'</w:t>{element}<w:t xml:space="preserve">')
    return f"<w:r><w:rPr>{looks}</w:rPr>{words}</w:r>"


def _twips(millimetres: float) -> int:
    """Twentieths of a point, in which word processors measure."""
    return round(millimetres * 1440 / 25.4)


def _points(size: float) -> Any:
    return heavy.docx().shared.Pt(size)
