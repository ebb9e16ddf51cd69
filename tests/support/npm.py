"""The Node packages of the relying parties, installed exactly as their lock file says."""

import fcntl
import hashlib
import subprocess
from pathlib import Path

from tests.support.process import REPOSITORY
from tests.support.service import find_program

DIRECTORY = REPOSITORY / "tests" / "support" / "relying_parties" / "node"
LOCK_FILE = DIRECTORY / "package-lock.json"
MARK = DIRECTORY / "node_modules" / ".installed-from"


def install_packages() -> Path:
    """Install what is not there yet; return the directory. Of parallel test processes one installs."""
    with LOCK_FILE.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if not MARK.exists() or MARK.read_text() != wanted:
            # --ignore-scripts: a package must not run anything of its own on this machine.
            options = ["--ignore-scripts", "--engine-strict", "--no-audit", "--no-fund"]
            command = [find_program("npm"), "ci", *options]
            subprocess.run(command, cwd=DIRECTORY, check=True)
            MARK.write_text(wanted)
    return DIRECTORY
