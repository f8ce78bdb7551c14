import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from bom_rows import (
    COMMIT,
    ROOT,
    bom,
    component,
    declared,
    edge,
    in_any_order,
    properties,
    rich_scan,
    scan,
    unknown,
)
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6
from hypothesis import given, settings
from hypothesis import strategies as st

from sbom.bom import build_bom
from sbom.bom_validation import validate_bom
from sbom.model import UnknownKind


def test_document_when_read_and_written_by_the_library_then_equal():
    ours = bom(rich_scan(), repository_url="https://code.example/city/shop")
    theirs = json.loads(JsonV1Dot6(Bom.from_json(ours)).output_as_string())
    del ours["compositions"]  # the library does not know them
    told = {entry["ref"] for entry in ours["dependencies"]}
    untold = [entry for entry in theirs["dependencies"] if entry["ref"] not in told]
    assert all(set(entry) == {"ref"} for entry in untold)  # the library declares all others free of any
    ours["dependencies"] += untold
    assert in_any_order(ours) == in_any_order(theirs)


def test_metadata_when_a_commit_then_repository_version_and_time_of_the_commit():
    metadata = bom(scan(), repository_url="https://code.example/city/shop")["metadata"]
    assert metadata["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert metadata["component"] == {
        "bom-ref": ROOT,
        "type": "application",
        "name": "shop",
        "version": COMMIT,
        "externalReferences": [{"type": "vcs", "url": "https://code.example/city/shop"}],
    }
    assert metadata["lifecycles"] == [{"phase": "pre-build"}]


def test_metadata_when_a_folder_then_no_version_and_no_time():
    metadata = bom(scan(commit=None, committed_at=None))["metadata"]
    assert "timestamp" not in metadata
    assert metadata["component"] == {"bom-ref": "shop", "type": "application", "name": "shop"}


@pytest.mark.parametrize("seconds", [10**18, -(10**18), 253_402_300_800])
def test_metadata_when_the_commit_time_is_absurd_then_no_time(seconds):
    assert "timestamp" not in bom(scan(committed_at=seconds))["metadata"]


def test_metadata_when_one_package_is_declared_at_the_root_then_its_purl_and_licence():
    packages = [
        declared("shop", "2.0.0", licence="Apache-2.0", description="A shop"),
        declared("tools", "1.0.0", private=True),
        declared("plugin", "1.0.0", path="plugins/package.json"),
    ]
    subject = bom(scan(declared=packages))["metadata"]["component"]
    assert subject["purl"] == "pkg:npm/shop@2.0.0"
    assert subject["description"] == "A shop"
    assert subject["licenses"] == [{"license": {"id": "Apache-2.0", "acknowledgement": "declared"}}]


def test_metadata_when_two_packages_are_declared_at_the_root_then_no_purl():
    packages = [declared("shop", "2.0.0"), declared("store", "2.0.0", path="pyproject.toml")]
    assert "purl" not in bom(scan(declared=packages))["metadata"]["component"]


def test_metadata_when_parsers_found_something_then_they_are_tools_with_versions():
    rows = [component("a", parser="npm-lock", parser_version="3"), component("b", parser="cargo-lock")]
    (tool,) = bom(scan(*rows))["metadata"]["tools"]["components"]
    assert (tool["name"], tool["version"]) == ("chainatlas", "1.2.3")
    assert [(part["name"], part["version"]) for part in tool["components"]] == [
        ("cargo-lock", "1"),
        ("npm-lock", "3"),
    ]


def test_metadata_when_something_is_unknown_then_unreadable_or_unresolved_with_path_and_reason():
    rows = [
        unknown(UnknownKind.BROKEN, "not JSON", "a/package-lock.json", 3),
        unknown(UnknownKind.LIMIT, "too large", "b.lock"),
        unknown(UnknownKind.UNREADABLE, "missing object", "c.lock"),
        unknown(UnknownKind.UNSUPPORTED, "version 9", "d.lock"),
        unknown(UnknownKind.UNRESOLVED, "parent pom is elsewhere", "pom.xml", 8),
        unknown(UnknownKind.NO_EXACT_VERSION, "requests has only >=2", "pyproject.toml"),
    ]
    metadata = bom(scan(unknowns=rows))["metadata"]
    assert properties(metadata, "chainatlas:unreadable") == [
        "a/package-lock.json: not JSON (line 3)",
        "b.lock: too large",
        "c.lock: missing object",
        "d.lock: version 9",
    ]
    assert properties(metadata, "chainatlas:unresolved") == [
        "pom.xml: parent pom is elsewhere (line 8)",
        "pyproject.toml: requests has only >=2",
    ]


def test_bytes_when_rows_come_in_another_order_then_equal():
    result = rich_scan()
    turned = replace(
        result,
        components=result.components[::-1],
        dependencies=result.dependencies[::-1],
        unknowns=result.unknowns[::-1],
    )
    assert build_bom(turned, "1") == build_bom(result, "1")


@pytest.mark.slow
def test_bytes_when_made_in_processes_with_other_hash_seeds_then_equal():
    program = (
        "import sys; from bom_rows import rich_scan; from sbom.bom import build_bom\n"
        "sys.stdout.buffer.write(build_bom(rich_scan(), '1'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {build_bom(rich_scan(), "1")}


def test_serial_number_when_the_content_differs_then_differs():
    first, second = component("a"), component("b")
    assert bom(scan(first))["serialNumber"] == bom(scan(first))["serialNumber"]
    assert bom(scan(first))["serialNumber"] != bom(scan(second))["serialNumber"]


HOSTILE = [
    "a\x00\x1b[31mb",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "\u202egnp.exe",
    "\ud800",
    "\udcff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_document_when_texts_are_hostile_then_legal(text):
    row = replace(
        component("safe"),
        name=text,
        namespace=text,
        version=text,
        constraint=text,
        licence=text,
        source_url=f"https://registry.example/{text}",
        hashes=(text, f"SHA-1:{text}"),
        path=text,
        line=1,
    )
    result = scan(
        row,
        edges=[edge(None, row.purl, text)],
        declared=[declared("safe", "1", description=text, licence=text)],
        unknowns=[unknown(UnknownKind.BROKEN, text, text)],
        name=text,
    )
    content = build_bom(result, "1", repository_url=text)
    assert validate_bom(content) == []
    (entry,) = json.loads(content)["components"]
    assert entry["name"] == text.encode("utf-8", "backslashreplace").decode()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_document_when_texts_are_arbitrary_then_legal(name, licence, source):
    assert bom(scan(replace(component("safe"), name=name, version=name, licence=licence, source_url=source)))


@pytest.mark.slow
def test_ten_thousand_components_when_built_and_validated_then_within_seconds():
    rows = [
        component(f"package-{number}", licence="MIT", hashes=(f"SHA-512:{number:0128x}",), line=number + 1)
        for number in range(10_000)
    ]
    edges = [edge(row.purl, rows[(7 * number + 1) % len(rows)].purl) for number, row in enumerate(rows)]
    started = time.process_time()
    content = build_bom(scan(*rows, edges=edges), "1")
    assert validate_bom(content) == []
    assert time.process_time() - started < 10  # the library alone takes over a minute


@pytest.mark.parametrize(
    ("author", "entry"),
    [
        ("ACME", {"name": "ACME"}),
        ("ACME <bom@acme.example>", {"name": "ACME", "email": "bom@acme.example"}),
        ("bom@acme.example", {"name": "bom@acme.example", "email": "bom@acme.example"}),
    ],
)
def test_metadata_when_author_and_supplier_are_given_then_they_stand_there(author, entry):
    document = bom(scan(component("a")), author=author, supplier="ACME")
    assert document["metadata"]["authors"] == [entry]
    assert document["metadata"]["component"]["supplier"] == {"name": "ACME"}
    spdx = json.loads(build_bom(scan(component("a")), "1", author=author, supplier="ACME", encoding="spdx"))
    assert spdx["creationInfo"]["creators"] == [
        "Tool: chainatlas-1",
        f"Organization: {entry['name']} ({entry.get('email', '')})",
    ]
