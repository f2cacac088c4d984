"""What the questions of a form say alike, and what each says alone.

Where all scored questions begin and end alike ("Ông/bà có hài lòng về … không?"), those words are said once and each
question by its topic. Start, topic and end in this order are the question word for word; nothing is left out or added.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

#: Questions that must end alike for their last words, such as "của xã", to be apart from their topics.
_ALIKE = 3
#: Words that such an end may have.
_WORDS_OF_AN_END = (3, 2)


@dataclass(frozen=True, slots=True)
class Stem:
    """The words with which all scored questions begin and end; both empty where they differ."""

    start: str
    end: str

    def holds(self, text: str) -> bool:
        """Whether `text` can be asked by its topic under the stem."""
        return bool(self.start) and text.startswith(self.start + " ") and text.endswith(self.end)

    def rest(self, text: str) -> str:
        """What of `text` the stem does not say; all of it where it does not hold."""
        return text.removeprefix(self.start).removesuffix(self.end).strip() if self.holds(text) else text


@dataclass(frozen=True, slots=True)
class Topic:
    """A question under its stem: the words to read first, and those that say more of them or ""."""

    large: str
    small: str


def stem(texts: Sequence[str]) -> Stem:
    """The words common to the beginnings and to the ends of all `texts`; none if too few to be worth it.

    >>> stem(["Ông/bà có hài lòng về y tế không?", "Ông/bà có hài lòng về điện không?"])
    Stem(start='Ông/bà có hài lòng về', end='không?')
    >>> stem(["Y tế", "Điện"])
    Stem(start='', end='')
    """
    words = [text.split() for text in texts]
    start = _common(words)
    end = _common([line[: len(start) - 1 : -1] if start else line[::-1] for line in words])[::-1]
    if len(texts) < 2 or len(start) < 3 or any(len(line) <= len(start) + len(end) for line in words):
        return Stem("", "")
    return Stem(" ".join(start), " ".join(end))


def topics(rests: Sequence[str]) -> tuple[Topic, ...]:
    """What each question has beside the stem, parted before its brackets or before words that several end with.

    >>> topics(["quy hoạch của xã", "giao thông (đường sá) của xã", "y tế ở xã", "điện của xã"])[1:3]
    (Topic(large='giao thông', small='(đường sá) của xã'), Topic(large='y tế ở xã', small=''))
    """
    ends = _ends(rests)
    return tuple(_topic(rest, ends) for rest in rests)


def _ends(rests: Sequence[str]) -> tuple[str, ...]:
    """The words that several end with, the longer first: of the whole, or of what is before the brackets."""
    found: Counter[str] = Counter()
    for rest in rests:
        for part in {rest, rest.partition(" (")[0]}:
            words = part.rstrip("?").split()
            found.update(" " + " ".join(words[-count:]) for count in _WORDS_OF_AN_END if len(words) > count)
    alike = [end for end, times in found.items() if times >= _ALIKE and "(" not in end]
    return tuple(sorted(alike, key=lambda end: (-end.count(" "), end)))


def _topic(rest: str, ends: Sequence[str]) -> Topic:
    before = rest.partition(" (")[0]
    for end in ends:
        at = len(before) - len(end) if before.endswith(end) else rest.find(end + "?")
        if at > 0:
            return Topic(rest[:at], rest[at:].strip())
    return Topic(before, rest[len(before) :].strip())


def _common(lines: Sequence[Sequence[str]]) -> list[str]:
    """The words with which all `lines` begin."""
    columns = zip(*lines, strict=False)
    return [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
