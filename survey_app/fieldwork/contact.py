"""The number villagers may call: whether a contact holds one, and where it is.

A contact is written freely, with names and places; without a number there is nobody to call, and nothing says so.
"""

import re

#: A Vietnamese number as people write it: from 0 or +84 on nine or ten digits, or a hotline; never part of a code.
_NUMBER = re.compile(r"(?<![\w.+-])(?:(?:\+84|0)(?:[ .-]?\d){9,10}|1[89]00(?:[ .-]?\d){4,6})(?![\w-])")


def has_number(contact: str) -> bool:
    """Whether somebody can be called.

    >>> has_number("Bà Hoa, 0269 000 000"), has_number("Xã Ia Mơ"), has_number("001-12345-67890-1")
    (True, False, False)
    """
    return _NUMBER.search(contact) is not None


def dialled(text: str) -> list[tuple[str, str]]:
    """The text in pieces, each with what calls it: "" for words, the digits for a number. For `macros/phone.html`.

    >>> dialled("Bà Hoa, +84 269.000.000")
    [('Bà Hoa, ', ''), ('+84 269.000.000', '+84269000000')]
    """
    pieces, done = [], 0
    for found in _NUMBER.finditer(text):
        pieces += [(text[done : found.start()], ""), (found[0], re.sub(r"[^\d+]", "", found[0]))]
        done = found.end()
    return [piece for piece in [*pieces, (text[done:], "")] if piece[0]]
