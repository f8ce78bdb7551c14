"""The report: true to the warehouse, harmless whatever repositories are named, whole without network."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from report_pages import page_data, single_pages

from reports.errors import ReportError
from reports.figures import figures, label
from reports.site import SECTIONS, build_report, build_single
from reports.site.cells import cell
from reports.site.names import slug
from reports.texts import Words


@pytest.fixture(scope="module")
def folder(hostile_published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(hostile_published, tmp_path_factory.mktemp("report")).parent


class Elements(HTMLParser):
    """What could run code or lead elsewhere in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.images = 0
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.images += tag in ("img", "iframe", "object", "embed", "svg", "form")
        if tag == "script":
            self.scripts.append(values)
        self.handlers += [name for name in values if name.startswith("on")]
        self.addresses += [values[name] or "" for name in ("src", "href") if name in values]
        if values.get("id"):
            self.ids.append(values["id"] or "")


def pages(folder: Path) -> dict[str, Elements]:
    return {
        str(file.relative_to(folder)): Elements(file.read_text("utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


def test_pages_when_names_are_hostile_then_they_are_text_only(folder: Path) -> None:
    for path, found in pages(folder).items():
        kinds = [script.get("type") or script.get("src", "").rpartition("/")[2] for script in found.scripts]
        assert kinds == ["settings.js", "tables-library.js", "site.js", "application/json"], path
        assert found.images == 0, path
        assert found.handlers == [], path
        assert not [address for address in found.addresses if re.match(r"\s*(javascript|data):", address)], (
            path
        )


def test_pages_when_names_hold_controls_or_overrides_then_they_are_replaced(folder: Path) -> None:
    for file in folder.rglob("*.html"):
        page = file.read_text("utf-8")
        body = page[: page.index('<script type="application/json"')]
        body = re.sub(r"<pre.*?</pre>", "", body, flags=re.DOTALL)
        assert "\0" not in body
        assert "\u202e" not in body
        assert max(map(len, re.findall(r">([^<]*)<", body))) < 5000, file


def test_links_when_followed_then_each_leads_to_a_page_and_place_of_the_report(folder: Path) -> None:
    found = pages(folder)
    broken = []
    for path, page in found.items():
        assert len(page.ids) == len(set(page.ids)), path
        for address in page.addresses:
            parts = urlsplit(address)
            target = (folder / path).parent / unquote(parts.path) if parts.path else folder / path
            name = str(target.resolve().relative_to(folder.resolve()))
            place = parts.fragment and name != "component.html" and unquote(parts.fragment)
            if not target.is_file() or (place and place not in found[name].ids):
                broken.append((path, address))
    assert broken == []


def test_report_when_built_then_has_the_pages_of_all_sections_and_subjects(folder: Path) -> None:
    expected = {*SECTIONS.values(), "component.html", "segment/s.html", "enterprise/acme.html"}
    assert expected <= set(pages(folder))


def test_report_when_built_then_shows_what_the_warehouse_holds(folder: Path) -> None:
    index = (folder / "index.html").read_text("utf-8")
    assert "2 of 3 enterprises" in index
    assert "3 家企业中观测到 2 家" in index
    components = page_data(folder / "components.html")["figures"]["components--component_use"]["table"]
    names = [column["name"] for column in components["columns"]]
    assert "pkg:npm/left-pad" in [row[names.index("package_key")] for row in components["rows"]]


def test_enterprise_page_when_read_then_holds_its_own_rows_only(folder: Path) -> None:
    table = page_data(folder / "enterprise/acme.html")["figures"]["enterprise-acme--enterprise_repositories"][
        "table"
    ]
    names = [column["name"] for column in table["columns"]]
    assert "enterprise_id" not in [column["name"] for column in table["columns"] if not column.get("hidden")]
    assert [row[names.index("repo_id")] for row in table["rows"]] == ["local/acme/app"]


def test_component_records_when_looked_up_by_their_hash_then_hold_users_with_file_and_line(
    folder: Path,
) -> None:
    found = {}
    for file in (folder / "data").glob("component-*.js"):
        found |= json.loads(file.read_text("utf-8").partition(" = ")[2])
    record = found["pkg:npm/left-pad"]
    columns = page_data(folder / "component.html")["figures"]["component--component_users"]["table"][
        "columns"
    ]
    names = [column["name"] for column in columns]
    [[zh, en], rows] = record["figures"]["component_users"]
    assert "2 repositories" in en
    assert "2 个仓库" in zh
    places = {
        (row[names.index("repo_id")], row[names.index("path")], row[names.index("line")]) for row in rows
    }
    assert places == {("local/acme/app", "left-pad", 3), ("local/bolt/app", "left-pad", 3)}


def test_report_when_built_again_then_removes_only_pages_of_its_own_that_are_none_now(
    hostile_published: Path, tmp_path: Path
) -> None:
    build_report(hostile_published, tmp_path)
    (tmp_path / "notes.html").write_text("mine")
    listed = json.loads((tmp_path / "report-files.json").read_text())
    (tmp_path / "report-files.json").write_text(json.dumps([*listed, "old.html", "../outside.html"]))
    (tmp_path / "old.html").write_text("earlier")
    (tmp_path.parent / "outside.html").write_text("not ours")
    build_report(hostile_published, tmp_path)
    assert (tmp_path / "notes.html").read_text() == "mine"
    assert (tmp_path.parent / "outside.html").read_text() == "not ours"
    assert not (tmp_path / "old.html").exists()


def test_single_when_built_then_is_whole_in_itself_and_its_scripts_are_named_by_hash(
    hostile_published: Path, tmp_path: Path
) -> None:
    text = build_single(hostile_published, tmp_path / "one.html").read_text("utf-8")
    pages = single_pages(text)
    found = Elements("".join([text, *list(pages.values())[1:]]))
    assert [script for script in found.scripts if "src" in script] == []
    assert {script.get("type") for script in found.scripts} == {None, "application/json", "application/gzip"}
    assert all(address.startswith(("#/", "#main")) for address in found.addresses)
    assert "unsafe-inline" not in re.search(r"script-src ([^;]*);", text)[1]
    assert len(found.ids) == len(set(found.ids))
    targets = {
        re.match(r"#/(.*?\.html)", address)[1] for address in found.addresses if address.startswith("#/")
    }
    assert targets <= set(pages)


def test_single_when_a_table_is_longer_than_it_carries_then_says_how_many_rows_there_are(
    hostile_published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.site.build._SINGLE_ROWS", 2)
    text = build_single(hostile_published, tmp_path / "one.html").read_text("utf-8")
    whole = "".join(single_pages(text).values())
    pages = [json.loads(held) for held in re.findall(r'class="page-data">(.*?)</script>', whole, re.DOTALL)]
    tables = [figure["table"] for page in pages for figure in page["figures"].values() if "table" in figure]
    assert max(len(table["rows"]) for table in tables) == 2
    cut = [table for table in tables if "total" in table]
    assert cut
    assert all(table["total"] > len(table["rows"]) == 2 for table in cut)


def test_report_when_nothing_was_published_then_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="published"):
        build_report(tmp_path / "none.duckdb", tmp_path / "report")
    assert not (tmp_path / "report" / "index.html").exists()


def shown_parts(chart):
    """A chart without the addresses that its marks open, which plotly does not show."""
    if isinstance(chart, dict):
        return {key: shown_parts(value) for key, value in chart.items() if key != "customdata"}
    return [shown_parts(item) for item in chart] if isinstance(chart, list) else chart


def charts_of(entry):
    return [chart for choices in entry.get("choices", {}).values() for _, chart in choices]


def test_charts_when_read_back_then_no_label_carries_markup(folder: Path) -> None:
    names = set()
    for file in folder.rglob("*.html"):
        for figure, entry in page_data(file)["figures"].items():
            charts = json.dumps(shown_parts([entry.get("chart"), charts_of(entry)]))
            assert set(re.findall(r"<[^>]{0,12}", charts)) <= {"<br", "<extra", "</extra"}, figure
            names.add(figure.rpartition("--")[2])
    assert names == {figure.name for figure in figures()}


def test_people_when_fewer_than_five_then_are_folded(folder: Path) -> None:
    table = page_data(folder / "contribution.html")["figures"]["contribution--absence_factor"]["table"]
    at = [column["name"] for column in table["columns"]].index("contributors")
    assert {row[at] for row in table["rows"]} == {"<5", "0"}


@pytest.mark.parametrize(
    ("value", "kind", "language", "text"),
    [
        (None, "text", "en", "–"),
        (float("nan"), "text", "en", "–"),
        (0, "number", "en", "0"),
        (0.0, "number", "en", "0"),
        (1234567, "number", "en", "1,234,567"),
        (12.5, "number", "en", "12.5"),
        (True, "text", "en", "yes"),
        (0.5, "share", "zh-CN", "50%"),
        ("2026-03-01", "date", "zh-CN", "2026年3月1日"),
        ("2026-03-01", "date", "en", "1 March 2026"),
        ("\u202ex", "text", "en", "\ufffdx"),
    ],
)
def test_cell_when_shown_then_is_localised_and_null_is_not_zero(value, kind, language, text) -> None:
    assert cell(value, kind, Words(language)) == text


def test_label_when_text_is_long_or_markup_then_is_cut_and_escaped() -> None:
    assert label("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert label("x" * 50) == "x" * 39 + "…"
    assert label(None) == ""


def test_slug_when_an_id_is_no_plain_word_then_it_is_a_digest() -> None:
    assert slug("ai-cv") == "ai-cv"
    assert re.fullmatch(r"x[0-9a-f]{20}", slug("<script>"))
    assert slug("../up") != slug("../Up")


def test_report_when_its_folder_cannot_be_written_then_the_error_names_the_file(
    hostile_published: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"file/[\w./-]+: cannot be written"):
        build_report(hostile_published, tmp_path / "file")
    with pytest.raises(ReportError, match=r"file/one\.html: cannot be written"):
        build_single(hostile_published, tmp_path / "file" / "one.html")
