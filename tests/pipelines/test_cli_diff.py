import json

from click.testing import CliRunner
from made_repositories import add_commits, git, make_repository

from pipelines.bom_diff import Change, diff_scans
from pipelines.cli import main
from sbom.scan import scan_path

REQUIREMENTS = (
    "a==1.9\nb==2.0\nc==1.0\nd>=1\ne==1.0\n",
    "a==1.10\nb==1.0\nd>=2\ne==1.0\nf==3\n",
)


def made(tmp_path):
    repository = make_repository(
        tmp_path / "shop", [{"requirements.txt": text} for text in REQUIREMENTS], bare=True
    )
    return repository, git(repository, "rev-parse", "main~1"), git(repository, "rev-parse", "main")


def run(*arguments):
    return CliRunner().invoke(main, [str(word) for word in arguments])


def test_diff_when_versions_change_then_each_package_has_its_change(tmp_path):
    repository, old, new = made(tmp_path)
    document = json.loads(run("diff", repository, old, new, "--format", "json").stdout)
    assert {(row["name"], row["change"]) for row in document["changes"]} == {
        ("a", "upgraded"),  # 1.10 is after 1.9
        ("b", "downgraded"),
        ("c", "removed"),
        ("d", "changed"),
        ("f", "added"),
    }
    assert document["counts"] == dict.fromkeys(map(str, Change), 1)
    (upgrade,) = [row for row in document["changes"] if row["name"] == "a"]
    assert (upgrade["path"], upgrade["line"]) == ("requirements.txt", 1)
    assert (upgrade["before"], upgrade["after"]) == (["1.9"], ["1.10"])


def test_diff_when_turned_around_then_the_opposite(tmp_path):
    repository, old, new = made(tmp_path)
    forth = diff_scans(scan_path(repository, old), scan_path(repository, new))
    back = diff_scans(scan_path(repository, new), scan_path(repository, old))
    opposite = {"added": "removed", "upgraded": "downgraded", "changed": "changed"}
    opposite |= {there: here for here, there in opposite.items()}
    assert {(row.name, opposite[row.change]) for row in forth.changes} == {
        (row.name, row.change) for row in back.changes
    }


def test_diff_when_printed_then_a_row_for_each_change_and_the_counts(tmp_path):
    repository, old, new = made(tmp_path)
    shown = run("diff", repository, old, new).stdout.splitlines()
    assert shown[-1].endswith("1 added, 1 removed, 1 upgraded, 1 downgraded, 1 changed")
    rows = run("diff", repository, old, new, "--format", "csv").stdout.splitlines()
    assert "requirements.txt,1,upgraded,a,1.9,1.10" in rows


def test_diff_when_nothing_changed_then_says_so(tmp_path):
    repository, old, _ = made(tmp_path)
    assert "no change in the components" in run("diff", repository, old, old).stdout


def test_diff_when_a_file_became_unreadable_then_it_is_named(tmp_path):
    lock = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}\n'
    repository = make_repository(
        tmp_path / "shop", [{"package-lock.json": lock}, {"package-lock.json": "{"}], bare=True
    )
    done = run("diff", repository, "main~1", "main")
    assert "not known, could not be read: package-lock.json" in done.stderr


def test_months_when_the_branch_moves_then_a_row_and_a_bom_each(tmp_path):
    repository, _, new = made(tmp_path)
    add_commits(repository, [{"requirements.txt": "a==1.10\n"}], first=40)
    words = ("sbom", repository, "--every", "month", "--table", "json", "-o", tmp_path / "boms")
    rows = json.loads(run(*words).stdout)
    assert [(row["month"], row["components"], row["removed"]) for row in rows] == [
        ("2024-01", 5, None),
        ("2024-02", 1, 4),
    ]
    assert rows[0]["commit"] == new
    files = sorted(path.name for path in (tmp_path / "boms").iterdir())
    assert files == ["2024-01.cdx.json", "2024-02.cdx.json"]
    assert json.loads((tmp_path / "boms" / files[0]).read_bytes())["metadata"]["component"]["version"] == new
    words = ("sbom", repository, "--every", "month", "--since", "2024-02", "--table", "markdown")
    text = run(*words).stdout.splitlines()
    assert len(text) == 3
    assert text[2].startswith("| 2024-02 |")


def test_months_when_since_stands_alone_then_wrong_usage(tmp_path):
    repository, _, _ = made(tmp_path)
    done = run("sbom", repository, "--since", "2024-01")
    assert done.exit_code == 2
    assert "--every" in done.stderr
