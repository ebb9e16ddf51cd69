"""The catalogues of languages: `python -m scripts.messages update` after new sentences, `check` before a commit.

`update` puts new sentences in (untranslated), takes dropped ones out, and compiles; translations stay as they are.
`check` names every sentence that is missing, fuzzy or left over, whose placeholders or HTML differ from the
English, and a compiled catalogue that is not of its source. Neither needs gettext's programs.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

from scripts.source_messages import ROOT, Message, find_all

PLURALS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "it": "nplurals=2; plural=(n != 1);",
    "ja": "nplurals=1; plural=0;",
    "nl": "nplurals=2; plural=(n != 1);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "pt_BR": "nplurals=2; plural=(n > 1);",
    "zh_Hans": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
TAG = re.compile(r"</?\w+[^>]*>")


def source_of(locale: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def read(locale: str) -> polib.POFile:
    path = source_of(locale)
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)


def update(locale: str) -> None:
    """Bring the catalogue in line with the source: the same order, nothing left over, dates nowhere."""
    old = {Message(entry.msgid, entry.msgid_plural): entry for entry in read(locale) if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Language": locale,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[locale],
    }
    for message, places in find_all().items():
        entry = old.get(message) or _blank(message, locale)
        entry.occurrences = [(place, "") for place in places]
        catalogue.append(entry)
    source_of(locale).parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(source_of(locale)))
    source_of(locale).with_suffix(".mo").write_bytes(compiled(catalogue))


def compiled(catalogue: polib.POFile) -> bytes:
    data: bytes = catalogue.to_binary()
    return data


def faults(locale: str) -> Iterator[str]:
    """What is amiss with a catalogue, a sentence each."""
    catalogue, wanted = read(locale), set(find_all())
    held = {Message(entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}
    yield from (f"missing: {message.singular!r}" for message in sorted(wanted - held))
    yield from (f"left over: {message.singular!r}" for message in sorted(held - wanted))
    yield from (f"left over: {entry.msgid!r}" for entry in catalogue.obsolete_entries())
    for entry in catalogue:
        yield from faults_of(entry)
    mo = source_of(locale).with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(catalogue):
        yield "django.mo is not made from django.po: run `make messages`"


def faults_of(entry: polib.POEntry) -> Iterator[str]:
    """What is amiss with one translation."""
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(translations):
        yield f"not translated: {entry.msgid!r}"
        return
    for pattern, name in ((PLACEHOLDER, "placeholders"), (TAG, "HTML")):
        wanted = Counter(pattern.findall(entry.msgid_plural or entry.msgid))
        for text in translations:
            if Counter(pattern.findall(text)) != wanted and not _leaves_number_out(entry, text, pattern):
                yield f"{name} differ: {entry.msgid!r} -> {text!r}"


def _leaves_number_out(entry: polib.POEntry, text: str, pattern: re.Pattern[str]) -> bool:
    """ "One hour", "two hours" (Arabic) need no figure: a form that stands for one number may leave it out."""
    given, wanted = Counter(pattern.findall(text)), Counter(pattern.findall(entry.msgid_plural))
    return bool(entry.msgid_plural) and not given - wanted and sum((wanted - given).values()) == 1


def _blank(message: Message, locale: str) -> polib.POEntry:
    if not message.plural:
        return polib.POEntry(msgid=message.singular)
    forms = int(PLURALS[locale].removeprefix("nplurals=").partition(";")[0])
    return polib.POEntry(
        msgid=message.singular, msgid_plural=message.plural, msgstr_plural=dict.fromkeys(range(forms), "")
    )


def main(act: str) -> int:
    if act == "update":
        for locale in PLURALS:
            update(locale)
    found = [f"{locale}: {fault}" for locale in PLURALS for fault in faults(locale)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found and act == "check" else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit("python -m scripts.messages update|check")
    sys.exit(main(sys.argv[1]))
