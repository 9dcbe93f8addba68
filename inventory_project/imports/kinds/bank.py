"""Bank statements from the command line: what is certain is recorded, the rest is for somebody to look at."""

from billing.queries.transfers import Found, Transfer, propose
from billing.services import TransfersRefused, record_transfers
from inventory_project.imports.bank.headings import COLUMNS, recognised
from inventory_project.imports.bank.statement import read_lines
from inventory_project.imports.base import Importer, Record
from inventory_project.imports.table import Table


class BankStatementImporter(Importer):
    """Transfers that name an open invoice and pay just what is open of it; columns as banks call them are known."""

    kind = "bank_statement"
    title = "Payments"
    columns = COLUMNS

    def _parse(self, table: Table) -> list[Record]:
        records = []
        for line in read_lines(table, recognised(table.columns)):
            record = Record(line.number, {"transfer": line.transfer})
            if line.problem:
                self.wrong(record, line.problem)
            elif line.transfer:
                records.append(record)
        return records

    def store(self, records: list[Record], *, by) -> None:
        transfers: list[Transfer] = [record["transfer"] for record in records]
        certain, shares = [], []
        for record, proposal in zip(records, propose(transfers), strict=True):
            if proposal.found == Found.MATCHED:
                certain.append(record)
                shares.append((record["transfer"], proposal.invoice))
            elif proposal.found == Found.THERE:
                self.report.unchanged += 1
            else:
                self.wrong(record, proposal.why)
        try:
            self.report.created = len(record_transfers(shares, by=by))
        except TransfersRefused as refusal:
            for place, reason in refusal.reasons.items():
                self.wrong(certain[place], reason)
        self.progress(len(records), len(records))
