"""What questions say alike is said once, and together with each topic it is the question word for word."""

import json
from pathlib import Path

import pytest

import survey_app
from survey_app.questions.stem import Stem, Topic, stem, topics

LIBRARY = sorted((Path(survey_app.__file__).parent / "authoring" / "library").glob("*.json"))


def scored(path, language):
    questions = json.loads(path.read_text(encoding="utf-8"))["questions"]
    return [question["text"][language] for question in questions if not question.get("closing")]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_stem_and_topic_are_the_question_word_for_word(path, language):
    texts = scored(path, language)
    common = stem(texts)

    parted = topics([common.rest(text) for text in texts])

    said = [
        " ".join(words for words in (common.start, topic.large, topic.small, common.end) if words)
        for topic in parted
    ]
    assert said == texts
    assert all(topic.large for topic in parted)


def test_what_several_questions_end_with_stands_beside_the_topic():
    rests = ["giao thông (đường sá) của xã", "nhà ở của xã", "quy hoạch của xã", "thu nhập"]

    assert topics(rests) == (
        Topic("giao thông", "(đường sá) của xã"),
        Topic("nhà ở", "của xã"),
        Topic("quy hoạch", "của xã"),
        Topic("thu nhập", ""),
    )


def test_a_topic_is_never_empty():
    assert topics(["của xã", "của xã", "điện của xã", "nước của xã", "đường của xã"])[0] == Topic(
        "của xã", ""
    )


@pytest.mark.parametrize(
    ("texts", "start", "end"),
    [
        (["Hài lòng về y tế không?", "Hài lòng về điện không?"], "Hài lòng về", "không?"),
        (["Hài lòng y tế không?", "Hài lòng điện không?"], "", ""),
        (["Hài lòng về y tế của xã không?", "Hài lòng về điện của xã không?"], "Hài lòng về", "của xã không?"),
        (["Hài lòng về y tế?", "Hài lòng về điện?"], "Hài lòng về", ""),
        (["Y tế có tốt không?", "Điện có tốt không?"], "", ""),
        (["Có hài lòng về xã", "Có hài lòng về xã không?"], "", ""),
        (["Có hài lòng về y tế xã không?", "Có hài lòng về xã không?"], "", ""),
        (["Có hài lòng về y tế không?"], "", ""),
        ([], "", ""),
    ],
    ids=[
        "three words", "two words", "an end of several words", "no common end", "no common start", "one begins the other",
        "nothing left between", "one question", "none",
    ],
)  # fmt: skip
def test_a_stem_is_at_least_three_words_that_two_questions_begin_with_and_leaves_a_topic(texts, start, end):
    assert stem(texts) == Stem(start, end)


def test_an_end_that_comes_before_the_brackets_is_found_too():
    rests = ["đường của xã (bê tông)", "nước của xã (giếng)", "điện của xã (đèn)", "thu nhập"]

    assert topics(rests) == (
        Topic("đường", "của xã (bê tông)"),
        Topic("nước", "của xã (giếng)"),
        Topic("điện", "của xã (đèn)"),
        Topic("thu nhập", ""),
    )
