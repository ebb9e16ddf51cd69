"""The catalogues are whole, and the tool that says so sees what is amiss."""

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

from scripts.messages import PLURALS, faults, faults_of
from scripts.source_messages import Message, in_python, in_template


@pytest.mark.parametrize("locale", sorted(PLURALS))
def test_a_catalogue_is_whole(locale: str) -> None:
    assert list(faults(locale)) == []


def test_every_language_on_offer_has_a_catalogue() -> None:
    offered = {to_locale(code) for code, _name in settings.LANGUAGES} - {"en"}
    assert offered == set(PLURALS)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Sign in", msgstr=""), "not translated"),
        (polib.POEntry(msgid="Sign in", msgstr="Anmelden", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Back to %(app)s", msgstr="Zurück"), "placeholders"),
        (polib.POEntry(msgid="Back to %(app)s", msgstr="Zurück zu %(ap)s"), "placeholders"),
        (polib.POEntry(msgid="At most {n}", msgstr="Höchstens {m}"), "placeholders"),
        (polib.POEntry(msgid="By <bdi>%(x)s</bdi>", msgstr="Von <b>%(x)s</b>"), "HTML"),
        (polib.POEntry(msgid="By", msgstr='Von <a href="https://evil.example">'), "HTML"),
        (
            polib.POEntry(msgid="%(n)s", msgid_plural="%(n)s x", msgstr_plural={0: "%(m)s", 1: "%(n)s"}),
            "placeholders",
        ),
        (
            polib.POEntry(msgid="%(n)s", msgid_plural="%(n)s x", msgstr_plural={0: "%(n)s", 1: ""}),
            "not translated",
        ),
    ],
)
def test_a_bad_translation_is_found(entry: polib.POEntry, fault: str) -> None:
    found = list(faults_of(entry))
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_a_form_that_stands_for_one_number_may_leave_it_out() -> None:
    forms = {0: "لا نتائج", 1: "نتيجة واحدة", 2: "%(n)s"}
    assert not list(faults_of(polib.POEntry(msgid="%(n)s", msgid_plural="%(n)s x", msgstr_plural=forms)))


def test_sentences_are_found_in_python() -> None:
    code = '_("One")\ngettext_lazy("Two " "halves")\nngettext("%(n)d x", "%(n)d xs", n) % {"n": n}'
    assert list(in_python(code)) == [Message("One"), Message("Two halves"), Message("%(n)d x", "%(n)d xs")]


@pytest.mark.parametrize("code", ['_(f"Hello {name}")', "_(words)", '_("a" + b)'])
def test_a_sentence_made_on_the_way_is_a_mistake(code: str) -> None:
    with pytest.raises(ValueError, match="plain text only"):
        list(in_python(code))


def test_sentences_are_found_in_templates() -> None:
    template = """{% load i18n %}{% translate "One" %}
      {% include "a.html" with label=_("Two") %}
      {% blocktranslate trimmed with app=name %}
        Back to <bdi>{{ app }}</bdi>
      {% endblocktranslate %}
      {% blocktranslate count n=people %}{{ n }} person{% plural %}{{ n }} people{% endblocktranslate %}"""
    found = list(in_template(template))
    assert Message("One") in found
    assert Message("Two") in found
    assert Message("Back to <bdi>%(app)s</bdi>") in found
    assert Message("%(n)s person", "%(n)s people") in found
