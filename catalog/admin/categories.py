"""The tree of categories."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import Category, Product
from inventory_project.base.admin import BOTH_PAGES, ActForm, RelatedFilter, columns, permission, search_field

from .retiring import RetirableAdmin

DEEPEST_SHOWN = 6


class MoveForm(ActForm):
    """Where the products of a category go."""

    title = _("Move the products of %(object)s")
    submit = _("Move the products")
    intro = _("All products of the category are put into the other one. The category itself stays, empty.")

    target = search_field(Product._meta.get_field("category"), label=_("To"))


@admin.register(Category)
class CategoryAdmin(RetirableAdmin):
    purpose = _("Categories sort the catalog; each can have others below it.")
    list_display = ("indented", "parent", columns.count("products", _("products")), "is_active")
    list_editable = ("is_active",)
    list_select_related = ("parent",)
    list_filter = (("parent", RelatedFilter),)
    search_fields = ("name",)
    fields = ("name", "parent", "description", "is_active")
    related_links = ("products", "children")
    in_search = True
    list_display_links = ("indented",)
    actions = ("activate", "retire", "move")
    instead_of_deleting = ("move",)

    def get_queryset(self, request):
        """The list comes as the tree: each category below its parent, by name."""
        request.as_tree = False
        rows = super().get_queryset(request)
        if str(getattr(request.resolver_match, "url_name", "")).endswith("_changelist"):
            request.as_tree = True
            return rows.with_tree_fields()
        return rows

    def get_ordering(self, request):
        return ("tree_ordering",) if getattr(request, "as_tree", False) else ("name",)

    @admin.display(description=_("name"), ordering="name")
    def indented(self, category):
        return format_html(
            '<span class="depth-{}">{}</span>', min(getattr(category, "tree_depth", 0), 6), category.name
        )

    def offers(self, name, obj):
        return obj.products.exists() if name == "move" else super().offers(name, obj)

    @admin.action(permissions=["move"], description=_("Move products to…"), location=BOTH_PAGES)
    def move(self, request, queryset):
        return self.apply(request, queryset, self._moved, form=MoveForm)

    has_move_permission = permission("catalog.change_product")

    @staticmethod
    def _moved(category, *, target, by):
        services.move_products(category, target=target, by=by)
        return category
