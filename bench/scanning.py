"""How well scanned slips are read: simulated slips of an A4 run, filled by drawn strokes, through models of devices.

`python -m bench.scanning 2000` prints what was accepted as clear though wrong, which slips go to a person, and how long
it takes. Real paper and real copiers are not in it: they are to be tried before anything is promised.
"""

import io
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from PIL import Image

from bench import copied, ticked
from bench.processes import peak_mebibytes
from bench.tables import show
from survey_app.config import load_settings
from survey_app.fieldwork import codes
from survey_app.scans import reading
from tests import scans
from tests.papers import make_survey, make_unit, printing_application
from tests.scans import Paper

#: Slips that carry something odd, and slips photographed by phone, of a hundred.
_ODD, _PHONE = 4, 33
_WORKERS, _PIECE = 2, 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one slip."""

    device: str
    style: str
    odd: str
    read: bool
    doubtful: bool
    lines: int
    doubtful_lines: int
    #: Ordinary lines taken for clear that say something else, and odd lines taken for clear.
    wrong: int
    odd_passed: int
    seconds: float


def run(slips: int = 200, seed: int = 1) -> None:
    """Print the tables; the database plays no part in it."""
    pieces = [(seed, start, min(start + _PIECE, slips)) for start in range(0, slips, _PIECE)]
    outcomes: list[Outcome] = []
    with get_context("spawn").Pool(_WORKERS) as pool:
        for found in pool.imap(_read_some, pieces):
            outcomes += found
            _say(outcomes)
        memory = max(pool.map(_memory, range(_WORKERS)))
    _tables(outcomes, memory)


def _read_some(piece: tuple[int, int, int]) -> list[Outcome]:
    seed, start, end = piece
    paper = _paper()
    return [_outcome(paper, Random(1_000_000 * seed + number)) for number in range(start, end)]


@cache
def _paper() -> Paper:
    """One slip of a shipped form as it is printed, once in each process."""
    with TemporaryDirectory(prefix="bench-") as folder, printing_application():
        settings = replace(load_settings(Path(folder)), public_url="https://khaosat.example.vn")
        survey = make_survey(id="0014")
        return scans.printed(survey, make_unit(), [codes.new_code("0014")], settings)


def _memory(_worker: int) -> float:
    return peak_mebibytes(os.getpid())


def _outcome(paper: Paper, chance: Random) -> Outcome:
    odd = chance.choice(ticked.ODD) if chance.random() < _ODD / 100 else ""
    slip = paper.ticked(0, chance, odd=odd)
    device = copied.phone if chance.random() < _PHONE / 100 else copied.copier
    scan = device(slip.picture, paper.outside.transpose(Image.Transpose.FLIP_LEFT_RIGHT), chance)
    began = time.process_time()
    picture = Image.open(io.BytesIO(scan.jpeg))
    found = reading.read_page(picture.convert("L"), [paper.blank])
    seconds = time.process_time() - began
    lines = found[0].lines if found else ()
    clear = {line.key: next(iter(line.ticked), None) for line in lines if line.clear}
    missed = [key for key, said in clear.items() if said != slip.truth[key]]
    return Outcome(
        scan.device,
        slip.style,
        odd,
        read=bool(found),
        doubtful=len(clear) < len(slip.truth),
        lines=len(slip.truth),
        doubtful_lines=len(slip.truth) - len(clear),
        wrong=sum(slip.truth[key] != "?" for key in missed),
        odd_passed=sum(slip.truth[key] == "?" for key in missed),
        seconds=seconds,
    )


def _say(outcomes: list[Outcome]) -> None:
    ordinary = [one for one in outcomes if not one.odd]
    doubtful = sum(one.doubtful for one in ordinary)
    wrong = sum(one.wrong for one in outcomes)
    sys.stderr.write(
        f"{len(outcomes)} slips: wrong {wrong}, ordinary doubtful {doubtful} of {len(ordinary)}\n"
    )


def _tables(outcomes: list[Outcome], memory: float) -> None:
    ordinary = [one for one in outcomes if not one.odd]
    show(
        f"{len(outcomes)} simulated slips of {outcomes[0].lines} lines",
        (
            "QR unread",
            "Wrong lines taken for clear",
            "Odd slips with a line taken for clear",
            "CPU-s for 100 slips",
            "MiB",
        ),
        [
            (
                str(sum(not one.read for one in outcomes)),
                str(sum(one.wrong for one in outcomes)),
                f"{sum(one.odd_passed > 0 for one in outcomes)} of {sum(bool(one.odd) for one in outcomes)}",
                f"{100 * sum(one.seconds for one in outcomes) / len(outcomes):.0f}",
                f"{memory:.0f}",
            )
        ],
    )
    show(
        "Ordinary slips with a line for a person",
        ("Device", "Mark", "Slips", "Doubtful", "Doubtful lines of 1,000"),
        list(_rows(ordinary)),
    )
    passed = Counter(one.odd for one in outcomes if one.odd_passed)
    odd = Counter(one.odd for one in outcomes if one.odd)
    rows = [(what, str(odd[what]), str(passed[what])) for what in sorted(odd)]
    show("Odd slips", ("What", "Slips", "With a line taken for clear"), rows)


def _rows(ordinary: list[Outcome]) -> Iterator[tuple[str, ...]]:
    for device in ("copier", "phone", "all"):
        for style in (*ticked.STYLES, "all"):
            some = [one for one in ordinary if device in (one.device, "all") and style in (one.style, "all")]
            if some:
                doubtful = sum(one.doubtful for one in some)
                lines = 1000 * sum(one.doubtful_lines for one in some) / sum(one.lines for one in some)
                yield (
                    device,
                    style,
                    str(len(some)),
                    f"{doubtful} ({doubtful / len(some):.1%})",
                    f"{lines:.1f}",
                )


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
