"""Files that leave with their reader: a workbook, a Word document, tables, what their columns mean."""
