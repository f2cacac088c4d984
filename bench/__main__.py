"""`python -m bench` measures everything; `python -m bench submissions sealing` only what is named."""

import sys

from bench import (
    auditor_set,
    board,
    code_timing,
    erasing,
    first_view,
    keying,
    packs,
    respondent,
    scanning,
    sealing,
    slips,
    start,
    submissions,
    where,
)

_MEASUREMENTS = {
    "submissions": submissions.run,
    "where": where.run,
    "first_view": first_view.run,
    "keying": keying.run,
    "respondent": respondent.run,
    "sealing": sealing.run,
    "erasing": erasing.run,
    "board": board.run,
    "slips": slips.run,
    "code_timing": code_timing.run,
    "scanning": scanning.run,
    "start": start.run,
    "auditor_set": auditor_set.run,
    "packs": packs.run,
}


def main(names: list[str]) -> None:
    """Run the named measurements, or all."""
    unknown = [name for name in names if name not in _MEASUREMENTS]
    if unknown:
        raise SystemExit(f"no such measurement: {', '.join(unknown)}; there are {', '.join(_MEASUREMENTS)}")
    for name in names or _MEASUREMENTS:
        _MEASUREMENTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
