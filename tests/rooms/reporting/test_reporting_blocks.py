"""One tree of blocks, two renderers: PDF and DOCX say the same words and the same numbers."""

import io
import re
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from sqlalchemy import select

from survey_app import db, reporting
from survey_app.fieldwork.models import Channel, FrameRow, Medium
from survey_app.i18n import force_locale
from survey_app.quality import reconciliation
from survey_app.reporting import (
    minutes_of_commune,
    minutes_of_slips,
    minutes_of_village,
    notice_papers,
    papers,
    printing,
    table_of_commune,
)
from survey_app.reporting.blocks import Table
from survey_app.reporting.layout import Signer
from survey_app.sealing.models import TallyRow
from survey_app.units.models import Unit
from tests.rooms.sealing.conftest import BLANK, HAPPY, UNHAPPY, Surveys

NOW = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)
HOST = "https://khaosat.example.vn"
KINDS = (
    "minutes", "table", "minutes of a village", "minutes on slips", "notice of the commune", "notice of a village",
)  # fmt: skip


@pytest.fixture
def sealed(app):
    made = Surveys(db.session())
    made.make(households={"Linh Cang": 76, "Plei Ơi Thŏng Ƀar": 60, "Tam Ca": 60})
    made.answer("0001", "Linh Cang", HAPPY, times=71)
    made.answer("0001", "Linh Cang", UNHAPPY)
    made.answer("0001", "Plei Ơi Thŏng Ƀar", HAPPY, times=41)
    made.answer("0001", "Plei Ơi Thŏng Ƀar", UNHAPPY, times=12)
    made.answer("0001", "Tam Ca", BLANK)
    made.seal()
    return made


def made(kind):
    session = db.session()
    found = papers.exact(session, "0001")
    line = next(one for one in found.villages if "Linh Cang" in one.name)
    with force_locale("vi"):
        match kind:
            case "minutes":
                return minutes_of_commune.paper(found, NOW, Signer.CHAIR)
            case "table":
                return table_of_commune.paper(found, NOW, Signer.DEPUTY)
            case "minutes of a village":
                return minutes_of_village.paper(found, line, NOW)
            case "minutes on slips":
                return minutes_of_slips.paper(reconciliation.of_survey(session, "0001"), found.style, NOW)
            case "notice of the commune":
                return notice_papers.notice(papers.notice(session, "0001"), HOST, NOW)
            case "notice of a village":
                return notice_papers.notice(papers.notice(session, "0001", line.card.unit), HOST, NOW)


def words_of_html(page):
    """Every word between head and signatures in reading order, marks of layout left out."""
    body = page.partition("<body>")[2]
    body = re.sub(r'<p class="(foot|watermark)".*?</p>', " ", body, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body)
    return text.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&").casefold().split()


def words_of_docx(file):
    """Every word of the document in reading order, those of tables cell by cell."""
    body = docx.Document(io.BytesIO(file)).element.body
    said = []
    for paragraph in body.iter(qn("w:p")):
        pieces = (
            node.text if node.tag == qn("w:t") else " "
            for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"))
        )
        said.append("".join(piece or "" for piece in pieces))
    return " ".join(said).casefold().split()


def text_of_pdf(pdf):
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()


def numbers_of_pdf(pdf):
    return Counter(re.findall(r"\d+(?:[.,/]\d+)*", text_of_pdf(pdf)))


@pytest.mark.parametrize("kind", KINDS)
def test_both_renderers_say_the_same_words_in_the_same_order(sealed, kind):
    paper = made(kind)

    page, file = printing.html([paper]), printing.docx([paper])

    assert words_of_docx(file) == words_of_html(page)


def test_a_figure_on_the_word_processors_sheet_stands_on_the_printed_one(sealed):
    paper = made("minutes of a village")

    printed, written = numbers_of_pdf(printing.pdf([paper])), printing.docx([paper])

    figures = Counter(re.findall(r"\d+(?:[.,/]\d+)*", " ".join(words_of_docx(written))))
    assert {"71", "72", "76", "98,61", "142/144"} <= set(figures)
    assert figures - printed == Counter()


def test_what_notices_of_villages_share_is_drawn_once_and_stands_in_each(sealed):
    notices = [notice_papers.notice(one, HOST, NOW) for one in papers.notices(db.session(), "0001")]
    spills = replace(notices[1], blocks=notices[1].blocks * 3)

    together, apart = printing.pdf(notices), [printing.pdf([one]) for one in notices]

    assert text_of_pdf(together) == "".join(map(text_of_pdf, apart))
    assert text_of_pdf(together).count("Thôn, làng:") == len(notices)
    assert papers.notices(db.session(), "0001")[0].result.survey.unit.full_name in notices[0].foot
    assert len(together) < sum(map(len, apart)) * 0.6
    uneven = text_of_pdf(printing.pdf([notices[0], spills]))
    assert uneven == text_of_pdf(apart[0]) + text_of_pdf(printing.pdf([spills]))


def test_a_paper_bears_the_administrative_head_and_who_signs_for_whom(sealed):
    chair, deputy, village = made("minutes"), made("table"), made("minutes of a village")

    said = " ".join(words_of_html(printing.html([deputy])))

    assert "cộng hòa xã hội chủ nghĩa việt nam độc lập - tự do - hạnh phúc" in said
    assert (chair.head.above, chair.head.body) == (
        "Ủy ban Mặt trận Tổ quốc Việt Nam xã Mẫu",
        "Ban Thường trực",
    )
    assert (chair.head.number, deputy.head.number) == ("Số: …/BB-MTTQ-BTT", "Số: …/BTH-MTTQ-BTT")
    assert chair.signatures[1].heads == ("TM. BAN THƯỜNG TRỰC", "CHỦ TỊCH")
    assert deputy.signatures[1].heads == ("TM. BAN THƯỜNG TRỰC", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert (village.head.number, village.head.body) == ("", "Ban Công tác Mặt trận thôn Linh Cang")
    assert village.head.place_and_day == "Thôn Linh Cang, ngày …… tháng …… năm 2026"


def test_minutes_of_a_village_have_team_witnesses_and_counts_in_words(sealed):
    said = " ".join(words_of_html(printing.html([made("minutes of a village")])))

    assert "nghị định 59/2023/nđ-cp" in said
    assert "tổ kiểm phiếu, tổ trưởng:" in said
    assert "đại diện hộ gia đình chứng kiến:" in said
    assert "72 (bảy mươi hai)" in said
    assert "98,61 % (142/144)" in said
    assert "1 (1,39 %)" in said, "beside a count of dissatisfied stands its per cent"


def test_letters_of_jrai_and_bahnar_are_set_in_a_serif_that_has_them(sealed):
    found = papers.exact(db.session(), "0001")
    pdf = printing.village_minutes(found, NOW)

    fonts = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Thŏng Ƀar" in text
    assert {"Serif" in line or "Sans" in line for line in fonts.splitlines()[2:]} == {True}
    assert "Noto-Serif" in fonts.replace("NotoSerif", "Noto-Serif")


def test_a_long_label_does_not_run_into_its_figure_in_a_word_processor(sealed):
    document = docx.Document(io.BytesIO(printing.docx([made("minutes")])))

    facts = {row.cells[0].text: row.cells[-1].text for table in document.tables for row in table.rows}

    assert facts["Số hộ đã trả lời"] == "126 (một trăm hai mươi sáu)"


def test_what_stands_with_the_signatures_stays_on_their_sheet_in_a_word_processor_too(sealed):
    paper = made("minutes")
    document = docx.Document(io.BytesIO(printing.docx([paper])))

    last = paper.closing[-1].text
    told = next(one for one in document.paragraphs if one.text == last)

    assert told.paragraph_format.keep_with_next
    assert all("w:cantSplit" in row._tr.xml for row in document.tables[-1].rows)


def test_every_width_that_a_column_is_given_has_its_rule():
    """A column without one takes what the others leave, and a grounds column of a third became a sixth."""
    room = Path(reporting.__file__).parent
    rules = (room / "templates" / "reporting" / "print" / "paper.css").read_text(encoding="utf-8")
    given = {
        int(width)
        for module in room.glob("*.py")
        for widths in re.findall(r"(?:widths=|_WIDTHS = )\(([\d, ]+)\)", module.read_text(encoding="utf-8"))
        for width in widths.split(",")
        if width.strip()
    }

    assert {width for width in given if f"col.w{width} " not in rules} == set()


def traced():
    """Tallies and households by village as the database holds them, and the commune's sum, as plain integers."""
    frames = db.session().scalars(select(FrameRow).where(FrameRow.survey_id == "0001"))
    found = {}
    for line in frames:
        mine = select(TallyRow).where(TallyRow.survey_id == "0001", TallyRow.unit_id == line.unit_id)
        rows = db.session().scalars(mine).all()
        counts = Counter(households=line.households)
        for row in rows:
            door = "phone" if row.channel in Channel.on(Medium.PHONE) else "paper"
            counts[door] += row.tally["valid"] + row.tally["invalid"]
            counts["valid"] += row.tally["valid"]
            counts["invalid"] += row.tally["invalid"]
            for place, item in enumerate((*row.tally["items"], row.tally["closing"])):
                counts[place] += item["satisfied"]
        found[db.session().get_one(Unit, line.unit_id).name] = counts
    return found | {"Cộng": sum(found.values(), Counter())}


def per_cent(n, of):
    exact = (Decimal(100 * n) / of).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{exact}\N{NO-BREAK SPACE}%".replace(".", ",")


def test_every_figure_of_the_communes_table_is_traced_to_the_tallies(sealed):
    villages, items, conditions = (block for block in made("table").blocks if isinstance(block, Table))
    counted = traced()

    assert [row[0].removeprefix("Thôn ") for row in villages.rows] == list(counted)
    for row, (name, one) in zip(villages.rows, counted.items(), strict=True):
        answered, possible, satisfied = one["phone"] + one["paper"], one["valid"] * 2, one[0] + one[1]
        rate = (str(satisfied), str(possible), per_cent(satisfied, possible)) if possible else ("–",) * 3
        assert row[1:] == (
            *(str(one["households"]), str(answered), per_cent(answered, one["households"])),
            *(str(one[key]) for key in ("phone", "paper", "valid", "invalid")),
            *rate,
        ), name
    for row, one in zip(items.rows, counted.values(), strict=True):
        of = one["valid"]
        assert row[1:] == tuple(f"{one[n]}/{of}\n{per_cent(one[n], of)}" if of else "–" for n in range(3))
    total = counted["Cộng"]
    answered, satisfied = total["phone"] + total["paper"], total[0] + total[1]
    told = (
        f"{total['phone'] - total['invalid']} phiếu hợp lệ qua điện thoại",
        *(
            f"{n}/{of} = {per_cent(n, of)}"
            for n, of in (
                (answered, total["households"]), (satisfied, total["valid"] * 2), (total[2], total["valid"])
            )
        ),
    )  # fmt: skip
    assert [row[1] for row in conditions.rows if re.search(r"\d", row[1])] == list(told)
