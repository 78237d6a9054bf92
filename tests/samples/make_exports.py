"""Writes the samples of all exports: fictional people, each file in the exact habits of its program.

    python tests/samples/make_exports.py sample_data

Seeded, so that the bytes are always the same. Workbooks are packed differently by each version of the
libraries: the test compares their cells instead of their bytes.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import export_crm
import export_dialer
import export_dynamics
import export_google
import export_helpdesk
import export_outlook
import export_salesforce
import export_spreadsheet

EXPORTS: dict[str, Callable[[], bytes]] = {
    "salesforce_report.csv": export_salesforce.report,
    "salesforce_dataloader.csv": export_salesforce.data_loader,
    "hubspot.csv": export_crm.hubspot,
    "dynamics365.csv": export_dynamics.csv_file,
    "dynamics365.xlsx": export_dynamics.workbook,
    "google_contacts.csv": export_google.contacts,
    "google_contacts_old.csv": export_google.old_contacts,
    "outlook.csv": export_outlook.contacts,
    "freshdesk.csv": export_helpdesk.freshdesk,
    "zendesk.csv": export_helpdesk.zendesk,
    "genesys.csv": export_dialer.genesys,
    "five9.csv": export_dialer.five9,
    "five9_no_heading.csv": export_dialer.five9_no_heading,
    "spreadsheet.xlsx": export_spreadsheet.workbook,
    "excel_de.csv": export_spreadsheet.german_csv,
    "zoho.csv": export_crm.zoho,
    "pipedrive.csv": export_crm.pipedrive,
}


def write(folder: Path) -> None:
    """Write every file."""
    for name, make in EXPORTS.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
