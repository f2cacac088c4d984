"""The secret files in one archive, because no backup of the data holds them.

Without the peppers no open survey takes an answer; without the signing key no receipt can be checked. Who holds
the archive and a copy of the database can tell whether a code was used: keep the two apart.
"""

import os
import tarfile
from pathlib import Path

from survey_app.keys import NETWORKS, WITNESS, KeyStore


def write_archive(keys: KeyStore, out: Path) -> int:
    """Write session secret, signing key and peppers to `out`, readable by the owner alone; how many files.

    Network keys are left out: a copy would outlive the sealing that destroys them. So is the witness, which would hide
    what happened since. Raises FileExistsError rather than replace an older archive.
    """
    left_out = {keys.folder / NETWORKS, keys.folder / WITNESS}
    files = sorted(
        path
        for path in keys.folder.rglob("[!.]*")
        if path.is_file() and left_out.isdisjoint({path, path.parent})
    )
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for path in files:
            archive.add(path, arcname=str(path.relative_to(keys.folder)), filter=_without_owner)
    return len(files)


def _without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The account that holds the keys may have another number on the machine they are restored to."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
