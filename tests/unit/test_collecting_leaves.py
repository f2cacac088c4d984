"""A leaf is made of the canonical JSON of RFC 8785, whichever writer wrote it."""

import hashlib

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from survey_app.collecting import leaves

TEXTS = st.text(st.characters(codec="utf-8"))
KEYS = st.text(st.characters(max_codepoint=0x7F), min_size=1) | TEXTS
ANSWERS = st.dictionaries(KEYS, st.none() | TEXTS | st.lists(TEXTS) | st.integers(-9, 9) | st.booleans())


@given(ANSWERS)
def test_the_writer_for_plain_answers_writes_what_the_rfc_says(answers):
    found = leaves.leaf(
        survey="001", version=1, unit="23764001", channel="self_online", submission_id="x", answers=answers
    )

    content = {
        "survey": "001", "version": 1, "unit": "23764001", "channel": "self_online", "submission_id": "x",
        "answers": answers,
    }  # fmt: skip
    assert found == hashlib.sha256(b"\0" + rfc8785.dumps(content)).hexdigest()
