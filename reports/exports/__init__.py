"""Files that leave with their reader: a workbook, tables, and what their columns mean."""
