"""The site's addresses; mozilla-django-oidc's own stand under /oidc/."""

from django.urls import include, path

from tests.support.relying_parties.mozilla import views

urlpatterns = [
    path("", views.home),
    path("failed", views.failed),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
