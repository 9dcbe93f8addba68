"""Every report, and which of them a person may see."""

from accounts.models import User

from .report import Report
from .standing import STANDING
from .trading import TRADING

REPORTS: dict[str, Report] = {report.name: report for report in [*TRADING, *STANDING]}


def reports_for(user: User) -> list[Report]:
    """The reports that the person may see."""
    return [report for report in REPORTS.values() if not report.missing_permission(user)]
