"""Uploaded files are opened in a child process, with limits of memory and time, and few at once.

What a parser takes for a file of some kilobytes cannot be foretold by looking at its bytes: a workbook of 53 kB took
350 MB. So a web server's process never opens one. `opening` is what runs in the child; this module starts it, waits,
and knows what to say where it does not come back. A scan of a signed paper is opened nowhere: it leaves as it came.
"""

import fcntl
import json
import signal
import subprocess  # noqa: S404  # the child is our own file, run by our own interpreter
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

from flask import current_app

from survey_app import config, opening
from survey_app.i18n import gettext as _

#: Files that are opened at once on one machine, whatever the number of web workers.
AT_ONCE = 2
#: Seconds that a file waits for its turn: who waits holds a thread that could take a household's answer.
LONGEST_WAIT = 3
#: Seconds by the clock after which a child is ended, wherever it hangs.
LONGEST_READING = 30
#: A word of `opening`, or of this module, for a file that nothing could be found in.
TOO_LARGE, TOO_SLOW, BUSY = "too_large", "too_slow", "busy"

#: The program for each kind of file.
_CHILDREN = {
    "document": Path(opening.__file__),
    "list": Path(opening.__file__).with_name("opening_lists.py"),
}
#: The program that reads scans, and what it may take: a stack is large, and one is read at a time.
_SCANS = Path(opening.__file__).parent / "scans" / "program.py"
_MEMORY_OF_SCANS = 1536 * 1024 * 1024
_SECONDS_OF_SCANS, _LONGEST_SCANS = 180, 600


class NotOpened(Exception):
    """A file that was not read: a word of `opening` or of this module, and the place in the file."""

    def __init__(self, word: str, place: Mapping[str, Any] | None = None) -> None:
        super().__init__(word)
        self.word = word
        self.place = place or {}


def opened(kind: str, content: bytes) -> Any:
    """What `opening` found in a file of that kind: "document" or "list". Raises NotOpened."""
    limits = str(opening.MOST_MEMORY), str(opening.MOST_SECONDS)
    with _turn():
        try:
            done = subprocess.run(  # noqa: S603  # a fixed command of our own
                [sys.executable, "-I", "-B", "-X", "utf8", _CHILDREN[kind], kind, *limits],
                input=content,
                capture_output=True,
                timeout=LONGEST_READING,
                env={},
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise NotOpened(TOO_SLOW) from slow
    if done.returncode == -signal.SIGXCPU:
        raise NotOpened(TOO_SLOW)
    try:
        reply = json.loads(done.stdout)
    except ValueError as error:
        # Short of memory an interpreter may not even be able to say so.
        raise NotOpened(TOO_LARGE) from error
    if "refused" in reply:
        raise NotOpened(reply.pop("refused"), reply)
    return reply["found"]


def scanned(head: Mapping[str, Any], parts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """What `scans.program` says of each page of a stack, as soon as it is read; `head` says what the parts are.

    Raises NotOpened where it did not come to the end.
    """
    command: list[str] = [
        sys.executable,
        "-I",
        "-B",
        "-X",
        "utf8",
        str(_SCANS),
        str(_MEMORY_OF_SCANS),
        str(_SECONDS_OF_SCANS),
    ]
    with (
        _turn("scanning", 1),
        subprocess.Popen(  # noqa: S603  # a fixed command of our own
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"OPENBLAS_NUM_THREADS": "1"},
        ) as child,
    ):
        watch = Timer(_LONGEST_SCANS, child.kill)
        watch.start()
        try:
            _hand_over(child, head, parts)
            ended = False
            for line in child.stdout or ():
                page = json.loads(line)
                ended = "end" in page
                if not ended:
                    yield page
        finally:
            watch.cancel()
            child.kill()
    if not ended:
        raise NotOpened(TOO_SLOW if child.returncode == -signal.SIGXCPU else TOO_LARGE)


def _hand_over(child: "subprocess.Popen[bytes]", head: Mapping[str, Any], parts: Iterable[bytes]) -> None:
    """Give the child all it reads; it says nothing before it has everything, so neither waits for the other."""
    if child.stdin is None:
        raise ValueError("a child without input")
    with suppress(BrokenPipeError), child.stdin as given:
        given.write(json.dumps(head).encode() + b"\n")
        for part in parts:
            given.write(part)


def sentence(word: str) -> tuple[str, str]:
    """What is said of a file that was too large, too slow or came at a busy moment, and what to do."""
    return {
        TOO_LARGE: (
            _("Opening this file takes more memory than any list needs."),
            _("only the heading and the rows, copied into a new file"),
        ),
        TOO_SLOW: (
            _("Opening this file takes too long."),
            _("only the heading and the rows, copied into a new file"),
        ),
        BUSY: (
            _("Other files are being read at this moment."),
            _("the same file again in a minute"),
        ),
    }[word]


@contextmanager
def _turn(name: str = "reading", places: int = AT_ONCE) -> Iterator[None]:
    """One of a few places, held by a lock that ends with this process. Raises NotOpened when none gets free."""
    if not current_app:
        yield
        return
    folder, until = config.settings().instance, time.monotonic() + LONGEST_WAIT
    while True:
        for number in range(places):
            with (folder / f"{name}-{number}.lock").open("ab") as place:
                if _taken(place.fileno()):
                    yield
                    return
        if time.monotonic() >= until:
            raise NotOpened(BUSY)
        time.sleep(0.05)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
