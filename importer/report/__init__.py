"""What the person gets to read: the report CSV, the corrections CSV and the summary."""

from importer.report.corrections import CorrectionsWriter
from importer.report.lines import REPORT_COLUMNS, ReportLine, outcome_name, report_line
from importer.report.paths import ReportPaths, report_paths
from importer.report.summary import Summary, Tally, render_summary
from importer.report.writer import ReportWriter

__all__ = [
    "REPORT_COLUMNS",
    "CorrectionsWriter",
    "ReportLine",
    "ReportPaths",
    "ReportWriter",
    "Summary",
    "Tally",
    "outcome_name",
    "render_summary",
    "report_line",
    "report_paths",
]
