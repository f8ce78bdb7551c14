"""The report as a Word document: every section's findings, charts as images, the first rows behind each."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import duckdb
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from reports.browser import BROWSERS, find_browser
from reports.columns import Column, shown_table
from reports.drawing import Drawn, draw_figure, plotly_figure
from reports.figures import figures, printable
from reports.site.cells import cell, in_words
from reports.site.names import Region, read_region
from reports.texts import Words
from reports.whole_file import whole_file

SECTIONS = ("overview", "chain", "security", "crypto", "contribution", "coverage")
_ROWS = 8
_COLUMNS = 6
_CHARACTERS = 60
_WIDTH_CM = 16.0
_PIXELS = 900
_LEAST_PIXELS = 300
_FONTS = {"w:ascii": "Calibri", "w:hAnsi": "Calibri", "w:eastAsia": "Microsoft YaHei"}


def write_document(con: duckdb.DuckDBPyConnection, path: Path, words: Words) -> list[str]:
    """Write the document in one language and return what is missing from it, in words.

    Charts become images through an installed Chromium, which needs no network; without one they are left out.

    Raises:
        ReportError: the file cannot be written, or a figure's query does not fit the published copy.
    """
    region = read_region(con)
    drawn = [draw_figure(con, figure) for figure in figures() if figure.section in SECTIONS]
    with whole_file(path) as file, tempfile.TemporaryDirectory(prefix="chainatlas-images-") as scratch:
        images, missing = _draw_images(drawn, Path(scratch), words)
        document = _begin(region, words)
        for section in SECTIONS:
            document.add_heading(words(f"section.{section}"), 1)
            document.add_paragraph(words(f"section.{section}.intro"))
            for figure in drawn:
                if figure.figure.section == section:
                    _add_figure(document, figure, images.get(figure.figure.name), region, words)
        document.save(str(file))
    return missing


def _begin(region: Region, words: Words) -> Document:
    document = docx.Document()
    for name in ("Normal", "Heading 1", "Heading 2", "Title"):
        style = document.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot, font in _FONTS.items():
            fonts.set(qn(slot), font)
    document.styles["Normal"].font.size = Pt(10.5)
    for part in document.sections:
        part.left_margin = part.right_margin = Cm(2.5)
    document.add_heading(words("page.title", region=region.title(words)), 0)
    document.add_paragraph(words("page.built_with", as_of=cell(region.as_of, "date", words)))
    document.add_paragraph(words("export.privacy"))
    return document


def _draw_images(drawn: Sequence[Drawn], folder: Path, words: Words) -> tuple[Mapping[str, Path], list[str]]:
    """An image of each chart by the figure's name, or none and the reason why."""
    firsts = {item.figure.name: item.drawings[words.language].first for item in drawn}
    charts = {name: chart for name, chart in firsts.items() if chart is not None}
    browser = find_browser()
    if not charts:
        return {}, []
    if browser is None:
        return {}, [words("export.no_images", browsers=", ".join(BROWSERS))]
    import plotly.io  # noqa: PLC0415  # takes long, and only this needs it

    os.environ.setdefault("BROWSER_PATH", browser)
    paths = {name: folder / f"{name}.png" for name in charts}
    made = [plotly_figure(_opaque(chart)) for chart in charts.values()]
    heights = [max(_LEAST_PIXELS, int(chart.get("layout", {}).get("height", 0))) for chart in charts.values()]
    try:
        plotly.io.write_images(made, list(paths.values()), "png", width=_PIXELS, height=heights, scale=2)
    except Exception as error:  # a browser that does not draw costs the images, not the report
        return {}, [f"{words('export.no_images', browsers=browser)} ({type(error).__name__})"]
    return paths, []


def _opaque(chart: dict[str, Any]) -> dict[str, Any]:
    return {**chart, "layout": {**chart.get("layout", {}), "paper_bgcolor": "$paper"}}


def _add_figure(document: Document, item: Drawn, image: Path | None, region: Region, words: Words) -> None:
    name = item.figure.name
    document.add_heading(words(f"figure.{name}.title"), 2)
    document.add_paragraph(printable(item.drawings[words.language].finding)).runs[0].bold = True
    if image is not None:
        document.add_picture(str(image), width=Cm(_WIDTH_CM))
    columns, rows = shown_table(item.figure, item.table)
    shown = [column for column in columns if not column.hidden][:_COLUMNS]
    if shown and rows:
        _add_rows(document, shown, rows[:_ROWS], region, words)
        if len(rows) > _ROWS:
            document.add_paragraph(words("export.first_rows", shown=_ROWS, total=len(rows)), style="Caption")
    document.add_paragraph(words(f"figure.{name}.note"), style="Caption")


def _add_rows(
    document: Document,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    region: Region,
    words: Words,
) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Light List Accent 1")
    for place, column in zip(table.rows[0].cells, columns, strict=True):
        place.text = words.column(column.name)
    for row in rows:
        for place, column in zip(table.add_row().cells, columns, strict=True):
            place.text = in_words(row[column.index], column, region.names, words)[:_CHARACTERS]
    for line in table.rows:
        for place in line.cells:
            for run in place.paragraphs[0].runs:
                run.font.size = Pt(8)
