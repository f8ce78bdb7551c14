"""`chainatlas gaps` on the sample region: what scripts rely on, and that every number adds up."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_gaps_when_asked_as_json_then_shape_is_stable_and_parts_add_up(region: Path) -> None:
    content = json.loads(call("gaps", region, "--all", "--format", "json").stdout)
    assert content["segments"]
    for segment in content["segments"]:
        assert segment.keys() >= {
            *("id", "chain", "verdicts", "score", "parts", "interval", "coverage", "counts", "sureness")
        }
        parts = [part for part in segment["parts"].values() if part is not None]
        assert sum(parts) == pytest.approx(segment["score"], abs=1e-9)
        low, high = segment["interval"]
        assert low <= segment["score"] <= high + 1e-9
        assert set(segment["missing_terms"]) == {t for t, part in segment["parts"].items() if part is None}


def test_gaps_when_few_enterprises_were_read_then_that_is_said_and_no_link_is_missing(region: Path) -> None:
    result = call("gaps", region, "--all", "--format", "json")
    assert "2 of 2 enterprises could be read: verdicts that need three users are withheld" in result.stderr
    for segment in json.loads(result.stdout)["segments"]:
        assert not {"missing", "choke", "blocked"} & set(segment["verdicts"])


def test_gaps_when_asked_for_a_chain_that_is_not_there_then_those_that_are_are_named(region: Path) -> None:
    assert "no industry chain no-such; there are" in call("gaps", region, "--chain", "no-such", code=2).stderr


@pytest.mark.parametrize(
    ("locale", "output_format", "is_chinese"),
    [("zh_CN.UTF-8", "table", True), ("C.UTF-8", "table", False), ("C.UTF-8", "markdown", False),
     ("C.UTF-8", "csv", True)],
)  # fmt: skip
def test_gaps_when_the_locale_is_chinese_then_names_and_verdicts_are_and_for_programs_always(
    region: Path, monkeypatch: pytest.MonkeyPatch, locale: str, output_format: str, is_chinese: bool
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    said = call("gaps", region, "--all", "--format", output_format).stdout
    assert ("未见需求" in said, "no demand observed" in said) == (is_chinese, not is_chinese)


@pytest.mark.parametrize("output_format", ["table", "markdown", "csv"])
def test_gaps_when_asked_for_people_to_read_then_names_are_there(region: Path, output_format: str) -> None:
    said = call("gaps", region, "--all", "--format", output_format).stdout
    assert "verdicts" in said
    if output_format == "csv":
        rows = list(csv.DictReader(io.StringIO(said)))
        assert {"segment_id", "chain_id", "score", "part_demand", "interval_low"} <= rows[0].keys()
