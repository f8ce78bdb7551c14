"""A workspace file is read as it is meant, and every mistake is named with its line."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import WorkspaceError
from pipelines.workspace import load_workspace
from sbom.limits import Limits

COMPLETE = """\
state = "var/state"

[region]
country = "CN"
city = "样例市"
name = { zh = "样例", en = "Sample" }
districts = ["东区", "西区"]

[[enterprises]]
id = "one"
name = { zh = "一号", en = "One" }
district = "东区"
park = "软件园"
domains = ["one.example"]
repositories = ["code/one", "mirrors/one-*"]

[[communities]]
id = "upstream"
repositories = ["mirrors/upstream"]

[[roster]]
email = "alice@mail.example"
enterprise = "one"
from = 2020-01-01
to = 2022-12-31

[taxonomy]
packaged = false
folders = ["taxonomy"]

[advisories]
folders = ["osv"]

[privacy]
show_people = true

[limits]
seconds = 60
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("code/one", "mirrors/one-a", "mirrors/one-b", "mirrors/upstream", "taxonomy", "osv"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "workspace.toml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    """The messages without the folder's name."""
    with pytest.raises(WorkspaceError) as caught:
        load_workspace(write(folder, text))
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_complete_file_is_read_as_written(folder: Path) -> None:
    workspace = load_workspace(write(folder, COMPLETE))
    settings = workspace.settings
    assert workspace.root == folder.resolve()
    assert settings.region.districts == ["东区", "西区"]
    assert [(owner.id, owner.kind) for owner in settings.owners] == [
        ("one", "enterprise"),
        ("upstream", "community"),
    ]
    assert settings.roster[0].valid_from == date(2020, 1, 1)
    assert settings.roster[0].valid_to == date(2022, 12, 31)
    assert settings.scan_limits == Limits(seconds=60)
    assert settings.privacy.show_people
    assert workspace.taxonomy_folders == [folder.resolve() / "taxonomy"]
    assert workspace.advisory_folders == [folder.resolve() / "osv"]


def test_packaged_taxonomy_comes_before_own_folders(folder: Path) -> None:
    workspace = load_workspace(write(folder, COMPLETE.replace("packaged = false", "")))
    packaged, own = workspace.taxonomy_folders
    assert (packaged / "organizations.yaml").is_file()
    assert own == folder.resolve() / "taxonomy"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("park =", "prak =", "workspace.toml:13: unknown key 'prak'; did you mean 'park'?"),
        ("[privacy]", "[privcay]", "workspace.toml:34: unknown key 'privcay'; did you mean 'privacy'?"),
        ('id = "one"', "id = 1", "workspace.toml:10: enterprises.id: 1 should be a valid string"),
        ('"CN"', '"China"', "workspace.toml:4: region.country: 'China' is not a two-letter ISO 3166 code"),
        (
            '"one.example"',
            '"a@one"',
            "workspace.toml:14: enterprises.domains: 'a@one' is not an e-mail domain",
        ),
        ("2020-01-01", '"2020-01-01"', "workspace.toml:24: roster.from: '2020-01-01' should be a valid date"),
        ("seconds = 60", "seconds = 0", "workspace.toml:38: limits.seconds: 0 should be greater than 0"),
        ('"code/one"', '"code/two"', "workspace.toml:15: no such folder or BOM file: code/two"),
        ('"mirrors/one-*"', '"mirrors/x-*"', "workspace.toml:15: matches no folder: mirrors/x-*"),
        ('["osv"]', '["osv", "ghsa"]', "workspace.toml:32: no such folder: ghsa"),
        ('"东区"\n', '"北区"\n', "workspace.toml:12: district '北区' is not in region.districts: 东区, 西区"),
        (
            'district = "东区"',
            'district = ["东区", "西区"]',
            "workspace.toml:12: an enterprise is in one district",
        ),
        (
            'enterprise = "one"',
            'enterprise = "on"',
            "workspace.toml:23: no enterprise has the id 'on'; did you",
        ),
        ("2022-12-31", "2019-12-31", "workspace.toml:25: ends on 2019-12-31, before it starts on 2020-01-01"),
        (
            '"upstream"\n',
            '"one"\n',
            "workspace.toml:18: 'one' is named twice, first in line 10",
        ),
    ],
)
def test_single_mistake_is_named_with_its_line(folder: Path, old: str, new: str, expected: str) -> None:
    assert COMPLETE.count(old) >= 1
    (message,) = problems(folder, COMPLETE.replace(old, new, 1))
    assert message.startswith(expected)


def test_all_mistakes_are_named_at_once_in_line_order(folder: Path) -> None:
    text = COMPLETE.replace("park =", "prak =").replace('id = "one"', "id = 1").replace("show_p", "show_q")
    lines = [message.split(":")[1] for message in problems(folder, text)]
    assert lines == ["10", "13", "35"]


def test_second_enterprise_of_the_same_id_is_an_error_that_names_both_lines(folder: Path) -> None:
    twice = COMPLETE + '\n[[enterprises]]\nid = "one"\ndistrict = "东区"\npark = "软件园"\n'
    (message,) = problems(folder, twice)
    assert message == (
        "workspace.toml:41: 'one' is named twice, first in line 10; "
        "give every enterprise and community its own id"
    )


def test_enterprise_in_two_districts_is_an_error(folder: Path) -> None:
    (message,) = problems(folder, COMPLETE + '\n[[enterprises]]\nid = "one"\ndistrict = "西区"\n')
    assert message == "workspace.toml:41: 'one' is in two districts, '东区' (line 10) and '西区'; keep one"


def test_enterprise_in_two_parks_is_an_error(folder: Path) -> None:
    twice = COMPLETE + '\n[[enterprises]]\nid = "one"\ndistrict = "东区"\npark = "大学城"\n'
    (message,) = problems(folder, twice)
    assert message == "workspace.toml:41: 'one' is in two parks, '软件园' (line 10) and '大学城'; keep one"


def test_domain_of_two_enterprises_is_an_error(folder: Path) -> None:
    (message,) = problems(folder, COMPLETE + '\n[[enterprises]]\nid = "two"\ndomains = ["ONE.example"]\n')
    assert message == (
        "workspace.toml:42: domain 'ONE.example' is also declared by 'one' (line 14); keep it in one"
    )


def test_two_employers_at_the_same_time_are_an_error(folder: Path) -> None:
    entry = '\n[[roster]]\nemail = "Alice@mail.example"\nenterprise = "upstream"\nfrom = {}\n'
    load_workspace(write(folder, COMPLETE + entry.format("2023-01-01")))
    (message,) = problems(folder, COMPLETE + entry.format("2022-12-31"))
    assert message.startswith("workspace.toml:40: Alice@mail.example is also employed in line 21")


def test_file_without_enterprises_says_how_to_get_some(folder: Path) -> None:
    (message,) = problems(folder, "[region]\n")
    assert "chainatlas init" in message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[region\n", "workspace.toml:1: is not TOML"),
        (b"a = 1\na = 2\n", "workspace.toml:2: is not TOML"),
        (b'a = "', "workspace.toml: is not TOML"),
        (b'a = "\xff"\n', "workspace.toml: is not UTF-8 text"),
    ],
)
def test_file_that_is_not_toml_is_one_clear_line(folder: Path, content: bytes, expected: str) -> None:
    path = folder / "workspace.toml"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        load_workspace(path)
    assert str(caught.value).replace(f"{folder}/", "").startswith(expected)
    assert len(str(caught.value).splitlines()) == 1
