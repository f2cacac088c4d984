"""What a process and its children cost, as the kernel counts it."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """User and system time of a process, of its living descendants, and of the children it has waited for."""
    return sum(_ticks(number) for number in family(process)) / _TICKS


def peak_mebibytes(process: int) -> float:
    """The most memory a process has held at once."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def family(process: int) -> list[int]:
    """The process and its living descendants."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    return [process, *(number for child in children for number in family(int(child)))]


def _ticks(process: int) -> int:
    # The name of the program may hold blanks: what is counted follows its closing bracket.
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])
