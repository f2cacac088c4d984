"""A page that is compressed once and ended for each reader with a few bytes of its own.

Both formats take a block of bytes as they are behind what was compressed: gzip by RFC 1951, 3.2.4 and RFC 1952, 2.3.1,
brotli by RFC 7932, 9.2. Knows nothing of what the page says.
"""

import struct
import zlib
from dataclasses import dataclass

import brotli

_GZIP = 31  # zlib's number for its largest window in the frame of gzip


@dataclass(frozen=True, slots=True)
class PackedPage:
    """The beginning of a page under each encoding, with the checksum and length that gzip ends with."""

    br: bytes
    gzip: bytes
    checksum: int
    length: int

    def ended(self, end: bytes, encoding: str | None) -> bytes:
        """The whole page: its beginning and at most 65,535 further bytes; not compressed when `encoding` is None."""
        size = len(end)
        if encoding == "br":
            return self.br + (size - 1 << 3 | 1 << 19).to_bytes(3, "little") + end + b"\x03"
        if encoding == "gzip":
            block = b"\x01" + struct.pack("<HH", size, size ^ 0xFFFF) + end
            length = self.length + size & 0xFFFFFFFF
            return self.gzip + block + struct.pack("<II", zlib.crc32(end, self.checksum), length)
        return zlib.decompressobj(_GZIP).decompress(self.gzip) + end


def pack(start: bytes) -> PackedPage:
    """`start` compressed as small as can be; takes a few hundredths of a second."""
    smaller, small = brotli.Compressor(quality=11), zlib.compressobj(9, wbits=_GZIP)
    return PackedPage(
        br=smaller.process(start) + smaller.flush(),
        gzip=small.compress(start) + small.flush(zlib.Z_SYNC_FLUSH),
        checksum=zlib.crc32(start),
        length=len(start),
    )
