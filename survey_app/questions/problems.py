"""Reading a document nobody has checked yet, and remembering everything that is wrong with it.

Questionnaires and rule books arrive as JSON from files and forms. A `Checker` gives back well-typed values
whatever it finds, so that the reader of a document goes on to the end and its author sees all problems at
once. Knows nothing of what the documents mean.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST_KEY = 60
LONGEST_TEXT = 2000
MOST_ITEMS = 300
#: Integers beyond this are not exact in every JSON reader (RFC 8785), and no number here means more.
LARGEST_INTEGER = 10**15 - 1

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: a code for the rooms to word, the place ("" is the document itself) and details."""

    code: str
    where: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


class InvalidDocument(ValueError):
    """A document that cannot be used; `problems` lists everything wrong with it, never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.where or '.'}: {problem.code}" for problem in problems))
        self.problems = problems


class Checker:
    """Typed values out of one document; problems are reported at the place `where` says."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.where = ""

    def report(self, code: str, **params: str | int) -> None:
        """Remembers one problem at the current place."""
        self.problems.append(Problem(code, self.where, params))

    def mapping(self, value: object, name: str) -> Mapping[str, object]:
        """The object with text keys, or an empty one."""
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return value
        self.report("wrong_type", field=name)
        return {}

    def known_fields(self, value: Mapping[str, object], allowed: frozenset[str]) -> None:
        """Reports fields nobody reads: a misspelt one must not vanish in silence."""
        for unknown in sorted(value.keys() - allowed):
            self.report("unknown_field", field=_printable(unknown))

    def items(self, value: object, name: str) -> tuple[object, ...]:
        """The list, absent as an empty one."""
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.report("wrong_type", field=name)
            return ()
        if len(value) > MOST_ITEMS:
            self.report("too_many", field=name, limit=MOST_ITEMS)
            return ()
        return tuple(value)

    def string(self, value: object, name: str, *, limit: int = LONGEST_TEXT) -> str:
        """The text in NFC with LF; absent as ""."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.report("wrong_type", field=name)
            return ""
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        if _FORBIDDEN.search(lines):
            self.report("forbidden_character", field=name)
            return ""
        text = unicodedata.normalize("NFC", lines).strip()
        if len(text) > limit:
            self.report("too_long", field=name, limit=limit)
        return text

    def key(self, value: object, name: str) -> str:
        """A short ASCII identifier."""
        text = self.string(value, name)
        if text and len(text) <= LONGEST_KEY and _KEY.fullmatch(text):
            return text
        self.report("bad_key", field=name)
        return ""

    def keys(self, value: object, name: str) -> tuple[str, ...]:
        """A list of identifiers."""
        return tuple(self.key(item, name) for item in self.items(value, name))

    def texts(self, value: object, name: str) -> dict[str, str]:
        """Wordings by language tag; those left empty are absent."""
        if value is None:
            return {}
        wordings = self.mapping(value, name)
        tags = {self.key(tag, name): text for tag, text in wordings.items()}
        read = {tag: self.string(text, name) for tag, text in tags.items() if tag}
        return {tag: text for tag, text in sorted(read.items()) if text}

    def flag(self, value: object, name: str) -> bool:
        """A yes or no; absent is no."""
        if value is None or isinstance(value, bool):
            return bool(value)
        self.report("wrong_type", field=name)
        return False

    def integer(self, value: object, name: str) -> int | None:
        """An exact integer, or None when absent or refused."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.report("wrong_type", field=name)
            return None
        if abs(value) > LARGEST_INTEGER:
            self.report("out_of_range", field=name)
            return None
        return value


def _printable(text: str) -> str:
    return text[:LONGEST_KEY].encode("utf-8", "replace").decode("utf-8")
