"""What each address of the product needs: the one declared table. A new page, address or action gets a line here.

Words after an address are the permissions that it needs, all of them; or ANYONE, SIGNED_IN (a key or session at the
API), STAFF (whoever may enter the back office). `{pk}` stands for whatever varies.
"""

ANYONE, SIGNED_IN, STAFF = "ANYONE", "SIGNED_IN", "STAFF"

# Pages of the back office by model: the list, the record and its history need view, saving it change as well, add add,
# delete and the list's action “delete selected” delete. Models with such pages:
MODELS = """
accounts.role accounts.user accounts.userrole
catalog.category catalog.pricelist catalog.pricelistitem catalog.product catalog.productbarcode catalog.supplier
catalog.supplierproduct catalog.taxrate
stock.bin stock.goodsreceipt stock.goodsreceiptitem stock.inventory stock.lot stock.purchaseorder
stock.purchaseorderitem stock.stockcount stock.stockcountitem stock.stockitem stock.stockmovement stock.stocktransfer
stock.stocktransferitem stock.warehouse
sales.customer sales.customeraddress sales.order sales.orderitem sales.reservation sales.salesreturn
sales.salesreturnitem sales.shipment sales.shipmentitem
billing.creditnote billing.creditnoteitem billing.invoice billing.invoiceitem billing.payment
inventory_project.apitoken inventory_project.changehistory inventory_project.operationrun
"""

# Of these the list is given out as a file (GET and POST .../export/) to who may view it and export it.
EXPORTED = """
catalog.pricelistitem catalog.product catalog.supplierproduct
stock.goodsreceiptitem stock.inventory stock.purchaseorder stock.purchaseorderitem stock.stockitem stock.stockmovement
sales.customer sales.order sales.orderitem
billing.invoice billing.payment
"""

# Where one of these pages needs something else: what services write is added and undone by acts. NOBODY: always closed.
NOBODY = "NOBODY"
PAGES = """
GET  accounts.user add              accounts.add_user accounts.change_user
POST accounts.user add              accounts.add_user accounts.change_user
POST stock.inventory add            stock.open_inventory
GET  stock.inventory add            stock.open_inventory
GET  stock.inventory delete         stock.adjust_inventory
POST stock.inventory delete         stock.adjust_inventory
GET  stock.stockitem add            stock.adjust_inventory
POST stock.stockitem add            stock.adjust_inventory
GET  stock.stockitem delete         stock.adjust_inventory
POST stock.stockitem delete         stock.adjust_inventory
GET  stock.stockmovement add        stock.adjust_inventory
POST stock.stockmovement add        stock.adjust_inventory
POST stock.stockmovement change     NOBODY
GET  stock.stockmovement delete     stock.reverse_stockmovement
POST stock.stockmovement delete     stock.reverse_stockmovement
GET  sales.reservation add          sales.reserve_order
POST sales.reservation add          sales.reserve_order
GET  sales.reservation delete       sales.release_order
POST sales.reservation delete       sales.release_order
GET  sales.salesreturn add          sales.add_salesreturn sales.view_order
POST sales.salesreturn add          sales.add_salesreturn sales.view_order
GET  sales.shipment add             sales.add_shipment sales.view_order
POST sales.shipment add             sales.add_shipment sales.view_order
GET  billing.creditnote add         billing.add_creditnote billing.view_invoice
POST billing.creditnote add         billing.add_creditnote billing.view_invoice
GET  billing.payment add            billing.add_payment billing.pay_invoice billing.view_invoice
POST billing.payment add            billing.add_payment billing.pay_invoice billing.view_invoice
GET  billing.payment delete         NOBODY
POST billing.payment delete         NOBODY
POST inventory_project.apitoken change  NOBODY
GET  inventory_project.changehistory add      NOBODY
POST inventory_project.changehistory add      NOBODY
POST inventory_project.changehistory change   NOBODY
GET  inventory_project.changehistory delete   NOBODY
POST inventory_project.changehistory delete   NOBODY
GET  inventory_project.changehistory history  STAFF
POST inventory_project.changehistory history  STAFF
GET  inventory_project.operationrun add      NOBODY
POST inventory_project.operationrun add      NOBODY
POST inventory_project.operationrun change   NOBODY
GET  inventory_project.operationrun delete   NOBODY
POST inventory_project.operationrun delete   NOBODY
GET  inventory_project.operationrun history  STAFF
POST inventory_project.operationrun history  STAFF
"""

# Actions on the list and buttons on the record. A bare name needs its own permission: confirm -> sales.confirm_order;
# else name=permission, or name=one+another.
ACTIONS = """
accounts.user           anonymise
accounts.user           deactivate=accounts.change_user sign_out=accounts.change_user unlock=accounts.change_user
accounts.user           reset_second_factor=accounts.change_user send_password_link=accounts.change_user
catalog.category        activate=catalog.change_category retire=catalog.change_category move=catalog.change_product
catalog.pricelist       activate=catalog.change_pricelist retire=catalog.change_pricelist
catalog.pricelist       duplicate=catalog.add_pricelist
catalog.pricelistitem   reprice=catalog.change_pricelistitem
catalog.product         activate=catalog.change_product retire=catalog.change_product reprice=catalog.change_product
catalog.product         recategorize=catalog.change_product duplicate=catalog.add_product
catalog.supplier        activate=catalog.change_supplier retire=catalog.change_supplier
catalog.taxrate         activate=catalog.change_taxrate retire=catalog.change_taxrate
catalog.taxrate         replace=catalog.add_taxrate+catalog.change_taxrate+catalog.change_product
catalog.product         labels=catalog.view_product
stock.bin               labels=stock.view_bin
stock.goodsreceipt      post reverse cancel labels=stock.view_goodsreceipt+catalog.view_product
stock.inventory         adjust reorder=stock.add_purchaseorder transfer=stock.add_stocktransfer delete_selected=NOBODY
stock.inventory         count=stock.add_stockcount+stock.start_stockcount
stock.lot               block=stock.change_lot release=stock.change_lot
stock.purchaseorder     receive send close cancel duplicate=stock.add_purchaseorder
stock.purchaseorder     print_chosen=stock.view_purchaseorder
stock.stockcount        start enter post cancel recount=stock.post_stockcount
stock.stockitem         adjust=stock.adjust_inventory delete_selected=NOBODY
stock.stockmovement     reverse delete_selected=NOBODY
stock.stocktransfer     dispatch receive close cancel print_chosen=stock.view_stocktransfer
sales.customer          anonymise
sales.order             confirm ship deliver change reserve close release cancel duplicate=sales.add_order
sales.order             print_pick_lists=sales.view_order
sales.reservation       release=sales.release_order delete_selected=NOBODY
sales.salesreturn       approve receive close reject cancel
sales.shipment          ship deliver cancel print_pick_lists=sales.view_shipment
sales.shipment          print_chosen=sales.view_shipment
billing.creditnote      issue refund cancel
billing.invoice         issue pay mark_overdue cancel issue_to_pay=billing.issue_invoice+billing.pay_invoice
billing.invoice         send=billing.issue_invoice send_reminders=billing.issue_invoice
billing.invoice         print_documents=billing.view_invoice
billing.payment         void
inventory_project.changehistory  delete_selected=NOBODY
inventory_project.operationrun  delete_selected=NOBODY
"""

# Every other page, GET and POST alike.
OTHER_PAGES = """
                                            ANYONE
admin/                                      STAFF
admin/login/                                ANYONE
admin/account/                              STAFF
admin/account/address/                      STAFF
admin/account/backup-codes/                 STAFF
admin/account/second-factor/                STAFF
admin/account/second-factor/remove/         STAFF
admin/account/sign-out/                     STAFF
admin/account/tokens/                       STAFF
admin/account/tokens/{pk}/revoke/           STAFF
admin/login/code/                           ANYONE
admin/logout/                               ANYONE
admin/password-link/                        ANYONE
admin/password-link/sent/                   ANYONE
admin/password/set/                         ANYONE
admin/password/{uidb64}/{token}/            ANYONE
admin/password_change/                      STAFF
admin/password_change/done/                 STAFF
admin/autocomplete/                         sales.view_customer
admin/sales/order/expected/                 sales.add_order
admin/jsi18n/                               STAFF
admin/search/                               STAFF
admin/r/{content_type_id}/{object_id}/      STAFF
admin/{app_label}/                          STAFF
admin/{url}                                 STAFF
admin/accounts/user/{id}/password/          accounts.change_user
admin/accounts/role/why/                    accounts.view_user accounts.view_role
admin/accounts/role/matrix/                 accounts.view_role
admin/accounts/role/matrix.csv              accounts.view_role
admin/billing/creditnote/{pk}/document/     billing.view_creditnote
admin/billing/creditnote/{pk}/e-invoice/    billing.view_creditnote
admin/billing/invoice/from-order/{pk}/      billing.add_invoice
admin/billing/invoice/{pk}/document/        billing.view_invoice
admin/billing/invoice/{pk}/e-invoice/       billing.view_invoice
admin/billing/invoice/{pk}/why/             billing.view_invoice
admin/billing/invoice/print/                billing.view_invoice
admin/billing/payment/of-customer/{pk}/     billing.add_payment billing.pay_invoice
admin/import/products/                      catalog.add_product catalog.change_product \
catalog.add_supplierproduct catalog.change_supplierproduct stock.see_cost_inventory
admin/import/categories/                    catalog.add_category catalog.change_category
admin/import/suppliers/                     catalog.add_supplier catalog.change_supplier
admin/import/supplier-products/             catalog.add_supplierproduct catalog.change_supplierproduct \
stock.see_cost_inventory
admin/import/list-prices/                   catalog.add_pricelistitem catalog.change_pricelistitem
admin/import/customers/                     sales.add_customer sales.change_customer \
sales.add_customeraddress sales.change_customeraddress
admin/import/bank-statement/                billing.add_payment billing.pay_invoice billing.view_invoice
admin/sales/customer/{pk}/why/              sales.view_customer
admin/sales/order/{pk}/pick-list/           sales.view_order
admin/sales/order/pick-lists/               sales.view_order
admin/sales/shipment/pick-lists/            sales.view_shipment
admin/sales/shipment/{pk}/pick-list/        sales.view_shipment
admin/stock/inventory/{pk}/card/            stock.view_stockmovement
admin/stock/inventory/{pk}/why/             stock.view_stockmovement
admin/stock/inventory/of-product/{pk}/      stock.view_inventory
admin/stock/inventory/on-a-day/             stock.view_inventory stock.view_stockmovement
admin/stock/inventory/reorder/              stock.view_inventory stock.add_purchaseorder
admin/stock/stockcount/{pk}/line/           stock.view_stockcount stock.enter_stockcount
admin/stock/stockcount/{pk}/scan/           stock.view_stockcount stock.enter_stockcount
admin/system/                               inventory_project.view_operationrun
admin/sales/shipment/{pk}/print/            sales.view_shipment
admin/stock/purchaseorder/{pk}/print/       stock.view_purchaseorder
admin/stock/stockcount/{pk}/print/          stock.view_stockcount
admin/sales/shipment/print/                 sales.view_shipment
admin/stock/purchaseorder/print/            stock.view_purchaseorder
admin/stock/stockcount/print/               stock.view_stockcount
admin/stock/stocktransfer/print/            stock.view_stocktransfer
admin/stock/stocktransfer/{pk}/print/       stock.view_stocktransfer
admin/catalog/product/labels/               catalog.view_product
admin/stock/bin/labels/                     stock.view_bin
admin/stock/goodsreceipt/labels/            stock.view_goodsreceipt catalog.view_product
admin/stock/lot/{pk}/trace/                 stock.view_stockmovement
admin/reports/                              billing.view_invoice|stock.see_cost_inventory
api/docs                                    ANYONE
api/errors                                  ANYONE
api/errors/{code}                           ANYONE
api/{0}                                     ANYONE
media/products/{name}.{ending}              ANYONE
health/live/                                ANYONE
health/ready/                               ANYONE
metrics                                     ANYONE
"""

# Reports, as a page and at the API; their files (csv) need billing.export_report besides.
REPORTS = """
sales-by-day        billing.view_invoice billing.view_creditnote
sales-by-product    billing.view_invoice billing.view_creditnote catalog.view_product
sales-by-category   billing.view_invoice billing.view_creditnote catalog.view_category
sales-by-customer   billing.view_invoice billing.view_creditnote sales.view_customer
margin-by-order     billing.view_invoice billing.view_creditnote stock.see_cost_inventory sales.view_order
margin-by-product   billing.view_invoice billing.view_creditnote stock.see_cost_inventory catalog.view_product
margin-by-customer  billing.view_invoice billing.view_creditnote stock.see_cost_inventory sales.view_customer
tax                 billing.view_invoice billing.view_creditnote
receivables         billing.view_invoice sales.view_customer
customer-statement  billing.view_invoice billing.view_payment billing.view_creditnote sales.view_customer
stock-value         stock.view_inventory stock.see_cost_inventory
"""

# The API by kind of record: list and record need view, POST add, PUT and PATCH change, DELETE delete.
API_WRITTEN = """
users roles user-roles
categories tax-rates products product-barcodes suppliers supplier-products price-lists price-list-items
warehouses bins lots purchase-orders purchase-order-items goods-receipts goods-receipt-items stock-transfers
stock-transfer-items stock-counts stock-count-items
customers customer-addresses orders order-items shipments shipment-items sales-returns sales-return-items
invoices invoice-items payments credit-notes credit-note-items
"""
API_NOTED = "inventory stock-items reservations"  # written by services; notes and thresholds by PATCH
API_READ = "stock-movements"

# Of these GET .../history tells what became of one record; it needs view.
API_HISTORY = f"{API_WRITTEN} inventory"

API_OTHER = """
GET  reports                                SIGNED_IN
POST reports                                SIGNED_IN
POST products/bulk                          catalog.view_product
POST price-lists/{pk}/items/bulk            catalog.view_pricelistitem
POST stock-counts/{pk}/items/bulk           stock.enter_stockcount
GET  changes                                inventory_project.view_changehistory
GET  openapi.json                           ANYONE
POST openapi.json                           ANYONE
GET                                         SIGNED_IN
POST                                        SIGNED_IN
POST users/{pk}/anonymise                   accounts.anonymise_user
POST users/{pk}/deactivate                  accounts.change_user
POST users/{pk}/reset-second-factor         accounts.change_user
POST users/{pk}/send-password-link          accounts.change_user
POST users/{pk}/sign-out                    accounts.change_user
POST users/{pk}/unlock                      accounts.change_user
GET  users/{pk}/roles                       accounts.view_user accounts.view_userrole
GET  products/by-barcode/{code}             catalog.view_product
GET  products/by-sku/{sku}                  catalog.view_product
GET  products/{pk}/barcodes                 catalog.view_product catalog.view_productbarcode
PUT  products/{pk}/image                    catalog.change_product
DELETE products/{pk}/image                  catalog.change_product
GET  products/{pk}/offers                   catalog.view_product catalog.view_supplierproduct
GET  suppliers/{pk}/offers                  catalog.view_supplier catalog.view_supplierproduct
GET  price-lists/{pk}/items                 catalog.view_pricelist catalog.view_pricelistitem
GET  warehouses/{pk}/bins                   stock.view_warehouse stock.view_bin
GET  lots/{pk}/trace                        stock.view_stockmovement
POST inventory/adjust                       stock.adjust_inventory
POST inventory/count                        stock.start_stockcount stock.add_stockcount
POST inventory/opening                      stock.open_inventory
GET  inventory/low                          stock.view_inventory
POST inventory/reorder                      stock.add_purchaseorder
GET  inventory/{pk}/card                    stock.view_stockmovement
GET  inventory/{pk}/stock-items             stock.view_inventory stock.view_stockitem
GET  inventory/{pk}/why                     stock.view_stockmovement
POST stock-movements/{pk}/reverse           stock.reverse_stockmovement
POST purchase-orders/{pk}/cancel            stock.cancel_purchaseorder
POST purchase-orders/{pk}/close             stock.close_purchaseorder
GET  purchase-orders/{pk}/items             stock.view_purchaseorder stock.view_purchaseorderitem
POST purchase-orders/{pk}/duplicate         stock.add_purchaseorder
POST purchase-orders/{pk}/receive           stock.receive_purchaseorder
POST purchase-orders/{pk}/send              stock.send_purchaseorder
GET  purchase-orders/by-number/{number}     stock.view_purchaseorder
POST goods-receipts/{pk}/cancel             stock.cancel_goodsreceipt
GET  goods-receipts/{pk}/items              stock.view_goodsreceipt stock.view_goodsreceiptitem
POST goods-receipts/{pk}/post               stock.post_goodsreceipt
POST goods-receipts/{pk}/reverse            stock.reverse_goodsreceipt
GET  goods-receipts/by-number/{number}      stock.view_goodsreceipt
POST stock-transfers/{pk}/cancel            stock.cancel_stocktransfer
POST stock-transfers/{pk}/close             stock.close_stocktransfer
GET  stock-transfers/{pk}/items             stock.view_stocktransfer stock.view_stocktransferitem
POST stock-transfers/{pk}/receive           stock.receive_stocktransfer
POST stock-transfers/{pk}/dispatch          stock.dispatch_stocktransfer
GET  stock-transfers/by-number/{number}     stock.view_stocktransfer
POST stock-counts/{pk}/cancel               stock.cancel_stockcount
POST stock-counts/{pk}/enter                stock.enter_stockcount
GET  stock-counts/{pk}/items                stock.view_stockcount stock.view_stockcountitem
POST stock-counts/{pk}/post                 stock.post_stockcount
POST stock-counts/{pk}/recount              stock.post_stockcount
POST stock-counts/{pk}/start                stock.start_stockcount
GET  stock-counts/by-number/{number}        stock.view_stockcount
GET  customers/{pk}/addresses               sales.view_customer sales.view_customeraddress
POST customers/{pk}/anonymise               sales.anonymise_customer
POST customers/{pk}/pay                     billing.pay_invoice
POST orders/{pk}/cancel                     sales.cancel_order
POST orders/{pk}/change                     sales.change_order
POST orders/{pk}/close                      sales.close_order
POST orders/{pk}/confirm                    sales.confirm_order
POST orders/{pk}/deliver                    sales.deliver_order
POST orders/{pk}/invoice                    billing.add_invoice
POST orders/{pk}/duplicate                  sales.add_order
GET  orders/{pk}/items                      sales.view_order sales.view_orderitem
GET  orders/{pk}/pick-list                  sales.view_order
GET  orders/{pk}/progress                   sales.view_order
POST orders/{pk}/release                    sales.release_order
POST orders/{pk}/return                     sales.add_salesreturn
POST orders/{pk}/reserve                    sales.reserve_order
POST orders/{pk}/ship                       sales.ship_order
GET  orders/by-number/{number}              sales.view_order
POST shipments/{pk}/cancel                  sales.cancel_shipment
POST shipments/{pk}/deliver                 sales.deliver_shipment
GET  shipments/{pk}/items                   sales.view_shipment sales.view_shipmentitem
GET  shipments/{pk}/pick-list               sales.view_shipment
POST shipments/{pk}/ship                    sales.ship_shipment
GET  shipments/by-number/{number}           sales.view_shipment
POST sales-returns/{pk}/approve             sales.approve_salesreturn
POST sales-returns/{pk}/cancel              sales.cancel_salesreturn
POST sales-returns/{pk}/close               sales.close_salesreturn
GET  sales-returns/{pk}/items               sales.view_salesreturn sales.view_salesreturnitem
POST sales-returns/{pk}/receive             sales.receive_salesreturn
POST sales-returns/{pk}/reject              sales.reject_salesreturn
GET  sales-returns/by-number/{number}       sales.view_salesreturn
POST invoices/{pk}/cancel                   billing.cancel_invoice
POST invoices/{pk}/credit                   billing.add_creditnote
GET  invoices/{pk}/document                 billing.view_invoice
GET  invoices/{pk}/e-invoice                billing.view_invoice
POST invoices/{pk}/issue                    billing.issue_invoice
GET  invoices/{pk}/items                    billing.view_invoice billing.view_invoiceitem
POST invoices/{pk}/pay                      billing.pay_invoice
GET  invoices/by-number/{number}            billing.view_invoice
POST payments/{pk}/void                     billing.void_payment
GET  payments/by-number/{number}            billing.view_payment
POST credit-notes/{pk}/cancel               billing.cancel_creditnote
GET  credit-notes/{pk}/document             billing.view_creditnote
GET  credit-notes/{pk}/e-invoice            billing.view_creditnote
POST credit-notes/{pk}/issue                billing.issue_creditnote
GET  credit-notes/{pk}/items                billing.view_creditnote billing.view_creditnoteitem
POST credit-notes/{pk}/refund               billing.refund_creditnote
GET  credit-notes/by-number/{number}        billing.view_creditnote
"""
