"""Counts of what the lists show, all in one query."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import User
from inventory_project.base.admin.listing import COUNT_LIMIT


class BoundedCount(Subquery):
    """How many rows there are, counted no further than the lists count."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS bounded)"
    output_field = models.IntegerField()

    def __init__(self, queryset: QuerySet) -> None:
        super().__init__(queryset.order_by().values("pk")[: COUNT_LIMIT + 1])


@dataclass(frozen=True)
class View:
    """A tab of a list: `sales.order`, `late`."""

    model: str
    tab: str

    @property
    def name(self) -> str:
        return f"{self.model.replace('.', '_')}_{self.tab}"

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.model.replace('.', '_')}_changelist", query={"view": self.tab})

    def rows(self, request: HttpRequest) -> QuerySet:
        """The rows of the tab, narrowed by the tab itself: the number can't differ from the list."""
        model = apps.get_model(self.model)
        tabs = {tab.key: tab for tab in admin.site.get_model_admin(model).get_tabs(request)}
        return tabs[self.tab].narrow(model._default_manager.all())


class Numbers:
    """How many rows each view has that the person may look at."""

    wanted: list[View] = []

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @classmethod
    def register(cls, view: View) -> View:
        """Count this view together with the others."""
        cls.wanted.append(view)
        return view

    def may_see(self, view: View) -> bool:
        app, model = view.model.split(".")
        return self.request.user.has_perm(f"{app}.view_{model}")

    @cached_property
    def _counted(self) -> dict[str, int]:
        seen = {view.name: view for view in self.wanted if self.may_see(view)}
        if not seen:
            return {}
        counts = {name: BoundedCount(view.rows(self.request)) for name, view in seen.items()}
        return User.objects.filter(pk=self.request.user.pk).values(**counts).get()

    def of(self, view: View) -> int:
        """How many rows the view has; 0 for one that the person may not see."""
        return self._counted.get(view.name, 0)
