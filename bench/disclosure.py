"""G22: what linear programming derives of hidden counts, over a thousand random communes."""

import sys

from tests.attacks import disclosure

COMMUNES = 1_000


def main(communes: int) -> None:
    """Attack this many communes, say every count that could be derived, and fail when there was one."""
    found = 0
    for cell in disclosure.exceptions(range(communes)):
        found += 1
        print(cell)
    print(f"{communes} communes, {found} hidden counts derived")
    if found:
        raise SystemExit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COMMUNES)
