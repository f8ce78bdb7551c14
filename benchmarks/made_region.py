"""Make a region of N repositories whose sizes spread as those of real ones, for `region_scale.py`.

    python benchmarks/made_region.py FOLDER --repositories 10000

FOLDER gets bare repositories below `code/<enterprise>`, a `workspace.toml` and advisories over the packages.
For each repository there are on average 200 components, 500 edges and 300 commits: sizes are drawn from
log-normal distributions and scaled, so that regions of any N have the same means. Lock files are of npm,
Cargo, Poetry, Go and Maven and draw from one universe of packages by Zipf's law, those that the taxonomy
names among them; sources hold a crypto call in one file of 40. Everything follows from `--seed` and N.
"""

import argparse
import json
import math
import os
import random
import re
from bisect import bisect
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from made_pack import Pack, Tree

COMPONENTS, EDGES, COMMITS = 200, 500, 300
"""Means for each repository."""
_WAREHOUSE_BYTES = 2 * 1024**3
"""What the workspace grants to tables and queries, as on a machine of 8 GiB."""
_SPREAD = 1.3
"""Standard deviation of the logarithm of sizes, about that of public repositories."""
_AT_MOST = 60
"""The largest size, in means."""
_KINDS = {"npm": 50, "poetry": 20, "cargo": 15, "golang": 10, "maven": 5}
_PACKAGES = {"npm": 40_000, "poetry": 12_000, "cargo": 8_000, "golang": 8_000, "maven": 6_000}
_PURL = {"npm": "npm", "poetry": "pypi", "cargo": "cargo", "golang": "golang", "maven": "maven"}
_OSV = {"npm": "npm", "poetry": "PyPI", "cargo": "crates.io", "golang": "Go", "maven": "Maven"}
_RANGES = {"npm": "SEMVER", "cargo": "SEMVER", "golang": "SEMVER"}
_ADVISORIES = 6_000
_YEAR_2021, _DAY = 1_609_459_200, 86_400
_SUFFIX = {"npm": "js", "poetry": "py", "cargo": "rs", "golang": "go", "maven": "java"}
_CRYPTO = {
    "npm": "const crypto = require('crypto');\nmodule.exports = s => crypto.createHash('md5').update(s);\n",
    "poetry": "import hashlib\n\ndef digest(text):\n    return hashlib.sha1(text).hexdigest()\n",
    "cargo": "use sha2::{Digest, Sha256};\nfn digest(b: &[u8]) { let _ = Sha256::digest(b); }\n",
    "golang": 'package a\nimport "crypto/md5"\nfunc Digest(b []byte) [16]byte { return md5.Sum(b) }\n',
    "maven": "import javax.crypto.Cipher;\nclass A { Cipher c() throws Exception {"
    ' return Cipher.getInstance("AES/ECB/PKCS5Padding"); } }\n',
}
_LINE = {
    "npm": "function step{n}(value) {{ return value * {k} + other.field{n}; }}\n",
    "poetry": "def step_{n}(value):\n    return value * {k} + other.field_{n}\n",
    "cargo": "fn step_{n}(value: u64) -> u64 {{ value * {k} + field_{n}() }}\n",
    "golang": "func step{n}(value int) int {{ return value*{k} + field{n}() }}\n",
    "maven": "  int step{n}(int value) {{ return value * {k} + field{n}(); }}\n",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One repository to be made."""

    number: int
    enterprise: int
    kind: str
    components: int
    commits: int
    seed: int


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--repositories", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=20261127)
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = arguments.parse_args()
    print(make_region(options.folder, options.repositories, options.seed, options.processes))


def make_region(folder: Path, repositories: int, seed: int = 20261127, processes: int = 2) -> dict[str, int]:
    """Make the region, unless it is there; returns the numbers of what was planned."""
    plans = list(plan_repositories(repositories, seed))
    workspace = folder / "workspace.toml"
    if not workspace.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_advisories(folder / "advisories", seed)
        with ProcessPoolExecutor(processes) as pool:
            for _ in pool.map(_make, plans, [folder] * len(plans), chunksize=20):
                pass
        workspace.write_text("".join(_workspace(max(plan.enterprise for plan in plans) + 1)), "utf-8")
    return {
        "repositories": len(plans),
        "components": sum(plan.components for plan in plans),
        "commits": sum(plan.commits for plan in plans),
    }


def plan_repositories(count: int, seed: int) -> Iterator[Plan]:
    """Sizes of components and commits are correlated by one half; an enterprise has ten repositories."""
    rng = random.Random(f"{seed}/{count}")
    draws = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(count)]
    components = _scaled([a for a, _ in draws], COMPONENTS)
    commits = _scaled([0.5 * a + math.sqrt(0.75) * b for a, b in draws], COMMITS)
    for number in range(count):
        kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        # every fifth repository has no lock file but that of its build: real regions have such too
        yield Plan(number, number // 10, kind, components[number], commits[number], rng.getrandbits(60))


def _scaled(normal: list[float], mean: int) -> list[int]:
    sizes = [min(math.exp(_SPREAD * value), _AT_MOST * math.exp(_SPREAD**2 / 2)) for value in normal]
    factor = mean * len(sizes) / sum(sizes)
    return [max(1, round(size * factor)) for size in sizes]


def _workspace(enterprises: int) -> Iterator[str]:
    yield 'as_of = 2026-11-01\nstate = "state"\n\n[region]\nname = {zh = "造区", en = "Made region"}\n\n'
    yield f'[advisories]\nfolders = ["advisories"]\n\n[warehouse]\nmemory_bytes = {_WAREHOUSE_BYTES}\n\n'
    for number in range(enterprises):
        yield f'[[enterprises]]\nid = "e{number:04}"\n'
        yield f'name = {{zh = "企业{number}", en = "Enterprise {number}"}}\n'
        yield f'domains = ["e{number:04}.example"]\nrepositories = ["code/e{number:04}"]\n\n'


def _make(plan: Plan, folder: Path) -> None:
    """A bare repository of one pack, with a remote of its own."""
    path = folder / "code" / f"e{plan.enterprise:04}" / f"r{plan.number:05}.git"
    if (path / "refs" / "heads" / "main").exists():
        return
    for name in ("objects/pack", "objects/info", "refs/heads", "refs/tags"):
        (path / name).mkdir(parents=True, exist_ok=True)
    (path / "HEAD").write_text("ref: refs/heads/main\n")
    url = f"https://forge.example/e{plan.enterprise:04}/r{plan.number:05}"
    (path / "config").write_text(
        f'[core]\n\trepositoryformatversion = 0\n\tbare = true\n[remote "origin"]\n\turl = {url}\n'
    )
    pack = Pack()
    head = write_history(plan, pack)
    pack.write(path / "objects" / "pack")
    (path / "refs" / "heads" / "main").write_text(f"{head.hex()}\n")


def write_history(plan: Plan, pack: Pack) -> bytes:
    """The commits of one repository; returns its HEAD."""
    rng = random.Random(plan.seed)
    people = rng.randint(1, 3 + round(plan.commits**0.5))
    files = max(1, plan.commits // 3)
    begin = _YEAR_2021 + rng.randrange(1000) * _DAY
    end = _YEAR_2021 + 2100 * _DAY
    tree, parent = Tree(), b""
    for path, text in lock_files(plan).items():
        tree.put(path, pack.add("blob", text.encode()))
    for number in range(plan.commits):
        when = begin + (end - begin) * number // plan.commits
        person = min(int(rng.expovariate(3 / people)), people - 1)
        host = f"e{plan.enterprise:04}.example" if person % 3 else "mail.example"
        author = f"Dev {plan.enterprise}-{person} <dev{plan.enterprise}-{person}@{host}> {when} +0800"
        for _ in range(1 + rng.randrange(2)):
            file = rng.randrange(files)
            path = f"src/group{file // 400}/part{file // 20}/file{file}.{_SUFFIX[plan.kind]}"
            text = _source(plan.kind, file, rng.randrange(1000))
            tree.put(path, pack.add("blob", text.encode()))
        root = tree.pack(pack).hex()
        above = f"parent {parent.hex()}\n" if parent else ""
        text = f"tree {root}\n{above}author {author}\ncommitter {author}\n\nchange {number}\n"
        parent = pack.add("commit", text.encode())
    return parent


def _source(kind: str, file: int, version: int) -> str:
    head = _CRYPTO[kind] if file % 40 == 0 else f"// file {file}\n" if kind != "poetry" else f"# {file}\n"
    return head + _body(kind, file % 25) + f"{'#' if kind == 'poetry' else '//'} change {version}\n"


@cache
def _body(kind: str, number: int) -> str:
    return "".join(_LINE[kind].format(n=n, k=number + n) for n in range(8 + 3 * number))


@cache
def universe(kind: str) -> tuple[list[str], list[float]]:
    """Names of the packages of an ecosystem, the most used first, and their weights added up."""
    taxonomy = Path(__file__).resolve().parents[1] / "taxonomy"
    pattern = re.compile(rf"purl: pkg:{_PURL[kind]}/([^ ,}}*]+)")
    named = sorted(
        {name for file in taxonomy.glob("*.yaml") for name in pattern.findall(file.read_text("utf-8"))}
    )
    random.Random(kind).shuffle(named)
    known = [name.replace("%40", "@") for name in named if not name.endswith("/")]
    made = [_made_name(kind, number) for number in range(_PACKAGES[kind])]
    for position, name in enumerate(known):  # one of eight among the used ones
        made[position * 8] = name
    return made, list(accumulate(1 / (rank + 20) ** 0.8 for rank in range(len(made))))


def _made_name(kind: str, number: int) -> str:
    words = ("core", "util", "http", "json", "data", "async", "text", "image", "net", "cache", "log", "test")
    word = f"{words[number % 12]}-{words[number // 12 % 12]}"
    if kind == "golang":
        return f"code.example/{word}/m{number}"
    return f"example.{words[number % 12]}/{word}-{number}" if kind == "maven" else f"{word}-{number}"


def version_of(name: str, rng: random.Random) -> str:
    """One of a few versions that a package has."""
    return f"{len(name) % 5}.{min(int(rng.expovariate(0.7)), 6)}.{len(name) % 3}"


def choose(plan: Plan) -> dict[str, tuple[str, list[str]]]:
    """The packages of a repository: version and what it needs, by name."""
    rng = random.Random(plan.seed ^ 1)
    names, weights = universe(plan.kind)
    chosen: dict[str, str] = {}
    wanted = min(plan.components, len(names) // 2)
    while len(chosen) < wanted:
        name = names[bisect(weights, rng.random() * weights[-1])]
        chosen.setdefault(name, version_of(name, rng))
    listed = list(chosen)
    result = {}
    for position, name in enumerate(listed):
        later = len(listed) - position - 1
        count = min(later, int(rng.expovariate(1 / 3.5)))
        needs = {listed[position + 1 + int(rng.random() ** 2 * later)] for _ in range(count)}
        result[name] = chosen[name], sorted(needs)
    return result


def lock_files(plan: Plan) -> dict[str, str]:
    """Manifest and lock file of a repository."""
    packages = choose(plan)
    direct = list(packages)[: max(1, len(packages) // 12)]
    name = f"e{plan.enterprise:04}-r{plan.number:05}"
    return _WRITERS[plan.kind](name, packages, direct)


def _npm(name: str, packages: dict[str, tuple[str, list[str]]], direct: list[str]) -> dict[str, str]:
    wanted = {one: f"^{packages[one][0]}" for one in direct}
    root = {"name": name, "version": "1.0.0", "license": "MIT", "dependencies": wanted}
    entries: dict[str, object] = {"": root}
    for one, (version, needs) in packages.items():
        entry: dict[str, object] = {"version": version, "license": "MIT" if len(one) % 9 else "GPL-3.0-only"}
        if needs:
            entry["dependencies"] = {need: f"^{packages[need][0]}" for need in needs}
        entries[f"node_modules/{one}"] = entry
    lock = {"name": name, "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": entries}
    return {"package.json": json.dumps(root, indent=2), "package-lock.json": json.dumps(lock, indent=1)}


def _cargo(name: str, packages: dict[str, tuple[str, list[str]]], direct: list[str]) -> dict[str, str]:
    manifest = [f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n']
    manifest += [f'{one} = "{packages[one][0]}"\n' for one in direct]
    lock = ["version = 3\n"]
    for one, (version, needs) in sorted([*packages.items(), (name, ("0.1.0", direct))]):
        source = "" if one == name else 'source = "registry+https://index.example/crates"\n'
        lock.append(f'\n[[package]]\nname = "{one}"\nversion = "{version}"\n{source}')
        if needs:
            lock.append("dependencies = [\n" + "".join(f' "{need}",\n' for need in sorted(needs)) + "]\n")
    return {"Cargo.toml": "".join(manifest), "Cargo.lock": "".join(lock)}


def _poetry(name: str, packages: dict[str, tuple[str, list[str]]], direct: list[str]) -> dict[str, str]:
    manifest = [f'[tool.poetry]\nname = "{name}"\nversion = "0.1.0"\n\n[tool.poetry.dependencies]\n']
    manifest += [f'{one} = "^{packages[one][0]}"\n' for one in direct]
    lock = []
    for one, (version, needs) in sorted(packages.items()):
        lock.append(
            f'[[package]]\nname = "{one}"\nversion = "{version}"\ndescription = ""\noptional = false\n'
        )
        lock.append('python-versions = ">=3.8"\ngroups = ["main"]\nfiles = []\n\n')
        if needs:
            wants = "".join(f'{need} = ">={packages[need][0]}"\n' for need in needs)
            lock.append(f"[package.dependencies]\n{wants}\n")
    lock.append(f'[metadata]\nlock-version = "2.1"\npython-versions = ">=3.8"\ncontent-hash = "{"0" * 64}"\n')
    return {"pyproject.toml": "".join(manifest), "poetry.lock": "".join(lock)}


def _golang(name: str, packages: dict[str, tuple[str, list[str]]], direct: list[str]) -> dict[str, str]:
    first = set(direct)
    lines = [f"module forge.example/{name}\n\ngo 1.22\n\nrequire (\n"]
    for one, (version, _) in sorted(packages.items()):
        major = one.rpartition("/v")[2] if re.search(r"/v[2-9]\d*$", one) else min(int(version[0]), 1)
        lines.append(f"\t{one} v{major}{version[1:]}{'' if one in first else ' // indirect'}\n")
    return {"go.mod": "".join([*lines, ")\n"])}


def _maven(name: str, packages: dict[str, tuple[str, list[str]]], _: list[str]) -> dict[str, str]:
    lines = ["<project><modelVersion>4.0.0</modelVersion><groupId>example.made</groupId>"]
    lines.append(f"<artifactId>{name}</artifactId><version>1.0</version><dependencies>\n")
    for one, (version, _needs) in packages.items():
        group, _slash, artifact = one.rpartition("/")
        lines.append(f"<dependency><groupId>{group or one}</groupId><artifactId>{artifact}</artifactId>")
        lines.append(f"<version>{version}</version></dependency>\n")
    return {"pom.xml": "".join([*lines, "</dependencies></project>\n"])}


_WRITERS = {"npm": _npm, "cargo": _cargo, "poetry": _poetry, "golang": _golang, "maven": _maven}


def _write_advisories(folder: Path, seed: int) -> None:
    """Advisories over the used part of the universe, in OSV form, one archive of lines for each ecosystem."""
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    for kind, share in _KINDS.items():
        names, weights = universe(kind)
        with (folder / f"{kind}.jsonl").open("w") as lines:
            for number in range(_ADVISORIES * share // 100):
                name = names[bisect(weights, rng.random() * weights[-1])]
                lines.write(json.dumps(_advisory(kind, name, number)) + "\n")


def _advisory(kind: str, name: str, number: int) -> dict[str, object]:
    day = f"20{21 + number % 5}-0{1 + number % 9}-11T00:00:00Z"
    package = {"ecosystem": _OSV[kind], "name": name.replace("/", ":") if kind == "maven" else name}
    events = [{"introduced": "0"}, {"fixed": f"{len(name) % 5}.{1 + number % 4}.0"}]
    ranges = [{"type": _RANGES.get(kind, "ECOSYSTEM"), "events": events}]
    vector = f"CVSS:3.1/AV:N/AC:{'LH'[number % 2]}/PR:N/UI:N/S:U/C:{'HLN'[number % 3]}/I:H/A:N"
    return {
        "schema_version": "1.6.0",
        "id": f"MADE-{kind}-{number}",
        "modified": day,
        "published": day,
        "aliases": [f"CVE-2026-{100000 + number}"] if number % 3 else [],
        "summary": f"Fault {number}",
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [{"package": package, "ranges": ranges}],
    }


if __name__ == "__main__":
    main()
