"""Node packages of the tests, installed exactly as their lock file says."""

import fcntl
import hashlib
import subprocess
from pathlib import Path

from tests.support.process import REPOSITORY
from tests.support.service import find_program

DIRECTORY = REPOSITORY / "tests" / "support" / "relying_parties" / "node"


def install_packages(directory: Path = DIRECTORY) -> Path:
    """Install what is not there yet; return the directory. Of parallel test processes one installs."""
    mark = directory / "node_modules" / ".installed-from"
    with (directory / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if not mark.exists() or mark.read_text() != wanted:
            # --ignore-scripts: a package must not run anything of its own on this machine.
            options = ["--ignore-scripts", "--engine-strict", "--no-audit", "--no-fund"]
            command = [find_program("npm"), "ci", *options]
            subprocess.run(command, cwd=directory, check=True)
            mark.write_text(wanted)
    return directory
