"""The built wheel works in a clean environment without a checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def chainatlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as it stands after an install of the wheel with its locked requirements."""
    folder = tmp_path_factory.mktemp("wheel")
    sys.path.insert(0, str(ROOT))
    try:
        from run import uv_sources
    finally:
        sys.path.remove(str(ROOT))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", str(folder / "env")], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(folder / "env" / "bin" / "python")]
    install += uv_sources([sys.executable, "-m", "pip"])
    locked = ["--require-hashes", "--no-deps", "-r", str(ROOT / "requirements.lock")]
    subprocess.run([*install, *locked], check=True)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    return folder / "env" / "bin" / "chainatlas"


def run(chainatlas: Path, folder: Path, *words: str) -> str:
    environment = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "DAGSTER_HOME": "", "PYTHONPATH": ""}
    done = subprocess.run(
        [chainatlas, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_wheel_when_installed_then_every_kind_of_command_works_without_a_checkout(
    chainatlas: Path, tmp_path: Path
) -> None:
    assert "产业" in run(chainatlas, tmp_path, "--help")
    assert "report" in run(chainatlas, tmp_path, "demo", "region")
    assert "cry-sm" in run(chainatlas, tmp_path, "gaps", "region")
    assert "SM4" in run(chainatlas, tmp_path, "crypto", "region/chengyuan/sm-kit", "--format", "jsonl")
    assert "bomFormat" in run(chainatlas, tmp_path, "sbom", "region/xinghe/gov-portal")
    run(chainatlas, tmp_path, "export", "region", "-o", "handout", "--part", "workbook")
    assert list((tmp_path / "handout").glob("*.xlsx"))
