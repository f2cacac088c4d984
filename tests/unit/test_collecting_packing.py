"""A page packed once and ended for each reader is, unpacked, the page that was drawn."""

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.collecting.packing import pack

PAGES = st.text(max_size=300).map(str.encode)


@pytest.mark.parametrize(
    ("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress), (None, bytes)]
)
@given(start=PAGES, end=st.text(min_size=1, max_size=300).map(str.encode))
def test_start_and_end_come_out_as_they_went_in(encoding, unpack, start, end):
    assert unpack(pack(start).ended(end, encoding)) == start + end


def test_one_start_is_ended_many_times():
    packed = pack(b"Gia Lai")

    assert [gzip.decompress(packed.ended(end, "gzip")) for end in (b"1", b"2")] == [b"Gia Lai1", b"Gia Lai2"]


def test_a_longest_end_still_fits_its_block():
    end = b"x" * 0xFFFF

    assert brotli.decompress(pack(b"a").ended(end, "br")) == gzip.decompress(pack(b"a").ended(end, "gzip"))
