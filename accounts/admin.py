"""The back office's pages of people and roles."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.grid_field import PermissionsField, Shown, draw
from accounts.models import Role, User, UserRole
from accounts.permissions import expand
from accounts.role_pages import WHY, RolePages, may_ask_why
from accounts.signin import mail
from accounts.signin.admin import SignInActs
from inventory_project.base.admin import (
    ACTIVE_TABS,
    BOTH_PAGES,
    FORM_PAGE,
    ActForm,
    BackOfficeForm,
    Button,
    LineAdmin,
    LineInline,
    ReferenceAdmin,
    RelatedFilter,
    act_permission,
)
from inventory_project.base.errors import RuleViolation

admin.site.unregister(Group)  # permissions come from roles


class UserAddForm(AdminUserCreationForm, BackOfficeForm):
    """A new account; its password may be set later, or never."""

    def clean_username(self):
        return self.cleaned_data["username"]  # the constraint says in its own words that it is taken


class AnonymiseForm(ActForm):
    """Says what goes and what stays, and asks to be sure."""

    title = _("Anonymise %(object)s")
    submit = _("Anonymise")
    intro = _(
        "This can't be undone. Removed: username, email address, names, password, roles, flags, API keys, second "
        "factor and sessions of the account, and what the history of changes says of its names. Kept: the account "
        "itself, closed and under a number, and that it wrote what it wrote. A customer record of the same person is "
        "anonymised on its own page. Backups and archived years keep what they have until they are deleted."
    )


class UserRoleInline(LineInline):
    model = UserRole
    fk_name = "user"
    fields = ("role",)
    verbose_name, verbose_name_plural = _("role"), _("roles")


@admin.register(User)
class UserAdmin(SignInActs, ReferenceAdmin, auth_admin.UserAdmin):
    purpose = _("Everybody who signs in, in the back office or through the API, has an account here.")
    list_display = ("username", "full_name", "email", "role_names", "is_staff", "is_active", "last_login")
    list_prefetch_related = ("roles",)
    list_filter = ("is_staff", "is_superuser", ("roles", admin.RelatedOnlyFieldListFilter))
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username_key",)
    tabs = ACTIVE_TABS
    in_search = True
    filter_horizontal = ()
    add_form = UserAddForm
    fieldsets = (
        (None, {"fields": ("username", "email", "first_name", "last_name")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "signed_out_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "email",
                    "first_name",
                    "last_name",
                    "is_staff",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    readonly_fields = ("last_login", "signed_out_at")
    inlines = (UserRoleInline,)
    actions = ("deactivate", *SignInActs.sign_in_actions, "anonymise")
    has_anonymise_permission = act_permission("anonymise")

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def role_names(self, user):
        return ", ".join(role.name for role in user.roles.all())

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def get_buttons(self, request, obj):
        buttons = super().get_buttons(request, obj)
        if obj.pk == request.user.pk:  # where one's own address is changed
            buttons.append(Button("account", _("My account"), url=reverse("admin:account")))
        elif self.has_change_permission(request, obj):
            url = reverse("admin:auth_user_password_change", args=[obj.pk])
            buttons.append(Button("password", _("Set password…"), url=url))
        if may_ask_why(request.user, obj):
            buttons.append(Button("why", _("Why can they…?"), url=reverse(WHY, query={"user": obj.pk})))
        return buttons

    def offers(self, name, obj):
        if name == "anonymise":
            return not services.is_anonymous(obj)
        return self.offers_sign_in(name, obj) if name in self.sign_in_actions else obj.is_active

    def get_readonly_fields(self, request, obj=None):
        """One's own address is changed on the page “My account”, which asks for the password."""
        own = ("email",) if obj and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def save_model(self, request, obj, form, change):
        services.save_user(obj, by=request.user)

    def save_formset(self, request, form, formset, change):
        for user_role in formset.save(commit=False):
            services.save_user_role(user_role, by=request.user)
        for user_role in formset.deleted_objects:
            services.take_role(user_role, by=request.user)

    def delete_model(self, request, obj):
        services.delete_user(obj, by=request.user)

    def user_change_password(self, request, id, form_url=""):
        """Setting a password is writing the account: refused for those who may do more than whoever sets it."""
        user = self.get_object(request, unquote(id))
        if user and user.pk == request.user.pk:  # there the present one is asked for
            return HttpResponseRedirect(reverse("admin:password_change"))
        try:
            with transaction.atomic():
                if user and request.method == "POST" and self.has_change_permission(request, user):
                    services.save_user(user, by=request.user)
                response = super().user_change_password(request, id, form_url)
                if user and request.method == "POST" and response.status_code == 302:
                    mail.tell(user, mail.PASSWORD)
                return response
        except RuleViolation as refusal:
            self.message_user(request, str(refusal), "ERROR")
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))

    @admin.action(permissions=["change"], description=_("Deactivate"), location=BOTH_PAGES)
    def deactivate(self, request, queryset):
        return self.apply(request, queryset, services.deactivate_user)

    @admin.action(permissions=["anonymise"], description=_("Anonymise…"), location=[FORM_PAGE])
    def anonymise(self, request, queryset):
        return self.apply(request, queryset, services.anonymise_user, form=AnonymiseForm)


class RoleForm(BackOfficeForm):
    permissions = PermissionsField(label=_("Permissions"), required=False)


@admin.register(Role)
class RoleAdmin(RolePages, ReferenceAdmin):
    purpose = _("A role says what its people may see and do.")
    form = RoleForm
    list_display = ("name", "description", "user_count", "permission_count", "is_system")
    list_prefetch_related = ("user_roles",)
    search_fields = ("name", "description")
    is_short_list = True
    fields = ("name", "description", "permissions", "is_system")
    readonly_fields = ("is_system",)
    related_links = ("user_roles",)

    @admin.display(description=_("users"))
    def user_count(self, role):
        return len(role.user_roles.all())

    @admin.display(description=_("permissions"))
    def permission_count(self, role):
        return len(expand(role.permissions))

    @admin.display(description=_("permissions"))
    def rights(self, role):
        """The grid, to be read only."""
        return draw(Shown(role.permissions, None))

    def get_fields(self, request, obj=None):
        if self.has_change_permission(request, obj) or obj is None:
            return self.fields
        return ("name", "description", "rights", "is_system")

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "rights")

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "permissions" in form.base_fields:
            form.base_fields["permissions"].widget.mine = request.user.get_all_permissions()
        return form

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or not self.why_closed(request, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or not self.why_closed(request, obj))

    def why_closed(self, request, role) -> str:
        """Why the role is only to be read, for somebody who may change roles."""
        if role.is_system:
            return gettext("This role comes with the product and stays as it is. Make a copy of it and change that.")
        if not (request.user.is_superuser or expand(role.permissions) <= request.user.get_all_permissions()):
            return gettext("This role holds permissions that you lack; only someone who has them can change it.")
        return ""

    def get_changeform_initial_data(self, request):
        copied = request.GET.get("copy", "")
        role = Role.objects.filter(pk=copied).first() if copied.isascii() and copied.isdigit() else None
        if role is None:
            return super().get_changeform_initial_data(request)
        name = gettext("Copy of %(role)s") % {"role": role.name}
        return {"name": name[:80], "description": role.description, "permissions": role.permissions}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj:
            context["locked"] = self.why_closed(request, obj) if super().has_change_permission(request, obj) else ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        services.save_role(obj, by=request.user)

    def delete_model(self, request, obj):
        services.delete_role(obj, by=request.user)


@admin.register(UserRole)
class UserRoleAdmin(LineAdmin):
    purpose = _("Who has which role, and who gave it to them.")
    list_display = ("user", "role", "granted_by", "granted_at")
    list_select_related = ("user", "role", "created_by")
    list_filter = (("role", admin.RelatedOnlyFieldListFilter), ("user", RelatedFilter))
    search_fields = ("user__username", "role__name")
    fields = ("user", "role")

    @admin.display(description=_("granted by"), ordering="created_by")
    def granted_by(self, user_role):
        return user_role.created_by or gettext("the system")

    @admin.display(description=_("granted at"), ordering="created_at")
    def granted_at(self, user_role):
        return user_role.created_at

    def save_model(self, request, obj, form, change):
        services.save_user_role(obj, by=request.user)

    def delete_model(self, request, obj):
        services.take_role(obj, by=request.user)
