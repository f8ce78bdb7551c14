"""`chainatlas simulate`: shocks compared, kept, and the same each time."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from pipelines.cli import main


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_simulate_when_shocks_are_compared_then_each_has_its_result_and_it_is_kept(region: Path) -> None:
    shocks = ("--remove", "component:pkg:npm/lodash", "--remove", "component:pkg:npm/left-pad")
    content = json.loads(call("simulate", region, *shocks, "--format", "json").stdout)
    assert [result["shock"] for result in content["shocks"]] == list(shocks[1::2])
    assert [result["totals"]["repositories_direct"] for result in content["shocks"]] == [1, 1]
    [kept] = (region / ".chainatlas" / "simulations").glob("*.json")
    before = kept.read_bytes()
    assert json.loads(before) == content
    shown = call("simulate", region, *shocks)
    assert f"next: chainatlas gaps {region}" in shown.stderr
    assert kept.read_bytes() == before


def test_simulate_when_shocks_come_together_then_there_is_one_result(region: Path) -> None:
    shocks = ("--remove", "component:pkg:npm/lodash", "--remove", "component:pkg:npm/left-pad")
    content = json.loads(call("simulate", region, *shocks, "--together", "--format", "json").stdout)
    [result] = content["shocks"]
    assert result["totals"]["removed_packages"] == 2


def test_simulate_when_a_shock_is_unknown_then_what_to_write_is_said(region: Path) -> None:
    assert "write component:PURL" in call("simulate", region, "--remove", "meteor:big", code=2).stderr
    assert "no package in this workspace" in call("simulate", region, "--remove", "owner:x", code=2).stderr
