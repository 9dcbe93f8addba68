"""“My account”: the second factor, the keys and the sessions of whoever is signed in."""

from functools import partial

import segno
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as mark_verified

from accounts import services
from inventory_project.base.admin.forms import add_refusal
from inventory_project.base.admin.once import answer_once
from inventory_project.base.errors import RuleViolation

from . import second_factor
from .forms import AddressForm, CodeForm, EnrolForm, SignOutForm, TokenForm
from .pages import keep_session


def account_page(request: HttpRequest, forms: dict | None = None) -> HttpResponse:
    """Everything about one's own way in."""
    user = request.user
    device = second_factor.device_of(user)
    context = {
        "title": _("My account"),
        "device": device,
        "is_required": second_factor.is_required(user),
        "codes_left": second_factor.backup_codes_left(user) if device else 0,
        "tokens": list(user.auth_token_set.order_by("-created")),
        "token_form": TokenForm(user=user),
        "address_form": AddressForm(user=user, prefix="address"),
        "remove_form": CodeForm(prefix="remove"),
        "renew_form": CodeForm(prefix="renew"),
        "sign_out_form": SignOutForm(),
        **(forms or {}),
    }
    return _page(request, "admin/account.html", **context)


@require_POST
@sensitive_post_parameters("address-password")
def change_address(request: HttpRequest) -> HttpResponse:
    """Another email address of one's own: links for a new password go there."""
    form = AddressForm(request.POST, user=request.user, prefix="address")
    if form.is_valid():
        try:
            services.change_own_address(request.user, form.cleaned_data["email"], by=request.user)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
    if not form.is_valid():
        return account_page(request, {"address_form": form})
    messages.success(request, _("Your email address is %(address)s now.") % {"address": request.user.email})
    return HttpResponseRedirect(reverse("admin:account"))


@sensitive_post_parameters("code", "password")
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, then show that it works."""
    user = request.user
    if second_factor.device_of(user):
        return HttpResponseRedirect(reverse("admin:account"))
    form = EnrolForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm_enrolment(user, form.cleaned_data["code"], by=user)
        except RuleViolation as refusal:
            add_refusal(form, refusal)
        else:
            mark_verified(request, second_factor.device_of(user))
            keep_session(request, user)
            return _codes_page(request, codes)
    enrolment = second_factor.begin_enrolment(user)
    picture = segno.make(enrolment.uri, error="m").svg_inline(scale=5, border=3, light="#fff")
    secret = " ".join(enrolment.secret[i : i + 4] for i in range(0, len(enrolment.secret), 4))
    context = {"form": form, "picture": mark_safe(picture), "secret": secret}
    title = _("Set up a second factor")
    return _page(
        request, "admin/second_factor.html", title=title, is_required=second_factor.is_required(user), **context
    )


@require_POST
@sensitive_post_parameters("code")
def remove(request: HttpRequest) -> HttpResponse:
    """Go without a second factor again, with a code of it."""
    if second_factor.is_required(request.user):
        messages.error(request, _("Your role asks for a second factor, so it stays."))
        return HttpResponseRedirect(reverse("admin:account"))
    form = CodeForm(request.POST, prefix="remove")
    if not _is_right(request, form):
        return account_page(request, {"remove_form": form})
    second_factor.remove(request.user, by=request.user)
    keep_session(request, request.user)
    messages.success(request, _("The second factor is gone. Your other sessions have ended."))
    return HttpResponseRedirect(reverse("admin:account"))


@require_POST
@sensitive_post_parameters("code")
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New backup codes, with a code of the second factor."""
    form = CodeForm(request.POST, prefix="renew")
    if not _is_right(request, form):
        return account_page(request, {"renew_form": form})
    return _codes_page(request, second_factor.renew_backup_codes(request.user, by=request.user))


def _is_right(request: HttpRequest, form: CodeForm) -> bool:
    if not form.is_valid():
        return False
    if wait := second_factor.pause(request.user, form.cleaned_data["code"]):
        form.add_error("code", _("Too many wrong codes. Try again in %(seconds)d seconds.") % {"seconds": wait})
    elif not second_factor.verify(request.user, form.cleaned_data["code"]):
        form.add_error("code", _("That code is not right, or was used before."))
    return form.is_valid()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions, also this one."""
    form = SignOutForm(request.POST)
    form.is_valid()
    services.sign_out(request.user, **form.cleaned_data, by=request.user)
    request.session.flush()
    messages.success(request, _("You are signed out everywhere."))
    return HttpResponseRedirect(reverse("admin:login"))


@require_POST
@sensitive_post_parameters("password")
def make_token(request: HttpRequest) -> HttpResponse:
    """A key of one's own."""
    form = TokenForm(request.POST, user=request.user)
    if not form.is_valid():
        return account_page(request, {"token_form": form})
    user = request.user

    def make() -> HttpResponse:
        token, key = services.create_token(user, **form.answers(), by=user)
        return key_page(request, token, key, reverse("admin:account"))

    return answer_once(request, make)


def key_page(request: HttpRequest, token, key: str, back: str) -> HttpResponse:
    """The key itself, in this answer and nowhere else."""
    response = _page(request, "admin/shown_once.html", title=token.name, key=key, token=token, back_url=back)
    response.then = back  # where a form that is sent again leads
    return response


@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key of one's own."""
    token = get_object_or_404(request.user.auth_token_set, pk=pk)
    services.revoke_token(token, by=request.user)
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": token.name})
    return HttpResponseRedirect(reverse("admin:account"))


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(
        request, "admin/shown_once.html", title=_("Backup codes"), codes=codes, back_url=reverse("admin:account")
    )


def _page(request: HttpRequest, template: str, **context) -> HttpResponse:
    site = admin.site
    request.current_app = site.name
    return TemplateResponse(request, template, {**site.each_context(request), **context})


def account_urls(site) -> list:
    """The addresses below /admin/."""
    inside = partial(site.admin_view, cacheable=False)
    return [
        path("account/", inside(account_page), name="account"),
        path("account/address/", inside(change_address), name="own_address"),
        path("account/second-factor/", inside(enrol), name="second_factor_enrol"),
        path("account/second-factor/remove/", inside(remove), name="second_factor_remove"),
        path("account/backup-codes/", inside(renew_codes), name="backup_codes"),
        path("account/sign-out/", inside(sign_out), name="sign_out_everywhere"),
        path("account/tokens/", inside(make_token), name="own_token_add"),
        path("account/tokens/<int:pk>/revoke/", inside(revoke_token), name="own_token_revoke"),
    ]
