"""The form of one question, made for its kind and the languages of its questionnaire.

A half-finished question can always be saved; what it still lacks is the check's task.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from survey_app.authoring import drafts, wording
from survey_app.authoring.drafts import Document, Part
from survey_app.authoring.forms import Checkboxes, PartForm, typed
from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _
from survey_app.questions.kinds import Kind
from survey_app.questions.problems import LARGEST_INTEGER, LONGEST_TEXT, MOST_ITEMS

LONGEST_LABEL = 200
#: Most rows of choices that a form shows; what a document may hold.
MOST_ROWS = MOST_ITEMS
FEWEST_ROWS = 2


def question_form(
    draft: Document, item: Part, *, rows: int, condition_on: str, locked: bool
) -> type[PartForm]:
    """The form of one question: of its kind, with `rows` rows of choices, in the draft's languages.

    `condition_on` is the earlier question whose answers are offered as a condition. A `locked` draft gets
    no further scored question, so that kind is not offered.
    """
    kind, languages = Kind(item["kind"]), draft["languages"]
    fields: dict[str, Field] = {
        "kind": _kind_field(locked=locked),
        **_texts("text", _wording_label, languages, rows=3),
    }
    if kind.row.has_options:
        fields |= _option_fields(languages, rows)
    fields |= _texts("help", _help_label, languages, rows=2)
    if kind.row.has_range:
        fields |= _range_fields()
    if kind.row.is_asked:
        fields["required"] = BooleanField(_("An answer is required"))
    if kind.row.two_way:
        fields["closing"] = BooleanField(_("This is the closing item (reported apart, not scored)"))
    else:
        fields |= _condition_fields(draft, item, condition_on)
    return type("QuestionForm", (PartForm,), fields)


#: What lists begin their lines with: a dash, a dot, "1.", "a)".
_MARKER = re.compile(r"^(?:[-–—•*+○●▪]|\(?\d{1,3}[.)]|\(?[a-zđ][.)])\s+")


def pasted_choices(text: str) -> tuple[str, ...]:
    """The lines of a list as it was copied, without the marks before them; a cell of a table is a line.

    >>> pasted_choices("1. Tốt\\n- Khá\\n\\nb) Kém\\tKhông rõ")
    ('Tốt', 'Khá', 'Kém', 'Không rõ')
    """
    lines = (_MARKER.sub("", line.strip()).strip() for line in re.split(r"[\n\r\t]+", text))
    return tuple(line for line in lines if line)


def question_data(item: Part) -> dict[str, Any]:
    """The question as the form's fields hold it."""
    data: dict[str, Any] = {"kind": item["kind"], "required": item["required"], "closing": item["closing"]}
    data |= {f"text_{tag}": text for tag, text in item["text"].items()}
    data |= {f"help_{tag}": text for tag, text in item["help"].items()}
    data |= {name: "" if item[name] is None else str(item[name]) for name in ("minimum", "maximum")}
    for row, option in enumerate(item["options"]):
        data[f"option_{row}_code"] = option["code"]
        data |= {f"option_{row}_{tag}": text for tag, text in option["label"].items()}
    if item["condition"] is not None:
        data |= {
            "condition_on": item["condition"]["question"],
            "condition_answers": item["condition"]["answers"],
        }
    return data


def rows_of(item: Part) -> int:
    """Rows of choices to show for a stored question."""
    return max(len(item["options"]), FEWEST_ROWS)


def question_values(form: PartForm, item: Part, languages: Sequence[str], rows: int) -> Part:
    """`item` with what was typed.

    What the form does not show stays, and a changed kind drops what it has no place for.
    """
    data = form.data
    changed = {
        **item,
        "text": _with_languages(item["text"], data, "text_", languages),
        "help": _with_languages(item["help"], data, "help_", languages),
        "required": bool(data.get("required")),
        "closing": bool(data.get("closing")),
    }
    if "option_0_code" in form:
        changed["options"] = _options(data, item, languages, rows)
    if "minimum" in form:
        changed |= {name: int(data[name]) if data[name] else None for name in ("minimum", "maximum")}
    if "condition_on" in form:
        changed["condition"] = _condition(data)
    return drafts.of_kind(changed, Kind(data["kind"]), languages)


def _kind_field(*, locked: bool) -> SelectField:
    return SelectField(
        _("Kind of question"), choices=[SelectChoice(*kind) for kind in kind_choices(locked=locked)]
    )


def kind_choices(*, locked: bool) -> list[tuple[str, str]]:
    """Kinds to choose from; a locked draft takes no further scored question."""
    return [(kind.value, _(kind.row.name)) for kind in Kind if not (locked and kind.row.two_way)]


def _wording_label(language: str) -> str:
    return _("Wording (%(language)s)", language=language)


def _help_label(language: str) -> str:
    return _("Help below the question (%(language)s)", language=language)


def _texts(
    name: str, label: Callable[[str], str], languages: Iterable[str], *, rows: int
) -> dict[str, Field]:
    return {
        f"{name}_{tag}": TextAreaField(
            label(wording.language_name(tag)),
            validators=[typed(name, LONGEST_TEXT)],
            render_kw={"rows": rows, "lang": tag, "data-limit": LONGEST_TEXT},
        )
        for tag in languages
    }


def _option_fields(languages: Iterable[str], rows: int) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for row in range(rows):
        fields[f"option_{row}_code"] = HiddenField()
        for tag in languages:
            label = _("Choice %(number)s (%(language)s)", number=row + 1, language=wording.language_name(tag))
            fields[f"option_{row}_{tag}"] = StringField(
                label,
                validators=[typed("label", LONGEST_LABEL)],
                render_kw={"lang": tag, "data-limit": LONGEST_LABEL},
            )
    return fields


def _range_fields() -> dict[str, Field]:
    numeric = {"inputmode": "numeric"}
    return {
        "minimum": StringField(
            _("Smallest number (may stay empty)"), validators=[_whole_number], render_kw=numeric
        ),
        "maximum": StringField(
            _("Largest number (may stay empty)"), validators=[_whole_number], render_kw=numeric
        ),
    }


def _condition_fields(draft: Document, item: Part, condition_on: str) -> dict[str, Field]:
    earlier = _earlier_closed(draft, item)
    asked = [SelectChoice("", _("Asked of everybody"))]
    asked += [
        SelectChoice(
            other["key"], _("Only after question %(number)s: %(text)s", number=n, text=_short(other))
        )
        for n, other in earlier
    ]
    if condition_on and condition_on not in {choice.value for choice in asked}:
        # A condition that no longer fits stays until the author decides; the check names it.
        asked.append(SelectChoice(condition_on, _("After a question that is no longer above this one")))
    fields: dict[str, Field] = {"condition_on": SelectField(_("When it is asked"), choices=asked)}
    chosen = drafts.question(draft, condition_on)
    if chosen is not None:
        fields["condition_answers"] = Checkboxes(
            _("Ask it when the answer was"),
            choices=[SelectChoice(code, answer_name(chosen, code)) for code in drafts.answers_of(chosen)],
            validators=[_some_answer],
        )
    return fields


def _earlier_closed(draft: Document, item: Part) -> list[tuple[int | None, Part]]:
    """Numbered questions above this one that a condition may look at."""
    numbers = drafts.numbers(draft)
    above = (
        draft["questions"][: list(numbers).index(item["key"])]
        if item["key"] in numbers
        else draft["questions"]
    )
    return [(numbers[other["key"]], other) for other in above if drafts.kind_row(other).is_closed]


def answer_name(item: Part, code: str) -> str:
    """One possible answer of a closed question as people read it."""
    fixed = drafts.kind_row(item).fixed
    if fixed:
        return _(fixed[code])
    label: Part = next((option["label"] for option in item["options"] if option["code"] == code), {})
    return label.get("vi") or next(iter(label.values()), code)


def _short(item: Part) -> str:
    text = item["text"].get("vi") or next(iter(item["text"].values()), _("(no wording yet)"))
    return text if len(text) <= 60 else text[:59] + "…"


def _with_languages(
    present: Part, data: dict[str, Any], prefix: str, languages: Iterable[str]
) -> dict[str, str]:
    """Words of the languages shown replaced.

    Those of a language the form no longer lists stay, for when it comes back.
    """
    typed = {**present, **{tag: data[f"{prefix}{tag}"] for tag in languages}}
    return {tag: text for tag, text in sorted(typed.items()) if text}


def _options(data: dict[str, Any], item: Part, languages: Sequence[str], rows: int) -> list[Part]:
    """Rows with any words in them, each keeping its code; a row emptied in every language is gone."""
    stored = {option["code"]: option for option in item["options"]}
    used = list(stored)
    kept: list[Part] = []
    for row in range(rows):
        code = data[f"option_{row}_code"] or ""
        known = stored.get(code)
        label = _with_languages({}, data, f"option_{row}_", languages)
        if not label and not drafts.kind_row(item).two_way:
            continue
        if known is None:
            code = drafts.new_option_code(used)
            used.append(code)
        kept.append(
            {
                "code": code,
                "label": {**_unlisted(known, languages), **label},
                "counts": known["counts"] if known else None,
            }
        )
    return kept


def _unlisted(option: Part | None, languages: Sequence[str]) -> dict[str, str]:
    return (
        {} if option is None else {tag: text for tag, text in option["label"].items() if tag not in languages}
    )


def _condition(data: dict[str, Any]) -> Part | None:
    if not data["condition_on"]:
        return None
    return {"question": data["condition_on"], "answers": list(data.get("condition_answers") or ())}


def _some_answer(_form: StaffForm, field: Field) -> None:
    if not field.data:
        raise ValidationError(_("Tick at least one answer, or let the question be asked of everybody."))


def _whole_number(_form: StaffForm, field: Field) -> None:
    text = (field.data or "").strip()
    sign = text.removeprefix("-")
    if text and not (sign.isascii() and sign.isdigit() and len(sign) <= len(str(LARGEST_INTEGER))):
        raise ValidationError(_("Please enter a whole number, in digits only, like 0 or 25."))
    field.data = text
