"""Which language a tag means, and how it is written for others."""

import pytest
from django.conf import settings
from django.utils import translation

from core import languages, mail
from core.models import Mail


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("PT-br", "pt-br"),
        ("pt", "pt-br"),
        ("zh-CN", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("tlh se fr-CA de", "fr"),
        ("se", ""),
        ("", ""),
        ("../../etc/passwd \x00 <script>", ""),
        ("x" * 5000, ""),
        (" ".join(["se"] * 20 + ["de"]), ""),
    ],
)
def test_the_first_tag_that_we_speak_counts(tags: str, language: str) -> None:
    assert languages.find(tags) == language


def test_our_languages_in_the_writing_of_bcp_47() -> None:
    tags = [languages.as_tag(code) for code, _name in settings.LANGUAGES]
    assert {"en", "pt-BR", "zh-Hans", "ar"} <= set(tags)
    assert [languages.find(tag) for tag in tags] == [code for code, _name in settings.LANGUAGES]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("locale", "page", "subject"),
    [
        ("de-AT", "fr", "123456 ist Ihr Code für Janua"),
        ("", "fr", "123456 est votre code Janua"),
        ("se", "fr", "123456 est votre code Janua"),
        ("ja", "en", "123456 は Janua の確認コードです"),
    ],
)
def test_a_mail_speaks_the_persons_language_or_the_pages(locale: str, page: str, subject: str) -> None:
    with translation.override(page):
        mail.send("verify_email", "alice@example.com", {"code": "123456", "minutes": 60}, locale=locale)
    assert Mail.objects.get().subject == subject


@pytest.mark.django_db
def test_a_mail_in_arabic_runs_from_right_to_left_and_its_code_does_not() -> None:
    mail.send("verify_email", "alice@example.com", {"code": "123456", "minutes": 60}, locale="ar")
    html = Mail.objects.get().html
    assert '<html lang="ar" dir="rtl">' in html
    assert '<body dir="rtl"' in html  # mail programs drop <html>
    assert 'class="code" dir="ltr"' in html
