"""Write the report: all pages in a folder, or one page."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.errors import ReportError
from reports.figures import figures
from reports.figures.actions import action_text
from reports.figures.region import tiles
from reports.site.bundle import (
    library_script,
    packed,
    plotly_script,
    script_hash,
    settings_script,
    site_script,
    style_sheet,
)
from reports.site.cells import cell, name_of_id
from reports.site.names import Region, read_region, settings, slug
from reports.site.page import Page
from reports.site.payload import script_json
from reports.site.records import component_records
from reports.site.sections import MENU, section_pages
from reports.site.subjects import subject_kinds, subject_pages
from reports.texts import LANGUAGES, Words, all_words
from reports.verdicts import colour
from reports.whole_file import whole_file
from warehouse.errors import WarehouseError
from warehouse.store.database import memory_setting, open_published

_FILES = "report-files.json"
"""The names of what the last build wrote: what it wrote and this one does not is removed, nothing else is."""
_SINGLE_RECORDS = 2_000
_SINGLE_ROWS = 1_000


def build_report(published: Path, folder: Path, memory_bytes: int | None = None) -> Path:
    """Write the pages into `folder` and return the first; earlier pages that are none now go away.

    Queries use as much memory as `memory_setting` says, and put aside in the folder what does not fit.

    Raises:
        ReportError: there is no published warehouse, a figure's query does not fit it, or a file cannot be
            written.
    """
    with _opened(published, folder, memory_bytes) as connection:
        region = read_region(connection)
        writer = _Writer(folder)
        renderer = _Renderer(region, single=False)
        for page in _pages(connection, region):
            data, parts = page.payload()
            writer.write(page.path, renderer.page(page, data))
            for name, rows in parts.items():
                writer.write(f"data/{name}.js", _part_script(name, rows))
        records = component_records(connection)
        writer.write(records.page.path, renderer.page(records.page, records.page.payload()[0]))
        for number, members in records.files.items():
            name = f"component-{number}"
            writer.write(f"data/{name}.js", _part_script(name, members))
        writer.write("data/repositories.js", _part_script("repositories", region.heads))
    for path, text in {
        "assets/site.css": style_sheet(),
        "assets/settings.js": settings_script(settings(region)),
        "assets/tables-library.js": library_script(),
        "assets/site.js": site_script(),
        "assets/plotly.js": plotly_script(),
    }.items():
        writer.write(path, text)
    writer.finish()
    return folder / "index.html"


def build_single(published: Path, file: Path) -> Path:
    """Write all pages as one self-contained HTML file and return its path; an earlier one is replaced.

    Long tables are cut, and only the most used components have a page in it: the folder has all. All pages
    but the first are compressed; the browser unpacks one when it is turned to.

    Raises:
        ReportError: there is no published warehouse, a figure's query does not fit it, or the file cannot be
            written.
    """
    with _opened(published, file.parent, None) as connection:
        region = read_region(connection)
        records = component_records(connection, _SINGLE_RECORDS)
        pages = [*_pages(connection, region), records.page]
    parts: dict[str, str] = {"repositories": script_json(region.heads)}
    for number, members in records.files.items():
        parts[f"component-{number}"] = script_json(members)
    data = {}
    for page in pages:
        data[page.path], rows = page.payload(_SINGLE_ROWS)
        for name, held in rows.items():
            parts[name] = script_json(held)
    scripts = [settings_script(settings(region)), library_script(), site_script()]
    scripts = [script.replace("\r\n", "\n").replace("</script", "<\\/script") for script in scripts]
    parts["plotly"] = plotly_script()
    held = [(name, packed(text)) for name, text in parts.items()]
    text = _Renderer(region, single=True).single(pages, data, held, scripts)
    _write(file, text)
    return file


def _pages(connection: duckdb.DuckDBPyConnection, region: Region) -> Iterator[Page]:
    yield from section_pages(connection, region)
    for kind in subject_kinds():
        yield from subject_pages(connection, kind)


@contextmanager
def _opened(published: Path, folder: Path, memory_bytes: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    aside = folder / ".aside"  # made by DuckDB when it is needed
    granted = {"memory_limit": memory_setting(memory_bytes), "temp_directory": str(aside)}
    try:
        connection = open_published(published, granted)
    except WarehouseError as error:
        raise ReportError(f"no report without a published warehouse: {error}") from None
    try:
        with connection:
            yield connection
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _part_script(name: str, content: Any) -> str:
    """A file beside the pages: `file://` forbids fetching data, but not running a script that holds it."""
    return f"chainatlas.parts[{json.dumps(name)}] = {script_json(content)}\n"


class _Renderer:
    """The templates with what all pages share."""

    def __init__(self, region: Region, single: bool) -> None:
        environment = Environment(
            loader=PackageLoader("reports.site", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._root = ""
        self._single = single
        environment.filters["cell"] = self._cell
        environment.filters["tiles"] = tiles
        environment.globals.update(
            languages=LANGUAGES,
            words={words.language: words for words in all_words()},
            region=region,
            as_of=region.as_of,
            menu=MENU,
            link=self._link,
            anchor=self._anchor,
            slug=slug,
            all_figures=figures(),
            action_text=action_text,
            verdict_colour=colour,
            target=self._target,
            name_of=lambda kind, identity, words: name_of_id(kind, identity, region.names, words),
        )
        self._page = environment.get_template("base.html.j2")
        self._section = environment.get_template("section.html.j2")
        self._whole = environment.get_template("single.html.j2")

    def page(self, page: Page, data: str) -> str:
        self._root = page.root
        return self._page.render(page=_Prepared(page, data), root=page.root)

    def single(
        self, pages: list[Page], data: dict[str, str], parts: list[tuple[str, str]], scripts: list[str]
    ) -> str:
        """One file: the first page as it is, the others compressed until somebody turns to them."""
        first, *others = [
            self._section.render(page=_Prepared(page, data[page.path]), hidden=number > 0, root="").strip()
            for number, page in enumerate(pages)
        ]
        turned = [(f"page/{page.path}", packed(text)) for page, text in zip(pages[1:], others, strict=True)]
        return self._whole.render(
            first=first,
            parts=[*turned, *parts],
            scripts=[f"\n{script}\n" for script in scripts],
            hashes=[*(script_hash(f"\n{script}\n") for script in scripts), script_hash(plotly_script())],
            style=style_sheet(),
            root="",
        )

    def _link(self, path: str, fragment: str = "") -> str:
        """Address of a page from the page at hand."""
        anchor = f"{path.removesuffix('.html').replace('/', '-')}--{fragment}" if fragment else ""
        if self._single:
            return f"#/{path}" + (f"/{anchor}" if anchor else "")
        return f"{self._root}{path}" + (f"#{anchor}" if anchor else "")

    def _anchor(self, path: str, identity: str) -> str:
        return f"#/{path}/{identity}" if self._single else f"#{identity}"

    def _target(self, row: Mapping[str, Any]) -> str:
        """Address of the page that an action is about."""
        kind, identity = row["target_kind"], row["target_id"]
        if kind != "component":
            return self._link(f"{kind}/{slug(identity)}.html")
        key = quote(identity, safe="")
        return f"#/component.html/{key}" if self._single else f"{self._root}component.html#{key}"

    def _cell(self, value: Any, kind: str, words: Words) -> str:
        if value is not None and kind.startswith("code."):
            value = words.code(kind.removeprefix("code."), value)
        return cell(value, kind, words)


class _Prepared:
    """A page with its data as text, as the templates see it."""

    def __init__(self, page: Page, data: str) -> None:
        self._page, self.data = page, data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)


class _Writer:
    """Writes files of a report whole, the first page last, and removes what an earlier build left."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._written = folder, set[str]()
        self._first: str | None = None

    def write(self, path: str, text: str) -> None:
        self._written.add(path)
        if path == "index.html":
            self._first = text
            return
        _write(self._folder / path, text)

    def finish(self) -> None:
        assert self._first is not None
        earlier = self._folder / _FILES
        try:
            listed = json.loads(earlier.read_text("utf-8")) if earlier.is_file() else []
        except (OSError, ValueError):
            listed = []
        _write(earlier, json.dumps(sorted(self._written)))
        _write(self._folder / "index.html", self._first)
        root = self._folder.resolve()
        for name in listed:
            target = (root / str(name)).resolve()
            if name not in self._written and target.is_relative_to(root) and target.is_file():
                target.unlink()


def _write(path: Path, text: str) -> None:
    content = text.encode("utf-8", errors="replace")
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return  # most pages are as they were, and to replace a file costs more than to read it
    with whole_file(path) as file:
        file.write_bytes(content)
