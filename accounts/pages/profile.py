"""/account/profile and /account/preferences, and the pictures of people."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session
from accounts.models import User
from accounts.pages.profile_forms import AvatarForm, PreferencesForm, ProfileForm
from accounts.services import avatars
from accounts.services import profile as service
from core import clock, languages
from core.errors import RateLimited, ValidationFailed
from core.served_pictures import serve_png

KEEP = timedelta(days=1)  # whoever takes a picture away finds it gone from caches the day after


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    if request.method == "POST" and "avatar" in request.POST:
        return _avatar(request, user)
    form = ProfileForm(request.POST or None, initial=_shown(user))
    if request.method == "POST" and form.is_valid():
        service.update(user=user, changes=form.cleaned_data, now=clock.now())
        messages.success(request, _("Your profile is saved."))
        return HttpResponseRedirect("/account/profile", status=303)
    return _page(request, form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    form = PreferencesForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            service.update(user=user, changes=form.of_profile, now=clock.now())
            service.change_preferences(user=user, changes=form.of_preferences, now=clock.now())
        messages.success(request, _("Your preferences are saved."))
        response = HttpResponseRedirect("/account/preferences", status=303)
        if "locale" in form.changed_data:
            languages.forget_choice(request, response)
        return response
    return render(request, "account/preferences.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt  # reads no cookie
@require_safe
def avatar(request: HttpRequest, key: str) -> HttpResponse:
    """/avatars/{key}.png: for our own pages, and for the apps that the claim `picture` is told to."""
    png = avatars.find_png(key)
    if png is None:
        raise Http404
    return serve_png(png, name="picture", keep=KEEP, for_other_sites=True)


def _avatar(request: HttpRequest, user: User) -> HttpResponse:
    if request.POST["avatar"] == "remove":
        avatars.remove(user=user, now=clock.now())
        messages.success(request, _("Your picture is gone."))
        return HttpResponseRedirect("/account/profile", status=303)
    form, status = AvatarForm(request.POST, request.FILES, auto_id="id_avatar_%s"), 422
    if form.is_valid():
        upload: UploadedFile[Any] = form.cleaned_data["picture"]
        try:
            avatars.put(user=user, picture=upload.read(), now=clock.now())
        except (ValidationFailed, RateLimited) as error:
            form.add_error("picture", error.detail)
            status = error.status
        else:
            messages.success(request, _("Your new picture is there."))
            return HttpResponseRedirect("/account/profile", status=303)
    return _page(request, ProfileForm(initial=_shown(user)), avatar_form=form, status=status)


def _page(
    request: HttpRequest, form: ProfileForm, *, avatar_form: AvatarForm | None = None, status: int
) -> HttpResponse:
    facts = {"form": form, "avatar_form": avatar_form or AvatarForm(auto_id="id_avatar_%s")}
    return render(request, "account/profile.html", facts, status=status)


def _shown(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ProfileForm.base_fields}
