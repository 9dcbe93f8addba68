"""The back office's pages of people and roles."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Role, User, UserRole
from inventory_project.base.admin import (
    ACTIVE_TABS,
    BOTH_PAGES,
    BackOfficeForm,
    Button,
    LineAdmin,
    LineInline,
    ReferenceAdmin,
    RelatedFilter,
)
from inventory_project.base.errors import RuleViolation

admin.site.unregister(Group)  # permissions come from roles


class UserAddForm(AdminUserCreationForm, BackOfficeForm):
    """A new account; its password may be set later, or never."""

    def clean_username(self):
        return self.cleaned_data["username"]  # the constraint says in its own words that it is taken


class UserRoleInline(LineInline):
    model = UserRole
    fk_name = "user"
    fields = ("role",)
    verbose_name, verbose_name_plural = _("role"), _("roles")


@admin.register(User)
class UserAdmin(ReferenceAdmin, auth_admin.UserAdmin):
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
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "last_login")}),
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
    readonly_fields = ("last_login",)
    inlines = (UserRoleInline,)
    actions = ("deactivate",)

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
        if self.has_change_permission(request, obj):
            url = reverse("admin:auth_user_password_change", args=[obj.pk])
            buttons.append(Button("password", _("Set password…"), url=url))
        return buttons

    def offers(self, name, obj):
        return obj.is_active

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
        try:
            with transaction.atomic():
                if user and request.method == "POST" and self.has_change_permission(request, user):
                    services.save_user(user, by=request.user)
                return super().user_change_password(request, id, form_url)
        except RuleViolation as refusal:
            self.message_user(request, str(refusal), "ERROR")
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))

    @admin.action(permissions=["change"], description=_("Deactivate"), location=BOTH_PAGES)
    def deactivate(self, request, queryset):
        return self.apply(request, queryset, self._deactivated)

    @staticmethod
    def _deactivated(user, *, by):
        user.is_active = False
        return services.save_user(user, by=by)


class NamesField(forms.CharField):
    """A list of names, one a line."""

    widget = forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField names", "spellcheck": "false"})

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])


class RoleForm(BackOfficeForm):
    permissions = NamesField(
        label=_("Permissions"),
        required=False,
        help_text=_("One a line: a name such as sales.confirm_order, or a pattern such as stock.* or *.view_*."),
    )


@admin.register(Role)
class RoleAdmin(ReferenceAdmin):
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

    @admin.display(description=_("names and patterns"))
    def permission_count(self, role):
        return len(role.permissions)

    def save_model(self, request, obj, form, change):
        services.save_role(obj, by=request.user)

    def delete_model(self, request, obj):
        services.delete_role(obj, by=request.user)


@admin.register(UserRole)
class UserRoleAdmin(LineAdmin):
    list_display = ("user", "role", "created_by", "created_at")
    list_select_related = ("user", "role", "created_by")
    list_filter = (("role", admin.RelatedOnlyFieldListFilter), ("user", RelatedFilter))
    search_fields = ("user__username", "role__name")
    fields = ("user", "role")

    def save_model(self, request, obj, form, change):
        services.save_user_role(obj, by=request.user)

    def delete_model(self, request, obj):
        services.take_role(obj, by=request.user)
