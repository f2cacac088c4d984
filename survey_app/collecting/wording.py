"""Questions by their topics, the answers they take, and what is wrong with one, in words of the reader's language."""

from collections.abc import Mapping

from flask import Flask

from survey_app.i18n import gettext as _
from survey_app.questions.instrument import Instrument, Question
from survey_app.questions.reading import AnswerProblem
from survey_app.questions.stem import Stem, Topic, stem, topics
from survey_app.templating import number, wording


def init_app(app: Flask) -> None:
    """The filters of the cards."""
    app.jinja_env.filters.update(by_topic=by_topic, limits=limits)


def by_topic(instrument: Instrument) -> tuple[Stem, Mapping[str, Topic]]:
    """What all scored questions say alike, and the topic of each by its key; none where they begin differently."""
    texts = {question.key: wording(question.text) for question in instrument.scored}
    common = stem(list(texts.values()))
    if not common.start:
        return common, {}
    rests = [common.rest(text) for text in texts.values()]
    return common, dict(zip(texts, topics(rests), strict=True))


def limits(question: Question) -> str:
    """Which answers a question takes, said before one is typed; "" where every answer will do."""
    least, most, characters = question.minimum, question.maximum, question.kind.row.most_characters
    if characters is not None:
        return _("At most %(limit)s characters.", limit=number(characters))
    if least is not None and most is not None:
        return _("A number from %(least)s to %(most)s.", least=number(least), most=number(most))
    if least is not None:
        return _("A number of at least %(minimum)s.", minimum=number(least))
    return "" if most is None else _("A number of at most %(maximum)s.", maximum=number(most))


def problem(found: AnswerProblem) -> str:
    """What is wrong with an answer, and what is expected."""
    params = found.params
    if found.code == "out_of_range":
        if "minimum" in params:
            return _("Please enter a number of at least %(minimum)s.", minimum=params["minimum"])
        if "maximum" in params:
            return _("Please enter a number of at most %(maximum)s.", maximum=params["maximum"])
        return _("This number is too long.")
    if found.code == "two_meanings":
        return _(
            "This number can be read in two ways. Please write %(large)s if you mean the large number, "
            "or %(small)s if you mean the small one.",
            **params,
        )
    if found.code == "too_long":
        return _("At most %(limit)s characters, please.", limit=number(int(params["limit"])))
    return {
        "unknown_question": _("This question is not part of the form."),
        "not_an_option": _("Please choose one of the answers shown."),
        "not_a_number": _("Please enter a number, like 3, 2,5 or 1.500."),
        "required": _("Please answer this question."),
        "unmarked": _("Not marked yet: choose the answer, or that it is blank."),
        "wrong_type": _("This answer has the wrong form."),
        "forbidden_character": _("This text holds a character that cannot be stored. Please delete it."),
    }[found.code]


def named(instrument: Instrument, problems: Mapping[str, AnswerProblem]) -> dict[str, str]:
    """Problems by question key, each naming its question as the form does; what is no question, as it was sent."""
    sentences = {}
    for key, found in problems.items():
        question = instrument.question(key)
        sentences[key] = f"{key if question is None else wording(question.text)}: {problem(found)}"
    return sentences
