"""The canonical JSON of RFC 8785, as far as sets of files need it: texts, integers, booleans, null, lists, objects.

Refuses fractions and integers beyond 2^53, because these print differently in different languages.
"""

import hashlib
import json
from typing import Any

_LARGEST = 2**53 - 1


def dumps(value: Any) -> bytes:
    """The one form of `value` as UTF-8. Raises ValueError for what has no place in a set.

    >>> dumps({"b": [1, None, True], "a": "ờ"}).decode()
    '{"a":"ờ","b":[1,null,true]}'
    """
    return _text(value).encode("utf-8")


def sha256(value: Any) -> str:
    """SHA-256 over the canonical form, in hexadecimal."""
    return hashlib.sha256(dumps(value)).hexdigest()


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        # RFC 8785 sorts by UTF-16 code units, which is not the order of code points beyond U+FFFF.
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{_text(held)}" for key, held in pairs) + "}"
    raise ValueError(f"no canonical form: {type(value).__name__}")
