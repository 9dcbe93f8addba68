"""The shape of the code: what import-linter cannot see (its contracts are in pyproject.toml)."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.db.models import Model
from django.db.models.fields.related import RelatedField

from inventory_project.base.models import Document, Ledger, Line, Reference, State

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400

# From left to right: an app may point to itself and to its left.
APPS = ["accounts", "catalog", "stock", "sales", "billing"]

ARCHETYPES: dict[type[Model], str] = {
    Reference: "User Role Category TaxRate Product Supplier PriceList Warehouse Bin Lot Customer CustomerAddress",
    Line: "UserRole ProductBarcode SupplierProduct PriceListItem StockTransferItem StockCountItem PurchaseOrderItem "
    "GoodsReceiptItem OrderItem ShipmentItem SalesReturnItem InvoiceItem CreditNoteItem",
    Document: "StockTransfer StockCount PurchaseOrder GoodsReceipt Order Shipment SalesReturn Invoice Payment "
    "CreditNote",
    Ledger: "StockMovement",
    State: "Inventory StockItem Reservation",
}

MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
RELATIONS = [
    field
    for model in MODELS
    for field in model._meta.get_fields(include_parents=False)
    if isinstance(field, RelatedField)
]


def source_files() -> Iterator[Path]:
    """Every Python file that people write: not the virtualenv and other hidden directories."""
    for top in ROOT.iterdir():
        if top.suffix == ".py":
            yield top
        elif top.is_dir() and not top.name.startswith("."):
            yield from (file for file in top.rglob("*.py") if "node_modules" not in file.parts)


SOURCES = sorted(source_files())


def is_migration(file: Path) -> bool:
    return file.parent.name == "migrations"


def is_door(file: Path) -> bool:
    """Where people and programs come in: these ask services to change a status, and never do it themselves."""
    parts = file.relative_to(ROOT).parts
    return parts[0] != "tests" and (file.name == "admin.py" or not {"admin", "api", "management"}.isdisjoint(parts))


# Each check of a source text yields the lines at fault.


def star_imports(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names):
            yield node.lineno


def all_fields(tree: ast.AST) -> Iterator[int]:
    """fields = "__all__": tomorrow's column would be public by accident."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword) else None
        if isinstance(value, ast.Constant) and value.value == "__all__":
            yield node.lineno


def silent_excepts(tree: ast.AST) -> Iterator[int]:
    """except Exception: pass."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if broad and all(isinstance(step, ast.Pass | ast.Continue | ast.Expr) for step in node.body):
            yield node.lineno


def status_assignments(tree: ast.AST) -> Iterator[int]:
    """x.status = ..., setattr(x, "status", ...) and .update(status=...)."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets):
                pass
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                targets = [target]
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="status"), *_]):
                yield node.lineno
                continue
            case ast.Call(func=ast.Attribute(attr="update"), keywords=keywords):
                if any(keyword.arg == "status" for keyword in keywords):
                    yield node.lineno
                continue
            case _:
                continue
        if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
            yield node.lineno


CHECKS = [star_imports, all_fields, silent_excepts, status_assignments]

FAULTY = [
    (star_imports, "from catalog.models import *"),
    (all_fields, 'class Meta:\n    fields = "__all__"'),
    (all_fields, 'modelform_factory(Product, fields="__all__")'),
    (silent_excepts, "try:\n    post()\nexcept Exception:\n    pass"),
    (silent_excepts, "try:\n    post()\nexcept:\n    ..."),
    (status_assignments, 'order.status = "shipped"'),
    (status_assignments, 'order.status: str = "shipped"'),
    (status_assignments, 'setattr(order, "status", "shipped")'),
    (status_assignments, 'Order.objects.filter(pk=1).update(status="shipped")'),
]


def faults(check: Callable[[ast.AST], Iterator[int]], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        for line in check(ast.parse(file.read_text(encoding="utf-8"), str(file)))
    ]


def may_point_to(label: str, target: str) -> bool:
    """Libraries are to the left of everything; the composition root is to the right."""
    if target == "inventory_project":
        return False
    return target not in APPS or APPS.index(target) <= APPS.index(label)


@pytest.mark.parametrize(("check", "text"), FAULTY)
def test_the_checks_find_what_is_planted(check, text):
    assert list(check(ast.parse(text)))


@pytest.mark.parametrize("check", CHECKS)
def test_the_checks_pass_good_code(check):
    good = 'try:\n    ship(order, by=user)\nexcept RuleViolation:\n    status = "refused"\nfields = ["name"]'
    assert not list(check(ast.parse(good)))


def test_the_direction_is_told_apart():
    assert may_point_to("sales", "catalog")
    assert may_point_to("sales", "sales")
    assert may_point_to("sales", "contenttypes")
    assert not may_point_to("catalog", "sales")
    assert not may_point_to("catalog", "inventory_project")


def test_there_is_source_to_check():
    assert ROOT / "inventory_project" / "settings.py" in SOURCES
    assert any(is_door(file) for file in SOURCES)


@pytest.mark.parametrize("check", [star_imports, all_fields, silent_excepts])
def test_no_source_file_has(check):
    assert faults(check, SOURCES) == []


def test_only_services_and_models_change_a_status():
    assert faults(status_assignments, [file for file in SOURCES if is_door(file)]) == []


def test_no_file_is_longer_than_400_lines():
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in SOURCES
        if not is_migration(file)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_package_says_that_it_is_one():
    """Without an __init__.py a directory still imports, but import-linter does not see what is in it."""
    packages = {file.parent for file in SOURCES if file.relative_to(ROOT).parts[0] in (*APPS, "inventory_project")}
    assert [str(package.relative_to(ROOT)) for package in packages if not (package / "__init__.py").exists()] == []


def test_no_file_is_a_drawer_for_everything():
    assert [file for file in SOURCES if file.stem in ("utils", "helpers", "misc", "common")] == []


def test_every_model_is_of_its_archetype():
    expected = {name: archetype for archetype, names in ARCHETYPES.items() for name in names.split()}
    assert len(expected) == 39
    found = {model.__name__: [a for a in ARCHETYPES if issubclass(model, a)] for model in MODELS}
    assert found == {name: [archetype] for name, archetype in expected.items()}


def test_foreign_keys_point_to_the_left():
    wrong = [f for f in RELATIONS if not may_point_to(f.model._meta.app_label, f.related_model._meta.app_label)]
    assert [f"{field} -> {field.related_model.__name__}" for field in wrong] == []


def test_every_relation_names_its_reverse():
    assert [str(field) for field in RELATIONS if not field.remote_field.related_name] == []


def test_every_admin_action_names_its_permissions():
    nameless = [
        f"{model_admin.__class__.__name__}.{action.name}"
        for model_admin in admin.site._registry.values()
        for location in ActionLocation
        for action in model_admin._get_base_actions(location)
        if not getattr(action.func, "allowed_permissions", None)
    ]
    assert nameless == []
