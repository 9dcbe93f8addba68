"""The pages of accounts, sales and billing, as decided. `__init__` says how the table is read."""

from collections.abc import Callable, Sequence

from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories.accounts import StaffFactory, UserFactory


def with_second_factor() -> models.Model:
    """Somebody who signs in with a code as well."""
    return TOTPDevice.objects.create(user=StaffFactory(permissions=["stock.*"]), name="phone").user


# Records beside the usual ones whose pages have further buttons: name of the model -> what makes them.
FURTHER: dict[str, Sequence[Callable[[], models.Model]]] = {
    "accounts.User": (with_second_factor, lambda: UserFactory(permissions=["sales.*"])),
}

PAGES = """
accounts.Role
  columns Name | Description | Users | Permissions | Comes with the product
  search  name | description
  order   name
  actions Delete selected roles
  buttons Duplicate | All roles compared | Why can somebody…?
  related Roles of users

accounts.UserRole
  columns User | Role | Granted by | Granted at
  filters Role | User
  search  user: username | role: name
  order   user
  actions Delete selected roles of users

accounts.User
  columns Username | Name | Email address | Roles | Back office | Active | Last login
  tabs    Active | Inactive
  filters Back office | Superuser | Roles
  search  username | first name | last name | email address
  order   username key  # the user name without regard to case
  actions Deactivate | Sign out everywhere… | Unlock sign-in | Delete selected users
  offers  found everywhere
  inlines Roles
  # Deactivating asks nothing: a tick takes it back. Who has a history is not deleted but anonymised.
  buttons Deactivate | Sign out everywhere… | Send password link | Anonymise… | Set password… | Why can they…?
  |       Reset second factor…

sales.Customer
  columns Code | Name | Email address | Price list | Credit limit | State | Open balance | Overdue
  tabs    Active | Inactive | On hold | With overdue
  filters Price list | Country | Tax treatment
  search  code | name | email address
  order   name  # not the newest first: forms offer them in this order, too
  actions Delete selected customers
  offers  import | export | found everywhere
  inlines Customer addresses
  buttons New order | Record payment… | Customer statement | Receivables by age | Anonymise…
  related Orders | Invoices | Customer addresses | Counts against the credit limit

sales.CustomerAddress
  columns Customer | Kind | Name | Street and number | Postal code | City | Country | Default | Active
  tabs    Active | Inactive
  filters Kind | Country | Customer
  search  customer: code | customer: name | street and number | postal code | city
  order   customer
  actions Delete selected customer addresses

sales.Reservation
  columns Product | Order | Warehouse | Quantity | Since | Expires
  tabs    Expiring today | Expired
  filters Warehouse | Product
  search  order line: order: order number | inventory: product: SKU
  order   expires
  buttons Release…

sales.Order
  columns Order number | Customer | Ordered | Requested for | Total | Payment | Status
  # Drafts: the status “pending”. Closed: delivered or cancelled.
  tabs    Drafts | To ship | Late | Shipped | Closed | Unpaid
  filters Status | Warehouse | Customer | Ordered
  search  order number | customer: name | customer reference
  order   newest
  actions Confirm | Ship… | Mark delivered | Reserve | Close short… | Release reservations
  |       Print pick lists | Cancel… | Create invoices
  offers  export | found everywhere
  inlines Order lines
  buttons Confirm | Ship… | Duplicate | Cancel… | Reserve | Create invoice… | Change lines… | Close short…
  |       Release reservations | Pick list | Mark delivered | Create invoice | Return…
  related Shipments | Invoices | Sales returns

sales.OrderItem
  columns Order | Product | Quantity | Shipped | Returned | Unit price | Net amount
  tabs    To ship
  filters Warehouse | Product | Customer
  search  order: order number | product: SKU
  order   order
  actions Delete selected order lines
  offers  export
  related Reservations | Shipment lines

sales.SalesReturn
  columns Return number | Order | Customer | Reason | Value | Created | Received | Status
  # Goods are inspected when they are received (the condition of each line); what is left to settle then is the money.
  tabs    Expected | To settle | Done
  filters Status | Warehouse | Reason | Created
  search  return number | order: order number | order: customer: name
  order   newest
  actions Approve | Close without credit… | Reject… | Cancel… | Create credit notes
  offers  found everywhere
  inlines Sales return lines
  # Receiving accepts line by line; what is refused is rejected before.
  buttons Approve | Receive… | Reject… | Cancel… | Close without credit… | Create credit note
  related Order | Credit notes

sales.SalesReturnItem
  columns Sales return | Product | Quantity | Received | Condition | Lot
  tabs    To inspect  # of approved returns: the condition is entered when they are received
  filters Condition | Product  # the condition says whether it is restocked
  search  sales return: return number | order line: product: SKU
  order   sales return
  actions Delete selected sales return lines

sales.Shipment
  columns Shipment number | Order | Customer | Warehouse | Carrier | Tracking number | Shipped | Status
  tabs    To dispatch | Today | Under way
  filters Status | Warehouse | Carrier | Shipped
  search  shipment number | tracking number | order: order number
  order   newest
  actions Ship… | Mark delivered | Print pick lists | Print packing slips | Cancel…
  offers  found everywhere
  inlines Shipment lines
  buttons Ship… | Mark delivered | Cancel… | Pick list | Packing slip  # “Ship…” marks it dispatched
  related Order

sales.ShipmentItem
  columns Shipment | Product | Bin | Lot | Quantity | Unit cost
  filters Product
  search  shipment: shipment number | order line: product: SKU | lot: number
  order   shipment
  actions Delete selected shipment lines

billing.Payment
  columns Payment number | Paid | Invoice | Customer | Amount | Method | Reference | Status
  tabs    This month | Voided
  filters Payment method | Status | Paid | Customer
  search  payment number | reference | invoice: invoice number
  order   newest
  offers  import bank statement | export | found everywhere
  buttons Void…  # a payment is never reversed by another one: it is voided, with a reason
  related Invoice

billing.CreditNote
  columns Credit note number | Invoice | Customer | Total | Reason | Issued | Status
  tabs    Drafts | Issued | To refund
  filters Status | Issued
  search  credit note number | invoice: invoice number
  order   newest
  actions Issue | Cancel…
  offers  found everywhere
  inlines Credit note lines
  buttons Issue | Refund… | Cancel… | Preview | PDF | E-invoice
  related Invoice

billing.CreditNoteItem
  columns Credit note | Invoice line | Quantity | Net amount | Tax
  search  credit note: credit note number | invoice line: description
  order   credit note
  actions Delete selected credit note lines

billing.Invoice
  columns Invoice number | Customer | Issued | Due | Total | Balance | Status
  tabs    Drafts | Open | Overdue | Paid
  filters Status | Customer | Due | Issued
  search  invoice number | customer: name | order: order number
  order   newest
  actions Issue | Send reminders… | Mark overdue | Print | Cancel…
  offers  export | found everywhere
  inlines Invoice lines | Payments
  buttons Issue | Issue and record payment | Cancel… | Preview | Record payment… | Send | PDF | E-invoice | Credit…
  related Payments | Credit notes

billing.InvoiceItem
  columns Invoice | Description | Quantity | Unit price | Tax | Net amount
  filters Kind | Tax rate | Product
  search  invoice: invoice number | description
  order   invoice
  actions Delete selected invoice lines
"""
