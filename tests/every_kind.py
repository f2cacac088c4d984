"""One example of every kind of question: how it is asked, answered, and what people read of it on each medium.

A kind that is added without an example here has been seen by nobody.
"""

from dataclasses import dataclass
from typing import Any

from survey_app.questions.kinds import Kind


@dataclass(frozen=True)
class Example:
    """`card` and `keyed` are the fields it has on the phone and on the keying screen, as (type, value)."""

    asked: dict[str, Any]
    sent: str | list[str] | None
    card: frozenset[tuple[str, str | None]]
    #: The answer in words, on the page on which it is read over.
    said: str
    keyed: frozenset[tuple[str, str | None]]
    #: The words and the empty places beside the question on the slip.
    paper: str


def ask(kind: Kind, **more: Any) -> dict[str, Any]:
    """A question of that kind, which is its key too."""
    return {
        "key": kind.value,
        "kind": kind.value,
        "text": {"vi": f"Hỏi kiểu {kind.value}?", "en": "?"},
    } | more


def choices(*codes: str) -> list[dict[str, Any]]:
    """Options in words."""
    return [{"code": code, "label": {"vi": f"Lựa chọn {code}", "en": code}} for code in codes]


def fields(sort: str, *values: str | None) -> frozenset[tuple[str, str | None]]:
    """Fields of one type."""
    return frozenset((sort, value) for value in values)


_TWO_WAY = [
    {"code": "satisfied", "label": {"vi": "Hài lòng", "en": "Satisfied"}, "counts": "satisfied"},
    {"code": "dissatisfied", "label": {"vi": "Chưa ưng", "en": "Not"}, "counts": "dissatisfied"},
]
_FACES = ("1", "2", "3", "4", "5")

EXAMPLES = {
    Kind.SATISFACTION: Example(
        ask(Kind.SATISFACTION, options=_TWO_WAY), "dissatisfied",
        fields("radio", "satisfied", "dissatisfied", ""), "Chưa ưng",
        fields("radio", "satisfied", "dissatisfied", ""), "□ Hài lòng □ Chưa ưng",
    ),
    Kind.SINGLE_CHOICE: Example(
        ask(Kind.SINGLE_CHOICE, options=choices("a", "b")), "b",
        fields("radio", "a", "b", ""), "Lựa chọn b",
        fields("radio", "a", "b", ""), "□ Lựa chọn a □ Lựa chọn b",
    ),
    Kind.MULTIPLE_CHOICE: Example(
        ask(Kind.MULTIPLE_CHOICE, options=choices("c", "d")), ["d", "c"],
        fields("checkbox", "c", "d"), "Lựa chọn c, Lựa chọn d",
        fields("checkbox", "c", "d"), "□ Lựa chọn c □ Lựa chọn d",
    ),
    Kind.FIVE_FACES: Example(
        ask(Kind.FIVE_FACES), "5",
        fields("radio", *_FACES, ""), "Rất hài lòng",
        fields("radio", *_FACES, ""), "□ 1 □ 2 □ 3 □ 4 □ 5 (1 là kém nhất, 5 là tốt nhất)",
    ),
    Kind.NUMBER: Example(
        ask(Kind.NUMBER), "1.500,5", fields("text", ""), "1.500,5", fields("text", ""), "▭",
    ),
    Kind.SHORT_TEXT: Example(
        ask(Kind.SHORT_TEXT), "Chợ <01>", fields("text", ""), "Chợ <01>", fields("text", ""), "…",
    ),
    Kind.LONG_TEXT: Example(
        ask(Kind.LONG_TEXT), "Đường thôn\ncòn lầy", fields("textarea", None), "Đường thôn còn lầy",
        fields("textarea", None), "… …",
    ),
    Kind.NOTE: Example(ask(Kind.NOTE), None, frozenset(), "", frozenset(), ""),
}  # fmt: skip
