"""Opens one uploaded file, as a program of its own that ends with it: `uploads` starts it and hands on what it found.

Imports nothing of the application, so that it starts small. The file comes on standard input; JSON
leaves on standard output: what is in it, or a refusal by a word that others put into sentences. Before the first byte
is read the process gives itself limits of memory and time and the right to write no file: whatever a parser can be
made to do by a hostile file, it does here and within them. What is counted is counted by what was read.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

#: Bytes of address space. A full province takes a quarter of it; the interpreter alone takes a tenth.
MOST_MEMORY = 384 * 1024 * 1024
#: Seconds of processor time.
MOST_SECONDS = 10
#: Bytes a workbook may unpack to; a full province is about 1 MB.
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
#: Files inside a workbook; Excel writes about a dozen and one for each sheet.
MAX_PARTS = 500
#: Rows of one sheet; a full province has about two thousand villages.
MAX_ROWS = 20_000
#: Cells of a file, counted as they come out of the reader.
MAX_CELLS = 400_000
#: Columns of a sheet that are looked at.
MAX_COLUMNS = 40
#: Values of a JSON document, each number, text, list and key of its own.
MAX_VALUES = 100_000
#: Letters of all cells together: nobody's list is as long, and who started this program reads them again.
MAX_LETTERS = 4_000_000


class FileRefused(Exception):
    """A file that is not taken: a word for why, and the place in it."""

    def __init__(self, word: str, **place: Any) -> None:
        super().__init__(word)
        self.word = word
        self.place = place


class CellCounter:
    """Cells and letters of one file, over all its sheets."""

    def __init__(self) -> None:
        self.cells = 0
        self.letters = 0

    def add(self, cells: Iterable[Any]) -> None:
        for cell in cells:
            self.cells += 1
            self.letters += len(cell) if isinstance(cell, str) else 8
        if self.cells > MAX_CELLS or self.letters > MAX_LETTERS:
            raise FileRefused("too_large")


def document(content: bytes) -> int:
    """How many values a JSON document holds. Raises FileRefused for none and for too many."""
    try:
        count = _values(json.loads(content.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise FileRefused("damaged") from error
    return count


def _values(root: Any) -> int:
    count, waiting = 0, [root]
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            count += len(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        if count > MAX_VALUES:
            raise FileRefused("too_large")
    return count


def package_names(content: bytes) -> frozenset[str]:
    """What an office file holds, looked at before anything parses it: a 2 MB file can unpack to gigabytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        inside = package.infolist()
        if len(inside) > MAX_PARTS or sum(part.file_size for part in inside) > MAX_UNPACKED_BYTES:
            raise FileRefused("too_large")
        for part in inside:
            if part.filename.endswith((".xml", ".rels")):
                refuse_definitions(package.read(part))
        return frozenset(part.filename for part in inside)


def refuse_definitions(part: bytes) -> None:
    """No document type, and no letters of more than one byte in which one could be written unseen."""
    if b"\x00" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise FileRefused("damaged")


def bounded(
    rows: Iterable[tuple[int, list[Any]]], sheet: str | None, counter: CellCounter
) -> Iterator[tuple[int, list[Any]]]:
    """The rows with anything in them, empty cells at their ends dropped."""
    for number, cells in rows:
        if number > MAX_ROWS:
            raise FileRefused("too_many_rows", sheet=sheet, row=number)
        counter.add(cells)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if any(not _is_blank(cell) for cell in cells):
            yield number, cells


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip("\ufeff \u00a0\t\r\n\u200b"))


def limit_this_process(memory: int, seconds: int) -> None:
    """No more memory and time than these from now on, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # A second more until the end that cannot be told from any other, so that the first one says what it was.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(readers: Mapping[str, Callable[[bytes], Any]], kind: str, memory: str, seconds: str) -> None:
    """Read standard input as that kind of file and write what was found."""
    limit_this_process(int(memory), int(seconds))
    try:
        found = readers[kind](sys.stdin.buffer.read())
        reply = json.dumps({"found": found})
    except FileRefused as refused:
        reply = json.dumps({"refused": refused.word, **refused.place})
    except MemoryError:
        reply = '{"refused": "too_large"}'
    sys.stdout.write(reply)


if __name__ == "__main__":
    main({"document": document}, *sys.argv[1:])
