"""Bank statements: their lines become payments of open invoices."""
