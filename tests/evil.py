"""Values that no document expects, and documents with one of them planted anywhere."""

import copy

from hypothesis import strategies as st

evil = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def planted(document, value, place):
    """A copy of `document` with `value` in one of its places; every number leads to one."""
    made = copy.deepcopy(document)
    paths = list(_every_path(made))
    *way, last = paths[place % len(paths)]
    part = made
    for key in way:
        part = part[key]
    part[last] = value
    return made


def _every_path(value, path=()):
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _every_path(part, (*path, key))
