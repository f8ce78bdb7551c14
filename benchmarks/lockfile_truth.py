"""Lock files of real repositories, read a second time by simple readers that share no code with chainatlas.

    python benchmarks/lockfile_truth.py REPOSITORY...

For every lock file of a commit the sets of `name@version` are compared: this file's readers, a few lines
for each format, against the components that chainatlas gives for the same file. What only one of both has
is printed. Every purl is also parsed and written again by packageurl-python. Exit code 1 if anything
differs that is not expected: packages of the project itself (`link:`, workspaces, `source` virtual or
editable) are left out on both sides. The readers know neither go.work, whose replacements hold for all its
modules, nor that before Go 1.17 go.sum says more.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import yaml
from packageurl import PackageURL

from sbom.scan import scan_path

Pairs = Iterator[tuple[str, str]]
Reader = Callable[[str], Pairs]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", nargs="+", type=Path)
    differing = files = packages = purls = odd = 0
    for repository in parser.parse_args().repositories:
        result = scan_path(repository)
        ours: dict[str, set[str]] = {}
        for row in result.components:
            name = f"{row.namespace}/{row.name}" if row.namespace else row.name
            ours.setdefault(row.path, set()).add(f"{unquote(name)}@{row.version}")
            purls += 1
            # slashes of qualifiers are encoded by the specification, not by this version of the library
            again, mark, qualifiers = PackageURL.from_string(row.purl).to_string().partition("?")
            odd += row.purl != f"{again}{mark}{qualifiers.replace('/', '%2F')}"
        for path, read in lock_files(repository):
            content = subprocess.run(
                ["git", "-C", str(repository), "show", f"{result.commit}:{path}"],
                capture_output=True,
                check=False,
            ).stdout
            try:
                theirs = {f"{name}@{version}" for name, version in read(content.decode())}
            except Exception as error:  # a file that is broken on purpose
                print(f"{repository.parent.name} {path}: not read here: {type(error).__name__}")
                continue
            mine = {each for each in ours.get(path, set()) if not each.endswith("@None")}
            files += 1
            packages += len(theirs)
            if theirs != mine:
                differing += 1
                print(f"{repository.parent.name} {path}: {len(theirs)} here, {len(mine)} chainatlas")
                print(
                    f"   only here {sorted(theirs - mine)[:12]} only chainatlas {sorted(mine - theirs)[:12]}"
                )
    print(f"{files} lock files, {packages} packages, {differing} files differ")
    print(f"{purls} purls, {odd} not canonical")
    return int(differing > 0 or odd > 0)


def lock_files(repository: Path) -> Iterator[tuple[str, Reader]]:
    listed = subprocess.run(
        ["git", "-C", str(repository), "ls-tree", "-r", "-z", "--name-only", "HEAD"],
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8", "backslashreplace")
    for path in listed.split("\0"):
        read = READERS.get(path.rpartition("/")[2])
        if read is not None:
            yield path, read


def npm(text: str) -> Pairs:
    lock = json.loads(text)
    for path, entry in lock.get("packages", {}).items():
        if "node_modules/" in path and not entry.get("link"):
            yield entry.get("name") or path.rpartition("node_modules/")[2], entry["version"]
    if "packages" not in lock:
        yield from _nested(lock.get("dependencies", {}))


def _nested(entries: dict[str, dict]) -> Pairs:
    for key, entry in entries.items():
        name, _, version = entry["version"].removeprefix("npm:").rpartition("@")
        yield name if entry["version"].startswith("npm:") else key, version
        yield from _nested(entry.get("dependencies", {}))


def yarn(text: str) -> Pairs:
    if "__metadata" in text:
        for key, entry in yaml.safe_load(text).items():
            locator = entry.get("resolution", "")
            name, _, origin = locator[1:].partition("@")
            if key != "__metadata" and not origin.startswith(("workspace:", "link:", "portal:")):
                yield locator[0] + name, str(entry["version"])
        return
    names: list[str] = []
    for line in text.splitlines():
        if line and line[0] not in " #":
            names = [each.strip().strip('"') for each in line.rstrip(":").split(",")]
        elif line.startswith("  version "):
            first = names[0]
            aliased = re.match(r"@?[^@]+@npm:(@?[^@]+)", first)
            yield (
                aliased[1] if aliased else first[0] + first[1:].partition("@")[0],
                line.split()[1].strip('"'),
            )


def pnpm(text: str) -> Pairs:
    for document in yaml.load_all(text, yaml.CSafeLoader):
        for key, entry in ((document or {}).get("packages") or {}).items():
            plain = re.sub(r"\(.*", "", key.lstrip("/"))
            if not str(document["lockfileVersion"]).startswith(("6", "7", "9")):
                name, _, version = plain.rpartition("/")
                version = version.partition("_")[0]
            else:
                name, _, version = plain.rpartition("@")
            yield entry.get("name") or name, str(entry.get("version") or version)


def toml(text: str) -> Pairs:
    for entry in tomllib.loads(text).get("package", []):
        source = entry.get("source")
        own = (
            source is None and "checksum" not in entry and "files" not in entry and "description" not in entry
        )
        if isinstance(source, dict):
            own = source.keys() <= {"virtual", "editable", "directory"} or source.get("type") == "directory"
        if not own:
            yield entry["name"], entry.get("version", "None")


def go_mod(text: str) -> Pairs:
    replaced = {}
    for old, new, version in re.findall(
        r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)\s+(v\S+)", text, re.M
    ):
        replaced[old] = new, version
    local = set(re.findall(r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+\.\S*\s*$", text, re.M))
    for name, version in re.findall(r"^(?:require\s+|\t)(\S+)\s+(v\S+)(?:\s+//.*)?$", text, re.M):
        if name not in local:
            yield replaced.get(name, (name, version))


def gemfile(text: str) -> Pairs:
    own = False
    for line in text.splitlines():
        own = line == "PATH" if line and not line.startswith(" ") else own
        found = re.fullmatch(r"    (\S+) \(([^)-]+)(?:-[^)]*)?\)", line)
        if found and not own:
            yield found[1], found[2]


def composer(text: str) -> Pairs:
    lock = json.loads(text)
    for entry in (*lock["packages"], *(lock.get("packages-dev") or ())):
        yield entry["name"], entry["version"]


def pub(text: str) -> Pairs:
    for name, entry in (yaml.safe_load(text).get("packages") or {}).items():
        yield name, entry["version"]


READERS: dict[str, Reader] = {
    "package-lock.json": npm,
    "npm-shrinkwrap.json": npm,
    "yarn.lock": yarn,
    "pnpm-lock.yaml": pnpm,
    "Cargo.lock": toml,
    "poetry.lock": toml,
    "uv.lock": toml,
    "go.mod": go_mod,
    "Gemfile.lock": gemfile,
    "composer.lock": composer,
    "pubspec.lock": pub,
}

if __name__ == "__main__":
    sys.exit(main())
