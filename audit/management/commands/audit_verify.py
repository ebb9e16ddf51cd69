"""`manage.py audit_verify`: is the audit trail what was written?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.anchors import anchor_heads, read_anchors
from audit.export import export_trail, write_key
from audit.verify import verify_all
from core import clock

PROGRESS_EVERY = 100_000


class Command(BaseCommand):
    help = (
        "Verify every chain of the audit trail; exit code 1 and the first bad entry if it was tampered with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--export", type=Path, metavar="FILE", help="write the trail as JSON lines instead"
        )
        parser.add_argument("--with-personal", action="store_true", help="export the personal data too")
        parser.add_argument(
            "--write-key", type=Path, metavar="FILE", help="write the key for standalone.py, only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["write_key"]:
                write_key(options["write_key"])
            elif options["export"]:
                count = export_trail(options["export"], with_personal=options["with_personal"])
                self.stdout.write(f"{count} events written")
            else:
                self._verify()
        except FileExistsError as error:
            raise CommandError(f"{error.filename} exists already") from None

    def _verify(self) -> None:
        anchors, bad_lines = read_anchors()
        for number in bad_lines:
            self.stdout.write(f"anchors: line {number} is not ours")
        is_clean = not bad_lines
        for verdict in verify_all(anchors, self._progress):
            self.stdout.write(str(verdict))
            is_clean = is_clean and verdict.finding is None
        if not is_clean:
            raise CommandError("the audit trail was tampered with", returncode=1)
        if not anchors:
            self.stdout.write("no anchors yet: a cut before this moment would go unseen")
        anchor_heads(clock.now())

    def _progress(self, name: str, count: int) -> None:
        if count % PROGRESS_EVERY == 0:
            self.stderr.write(f"{name}: {count} events so far")
