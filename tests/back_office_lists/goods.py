"""The pages of catalog and stock, as decided. `__init__` says how the table is read."""

from collections.abc import Callable, Sequence

from django.db import models

from tests.factories.catalog import CategoryFactory, PriceListFactory, ProductFactory, SupplierFactory, TaxRateFactory
from tests.factories.stock import LotFactory

# Records beside the usual ones whose pages have further buttons: name of the model -> what makes them.
FURTHER: dict[str, Sequence[Callable[[], models.Model]]] = {
    "catalog.Category": [lambda: ProductFactory().category, lambda: CategoryFactory(is_active=False)],
    "catalog.Product": [lambda: ProductFactory(is_active=False)],
    "catalog.PriceList": [lambda: PriceListFactory(is_active=False)],
    "catalog.Supplier": [lambda: SupplierFactory(is_active=False)],
    "catalog.TaxRate": [lambda: TaxRateFactory(is_active=False)],
    "stock.Lot": [lambda: LotFactory(is_blocked=True)],
}

PAGES = """
catalog.Category
  # Search is by the name alone: categories have no slug.
  columns Name | Parent | Products | Active
  tabs    Active | Inactive
  filters Parent
  search  name
  order   name
  actions Activate | Make inactive | Move products to… | Delete selected categories
  offers  import | found everywhere
  buttons Make inactive | Move products to… | Activate
  related Products | Categories

catalog.PriceList
  # No currency (an installation has one) and no default list (customers name theirs).
  # “Items” is the link “List prices”.
  columns Name | Valid from | Valid until | Prices | Active
  tabs    Current | Future | Ended
  search  name
  order   name
  actions Activate | Make inactive | Delete selected price lists
  buttons Make inactive | Import prices | Duplicate with other prices… | Activate
  related List prices | Customers

catalog.PriceListItem
  # The price is edited in the list.
  columns Product | Price list | From quantity | Price | Standard price | Against standard
  filters Price list | Product | Category
  search  product: SKU | price list: name
  order   product: SKU
  actions Change prices… | Delete selected list prices
  offers  import | export
  buttons Change prices…

catalog.Product
  # Products have no drafts: what is not to be sold yet is inactive. Brand is a text, so its filter takes a beginning.
  # “Archive” is “Make inactive”. Open orders: the order lines, and their tab “To ship”.
  columns SKU | Name | Category | Brand | Available | Price | Margin | State
  tabs    Active | Inactive
  filters Category | Brand | Supplier | Tracking | Created | Stock level
  search  SKU | name
  order   newest
  actions Activate | Make inactive | Change prices… | Set category… | Print labels… | Reorder…
  |       Delete selected products
  offers  import | export | found everywhere
  inlines Barcodes | Suppliers' offers
  buttons Make inactive | Change prices… | Set category… | Print labels… | Reorder… | Stock | Adjust stock…
  |       Duplicate… | Activate
  related On hand | Reserved | Incoming | Stock movements | Order lines | List prices

catalog.ProductBarcode
  # Its search also takes a SKU.
  columns Code | Symbology | Product | Units per scan | Primary
  filters Symbology | Product
  search  code | product: SKU
  order   code
  actions Delete selected barcodes

catalog.Supplier
  columns Code | Name | Email address | City | Country | Lead time | Products | Active | Open purchase orders
  tabs    Active | Inactive | With open orders
  search  code | name
  order   name
  actions Activate | Make inactive | Delete selected suppliers
  offers  import | found everywhere
  inlines Suppliers' offers
  buttons Make inactive | New purchase order | Activate
  related Suppliers' offers | Purchase orders | Goods receipts

catalog.SupplierProduct
  columns Product | Supplier | Supplier's article number | Cost | Minimum | Pack size | Preferred
  filters Supplier | Product | Preferred
  search  product: SKU | supplier's article number | supplier: name
  order   product: SKU
  actions Delete selected suppliers' offers
  offers  import | export

catalog.TaxRate
  # “Replace…” works at once: rates have no days of their own, what exists keeps what it says.
  columns Name | Rate | Category | Default | Products | Active
  tabs    Active | Inactive
  search  name
  order   rate in percent, downwards
  actions Activate | Make inactive | Delete selected tax rates
  buttons Make inactive | Replace… | Activate
  related Products

stock.StockCount
  # Nobody approves a count: who may post it does. Open: drafts, and those under way.
  columns Number | Warehouse | Scope | Blind | Counted | Started | Posted | Difference value | Status
  tabs    Drafts | Under way | Posted
  filters Status | Warehouse | Created
  search  number
  order   newest
  actions Start | Cancel…
  offers  found everywhere
  inlines Count lines
  buttons Start | Post differences… | Cancel… | Count sheet | Enter counts… | Recount unmatched…
  related Count lines

stock.StockCountItem
  # Location: bin and lot. A barcode finds its product's lines. “Since then” says that goods have moved.
  columns Count | Product | Bin | Lot | Counted | Expected | Difference | Since then
  tabs    Not counted | Different
  filters Product
  search  count: number | product: SKU | bin: code
  order   count, downwards
  actions Delete selected count lines

stock.Inventory
  # Reorder level and quantity are edited in the list. Adjusting many at once is a count, so it is no action.
  columns Product | Warehouse | On hand | Reserved | Available | Reorder level | Reorder quantity | Value
  tabs    Low | Out of stock | With demand
  filters Warehouse | Product | Category
  search  product: SKU | product: name
  order   product: SKU
  actions Reorder… | Start count… | Transfer…
  offers  export
  buttons Adjust… | Reorder… | Start count… | Transfer…
  related On hand: stock card | On hand: why | Reserved for | Average cost | Stock items | Reservations

stock.StockItem
  # Written by services only: its button adjusts what lies in this one place. By SKU and not by bin: most goods may
  # lie in one bin, and no index sorts those.
  columns Product | Warehouse | Bin | Lot | Expires on | Quantity
  filters Warehouse | Bin | Product
  search  inventory: product: SKU | bin: code | lot: number
  order   inventory: product: SKU
  offers  export
  buttons Adjust…

stock.Lot
  # Expiry dates come first, then lots without one.
  columns Number | Product | Expires on | Supplier | State | On hand
  tabs    Expiring in 30 days | Expired | Blocked
  filters Product | Expires on
  search  number | product: SKU
  order   expires on
  actions Block | Release | Delete selected lots
  offers  found everywhere
  buttons Block | Release
  related On hand: where from, who got it | Stock items | Stock movements

stock.StockMovement
  # Place: warehouse, bin and lot. A document's number leads to it.
  columns Created | Kind | Product | Warehouse | Bin | Lot | Quantity | After | Value | Document | Created by
  filters Kind | Warehouse | Product | Created
  search  document | product: SKU
  order   newest
  offers  export
  buttons Reverse…
  related Stock movements

stock.PurchaseOrder
  # Late ones are red in “Expected”. Warehouse: “Deliver to”.
  columns Number | Supplier | Deliver to | Expected | Received | Total | Status
  tabs    Drafts | Open | Late | Received
  filters Status | Deliver to | Supplier | Created
  search  number | supplier: name
  order   newest
  actions Send | Close short… | Print | Cancel…
  offers  export | found everywhere
  inlines Purchase order lines
  buttons Receive… | Send | Duplicate | Cancel… | Print | Close short…
  related Goods receipts

stock.PurchaseOrderItem
  columns Purchase order | Product | Quantity | Received | Open | Unit cost | Net amount
  tabs    Open
  filters Product | Supplier
  search  purchase order: number | product: SKU
  order   purchase order, downwards
  actions Delete selected purchase order lines
  offers  export

stock.GoodsReceipt
  # Reversing asks which lines, so it is a button only.
  columns Number | Purchase order | Supplier | Warehouse | Units | Supplier's delivery note | Posted | Status
  tabs    Today | Drafts | Posted | Reversed
  filters Status | Warehouse | Supplier | Posted
  search  number | supplier's delivery note | supplier: name
  order   newest
  actions Post | Print labels… | Cancel…
  offers  found everywhere
  inlines Goods receipt lines
  buttons Post | Print labels… | Cancel… | Reverse…

stock.GoodsReceiptItem
  columns Goods receipt | Product | Bin | Lot | Accepted | Rejected | Unit cost
  filters Product
  search  goods receipt: number | product: SKU | lot or serial number
  order   goods receipt, downwards
  actions Delete selected goods receipt lines
  offers  export

stock.StockTransfer
  # What is printed is the pick list.
  columns Number | From | To | Lines | Expected | Dispatched | Status
  tabs    Drafts | In transit | Late
  filters Status | From | To | Created
  search  number
  order   newest
  actions Dispatch | Print | Cancel…
  offers  found everywhere
  inlines Transfer lines
  buttons Dispatch | Receive… | Cancel… | Pick list | Close short…

stock.StockTransferItem
  columns Transfer | Product | Lot | Quantity | Dispatched | Received
  filters Product
  search  transfer: number | product: SKU
  order   transfer, downwards
  actions Delete selected transfer lines

stock.Warehouse
  # Warehouses are made inactive in their form: there are few.
  columns Code | Name | Location | SKUs | Stock value | Active
  tabs    Active | Inactive
  search  code | name
  order   code
  actions Delete selected warehouses
  inlines Bins
  buttons Start a count | New transfer
  related Bins | Inventory | Stock movements | Stock counts

stock.Bin
  columns Code | Warehouse | Description | SKUs | Default | Active
  tabs    Active | Inactive
  filters Warehouse
  search  code | warehouse: code | warehouse: name
  order   warehouse
  actions Print labels… | Delete selected bins
  buttons Print labels…
  related Stock items | Stock movements
"""
