"""Who may import what: the layers of docs/architecture.md."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"sbom", "warehouse", "reports", "pipelines", "taxonomy", "examples", "notebooks"}
ALLOWED = {
    "sbom": {"sbom"},
    "warehouse": {"warehouse"},
    "reports": {"reports", "warehouse"},
    "pipelines": {"pipelines", "sbom", "warehouse", "reports", "taxonomy", "examples", "notebooks"},
    "notebooks": {"notebooks", "pipelines", "reports", "warehouse"},
    "taxonomy": set(),
}
DAGSTER = {"dagster", "dagster_graphql", "dagster_webserver", "dagster_celery", "dagster_dask", "dagster_k8s"}
DAGSTER_MODULES = {"definitions", "resources", "assets", "checks", "schedules", "bucket_job", "run_records"}
NETWORK = {
    *("aiohttp", "ftplib", "github", "gitlab", "grpc", "http", "httpx", "imaplib", "paramiko", "poplib"),
    *("requests", "smtplib", "socketserver", "ssl", "urllib3", "websockets", "xmlrpc"),
    *("urllib.request", "urllib.robotparser"),
}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, at any depth."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"), path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_when_it_imports_ours_then_only_what_its_layer_may(package: str) -> None:
    found = {path: (tops(path) & OURS) - ALLOWED[package] for path in modules(package)}
    assert len(found) > 0
    assert {path.relative_to(ROOT): names for path, names in found.items() if names} == {}


def test_dagster_when_imported_then_only_by_its_own_modules() -> None:
    users = set()
    for package in ALLOWED:
        for path in modules(package):
            if tops(path) & DAGSTER:
                users.add(path.relative_to(ROOT).parts[:2])
    allowed = {("pipelines", name) for name in DAGSTER_MODULES}
    assert {(package, Path(name).stem) for package, name in users} <= allowed
    assert users, "nothing uses Dagster: this test looks in the wrong place"


def test_network_when_used_then_only_below_crawl() -> None:
    users = {}
    for package in ALLOWED:
        for path in modules(package):
            used = imported(path) & NETWORK | tops(path) & NETWORK
            if used and (ROOT / "pipelines" / "crawl") not in path.parents:
                users[path.relative_to(ROOT)] = used
    assert users == {}


@pytest.mark.parametrize("command", ["--help", "sbom --help", "run --help", "query --help", "doctor --help"])
def test_command_line_when_it_only_explains_itself_then_nothing_heavy_is_imported(command: str) -> None:
    code = (
        "import sys\n"
        "from pipelines.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'dagster', 'duckdb', 'pyarrow', 'pydantic', 'plotly', 'cyclonedx', 'rich'}\n"
        "sys.exit(', '.join(sorted(heavy & sys.modules.keys())) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command.split()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_scan_when_imported_then_neither_dagster_nor_duckdb_are() -> None:
    code = (
        "import sys, sbom.scan, sbom.bom\n"
        "sys.exit(', '.join({'dagster', 'duckdb'} & sys.modules.keys()) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
