"""Build the report from the published warehouse: a folder of static pages, or one file that holds them."""

from reports.site.build import build_report, build_single
from reports.site.sections import SECTIONS

__all__ = ["SECTIONS", "build_report", "build_single"]
