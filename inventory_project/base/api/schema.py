"""The OpenAPI description: what the viewsets declare, and what all of them answer when they refuse."""

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from .exceptions import PROBLEM_JSON
from .parsers import JSONSentAsForm
from .router import serializer_of
from .shapes import shape_of
from .views import SHAPING

DRY_RUN = "Answer as if, and keep nothing; “movements” lists what would be written to the ledger."


class ProblemEntry(serializers.Serializer):
    """One value or parameter at fault."""

    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body.")
    parameter = serializers.CharField(required=False, help_text="Name of a parameter of the address.")
    code = serializers.CharField()
    message = serializers.CharField()
    allowed = serializers.ListField(child=serializers.CharField(), required=False)


class ProblemDetails(serializers.Serializer):
    """A refusal (RFC 9457). “code” is stable; “detail” is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; /api/errors/ lists them.")
    detail = serializers.CharField()
    request_id = serializers.CharField()
    errors = ProblemEntry(many=True, required=False)
    permission = serializers.CharField(required=False)
    permission_label = serializers.CharField(required=False)
    roles = serializers.ListField(child=serializers.CharField(), required=False)
    current_status = serializers.CharField(required=False)
    allowed_actions = serializers.ListField(child=serializers.CharField(), required=False)


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer inv_...`."""

    target_class = "inventory_project.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made in the back office."}


class BrowserScheme(SessionScheme):
    """A session of the back office."""

    target_class = "inventory_project.authentication.BrowserAuthentication"


class ApiSchema(AutoSchema):
    """Reads our viewsets' declarations: `input_class`, `output_class`, `makes` and `lists` of an act."""

    def get_request_serializer(self):
        if self._is_act():
            return self.view.input_class
        form = super().get_request_serializer()
        if self.method not in ("PUT", "PATCH") or not getattr(form.Meta, "create_only", ()):
            return form
        return form.__class__(form.Meta.model(), context=form.context)  # without what is fixed when a record is made

    def get_serializer_name(self, serializer, direction) -> str:
        """What a record is made of is more than what can be changed of it, and so has another name."""
        name = super().get_serializer_name(serializer, direction)
        return f"Changed{name}" if getattr(serializer, "fixed", ()) and not serializer.partial else name

    def get_response_serializers(self):
        view = self.view
        if getattr(view, "lists", None):
            return view.lists.serializer_class(many=True)
        if getattr(view, "makes", None):
            return {201: serializer_of(view.makes)}
        if getattr(view, "output_class", None):
            return view.output_class
        if self.method == "DELETE" and view.action != "destroy":
            return {200: view.serializer_class}
        return super().get_response_serializers()

    def map_parsers(self) -> list[str]:
        """JSON under another name is taken, but not recommended."""
        return [media_type for media_type in super().map_parsers() if media_type != JSONSentAsForm.media_type]

    def get_override_parameters(self) -> list[OpenApiParameter]:
        if not hasattr(self.view, "known_parameters"):
            return []
        if self.view.takes is not None:
            parameters = [OpenApiParameter(name, kind.schema) for name, kind in sorted(self.view.takes.items())]
        else:
            parameters = [self._shaping(name) for name in sorted(SHAPING)]
        if self._is_list_view():
            listed = self.view.lists or self.view.__class__
            allowed = ", ".join(["id", "created_at", "updated_at", *listed.ordering_fields])
            parameters.append(
                OpenApiParameter("ordering", str, description=f"Up to three of {allowed}; with - in front, downwards.")
            )
        if self.method == "POST":
            parameters += [
                OpenApiParameter("dry_run", bool, description=DRY_RUN),
                _header("Idempotency-Key", "A repeat with the same key gets the first answer and has no effect."),
            ]
        elif self.method in ("PATCH", "PUT", "DELETE"):
            parameters.append(_header("If-Match", "The ETag that you read; 412 if the record has changed since."))
        elif not self._is_list_view() and self.view.takes is None:
            parameters.append(_header("If-None-Match", "The ETag that you have; 304 if it is still the present one."))
        return parameters

    def _shaping(self, name: str) -> OpenApiParameter:
        view = self.view
        serializer_class = serializer_of(view.makes) if view.makes else (view.lists or view).serializer_class
        shape = shape_of(serializer_class)
        allowed = ", ".join(shape.names if name == "fields" else sorted(shape.expandable)) or "(nothing)"
        purpose = "Only these fields" if name == "fields" else "Records in the place of ids, up to two levels deep"
        return OpenApiParameter(name, str, description=f"{purpose}, with commas between: {allowed}.")

    def _is_act(self) -> bool:
        standard = ("create", "update", "partial_update", None)
        return hasattr(self.view, "input_class") and getattr(self.view, "action", None) not in standard

    def _get_response_bodies(self, direction="response") -> dict:
        bodies = super()._get_response_bodies(direction)
        component = self.resolve_serializer(ProblemDetails, "response").ref
        refusal = {"content": {PROBLEM_JSON: {"schema": component}}, "description": "Refused"}
        statuses = ["400", "401", "403", "429"] + (["404"] if "{" in self.path else [])
        if self.method != "GET":
            statuses += ["409", "412", "413", "415"] if self.method != "POST" else ["409", "413", "415", "422"]
        has_etag = self.method == "GET" and hasattr(self.view, "known_parameters") and not self._is_list_view()
        if has_etag and self.view.takes is None:
            bodies["304"] = {"description": "Unchanged since the ETag of “If-None-Match”"}
        return {**bodies, **dict.fromkeys(statuses, refusal)}

    def _map_basic_serializer(self, serializer, direction):
        """Lines are left out of lists, so they are not promised; what needs a permission to be seen is null without."""
        schema = super()._map_basic_serializer(serializer, direction)
        if direction == "response":
            for name in getattr(getattr(serializer, "Meta", None), "guarded", ()):
                column = schema["properties"][name]
                column["type"] = [column["type"], "null"] if isinstance(column["type"], str) else column["type"]
        if direction == "response" and "required" in schema:
            lines = {name for name, f in serializer.fields.items() if isinstance(f, serializers.ListSerializer)}
            schema["required"] = [name for name in schema["required"] if name not in lines]
        return schema


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description)
