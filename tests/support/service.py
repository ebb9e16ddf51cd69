"""What every real service of the tests shares: a workspace, a process, start to crash."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import NotReadyError
from tests.support.process import Process, Workspace


class Service:
    """A process with a directory of its own. Subclasses set both in `__init__`."""

    workspace: Workspace
    process: Process

    @property
    def directory(self) -> Path:
        return self.workspace.path

    def start(self) -> None:
        """Start; also after stop() or kill9(), on the same port with the same data."""
        self.process.start()

    def stop(self) -> None:
        """Stop in an orderly way; the data stay."""
        self.process.stop()

    def kill9(self) -> None:
        """Crash it: SIGKILL for the process and everything beneath it."""
        self.process.kill9()

    def restart(self) -> None:
        self.stop()
        self.start()

    def is_alive(self) -> bool:
        return self.process.is_alive()

    def log_text(self) -> str:
        return self.process.log_text()

    def close(self) -> None:
        """Stop for good and remove the directory."""
        self.stop()
        self.workspace.remove()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_program(name: str, *directories: Path) -> str:
    """The program's path, from the given directories or PATH; says what to run when it is missing."""
    search = [str(directory) for directory in directories]
    for path in (*search, None, "/usr/sbin"):
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    raise NotReadyError(f"{name} is not installed: run scripts/install_test_packages.sh")
