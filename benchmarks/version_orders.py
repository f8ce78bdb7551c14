"""Compare our version keys with the real tools, and write down what those say.

    python benchmarks/version_orders.py                 # every tool that is installed, all pairs
    python benchmarks/version_orders.py --save          # … and rewrite tests/fixtures/version_orders/*.tsv

The corpora are `tests/fixtures/version_orders/<scheme>.tsv`. Their first column, versions, is written by
hand; the second holds the tool's verdicts on the version and each one after it: `<`, `=`, `>`, or `?` where
the tool refuses one of the two. By them the tests need none of the tools.

Tools: Maven's ComparableVersion (MAVEN_ARTIFACT names the jar), Ruby, PHP with composer/semver, dpkg, the
Python binding of librpm, node-semver (NODE_PATH), R, GHC, packaging, and apk-tools as a program that judges
the pairs on its standard input (APK_COMPARE).
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from packaging.version import InvalidVersion, Version

from warehouse.versions import version_key

FOLDER = Path(__file__).parents[1] / "tests" / "fixtures" / "version_orders"

Pair = tuple[str, str]
Verdicts = list[int | None]
"""-1, 0 or 1 per pair; null where the tool refuses a version."""

_JAVA = """
import java.io.*;
import org.apache.maven.artifact.versioning.ComparableVersion;
public class Compare {
    public static void main(String[] a) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String[] pair = line.split("\\t");
            int c = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));
            System.out.println(Integer.signum(c));
        }
    }
}
"""
_RUBY = """
STDIN.each_line(chomp: true) do |line|
  begin
    a, b = line.split("\\t").map { |v| Gem::Version.new(v) }
    puts a <=> b
  rescue ArgumentError
    puts "?"
  end
end
"""
_PHP = """<?php
require 'Composer/Semver/autoload.php';
$parser = new Composer\\Semver\\VersionParser();
while (($line = fgets(STDIN)) !== false) {
    try {
        [$a, $b] = array_map([$parser, 'normalize'], explode("\\t", rtrim($line, "\\n")));
        echo strpos($a, 'dev-') === 0 || strpos($b, 'dev-') === 0 ? '?' : version_compare($a, $b), "\\n";
    } catch (UnexpectedValueException $error) {
        echo "?\\n";
    }
}
"""
_NODE = """
const semver = require('semver');
const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\\n');
for (const line of lines) {
  const [a, b] = line.split('\\t');
  console.log(semver.valid(a) && semver.valid(b) ? COMPARE(a, b) : '?');
}
"""
_R = """
lines <- readLines(file("stdin"))
for (line in lines) {
  pair <- tryCatch(package_version(strsplit(line, "\\t")[[1]]), error = function(e) NULL)
  verdict <- if (is.null(pair)) "?" else (pair[1] > pair[2]) - (pair[1] < pair[2])
  cat(verdict, "\\n", sep = "")
}
"""
_RPM = """
import rpm, re, sys
def evr(text):
    match = re.fullmatch(r"(?:(\\d*):)?([^-]*)(?:-(.*))?", text)
    return match[1] or "0", match[2], match[3] or ""
for line in sys.stdin:
    a, b = map(evr, line.rstrip("\\n").split("\\t"))
    print(rpm.labelCompare(a, b))
"""
_HASKELL = """
import Data.Version (parseVersion)
import Text.ParserCombinators.ReadP (readP_to_S)
read1 text = [v | (v, "") <- readP_to_S parseVersion text]
verdict line = let (a, b) = break (== '\\t') line in case (read1 a, read1 (drop 1 b)) of
  (x : _, y : _) -> show (fromEnum (compare x y) - 1)
  _ -> "?"
main = interact (unlines . map verdict . lines)
"""


def _run(command: list[str], pairs: Iterable[Pair], env: dict[str, str] | None = None) -> Verdicts:
    text = "".join(f"{a}\t{b}\n" for a, b in pairs)
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, env=os.environ | (env or {})
    )
    return [None if line == "?" else int(line) for line in done.stdout.split()]


def _script(program: list[str], suffix: str, source: str) -> Callable[[list[Pair]], Verdicts]:
    def compare(pairs: list[Pair]) -> Verdicts:
        with tempfile.TemporaryDirectory() as folder:
            name = "Compare" if suffix == ".java" else "compare"
            path = Path(folder) / f"{name}{suffix}"
            path.write_text(source, "utf-8")
            return _run([*program, str(path)], pairs)

    return compare


def _maven(pairs: list[Pair]) -> Verdicts:
    jar = os.environ.get("MAVEN_ARTIFACT", "/usr/share/java/maven-artifact-3.x.jar")
    return _script(["java", "-cp", jar + ":/usr/share/java/commons-lang3.jar"], ".java", _JAVA)(pairs)


def _dpkg(pairs: list[Pair]) -> Verdicts:
    def is_true(a: str, relation: str, b: str) -> bool:
        command = ["dpkg", "--compare-versions", a, relation, b]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0

    return [-1 if is_true(a, "lt", b) else 0 if is_true(a, "eq", b) else 1 for a, b in pairs]


def _packaging(pairs: list[Pair]) -> Verdicts:
    verdicts: Verdicts = []
    for a, b in pairs:
        try:
            x, y = Version(a), Version(b)
        except InvalidVersion:
            verdicts.append(None)
        else:
            verdicts.append((x > y) - (x < y))
    return verdicts


ORACLES: dict[str, Callable[[list[Pair]], Verdicts]] = {
    "alpine": lambda pairs: _run([os.environ["APK_COMPARE"]], pairs),
    "composer": _script(["php", "-d", "include_path=/usr/share/php"], ".php", _PHP),
    "debian": _dpkg,
    "gem": _script(["ruby"], ".rb", _RUBY),
    "maven": _maven,
    "cran": _script(["Rscript", "--vanilla"], ".R", _R),
    "hackage": _script(["runghc"], ".hs", _HASKELL),
    "pypi": _packaging,
    "rpm": _script(["/usr/bin/python3"], ".py", _RPM),
    "semver": _script(["node"], ".js", _NODE.replace("COMPARE", "semver.compare")),
    "semver-build": _script(["node"], ".js", _NODE.replace("COMPARE", "semver.compareBuild")),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("schemes", nargs="*", help="only these")
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    for scheme, oracle in ORACLES.items():
        if arguments.schemes and scheme not in arguments.schemes:
            continue
        path = FOLDER / f"{scheme}.tsv"
        comment, *lines = path.read_text("utf-8").rstrip("\n").split("\n")
        versions = [line.partition("\t")[0] for line in lines]
        pairs = list(itertools.combinations(versions, 2))
        try:
            verdicts = oracle(pairs)
        except (OSError, KeyError, subprocess.CalledProcessError) as error:
            print(f"{scheme:16} no tool: {error}")
            continue
        wrong = [
            (pair, verdict, _ours(scheme, *pair))
            for pair, verdict in zip(pairs, verdicts, strict=True)
            if verdict is not None and verdict != _ours(scheme, *pair)
        ]
        judged = sum(verdict is not None for verdict in verdicts)
        print(f"{scheme:16} {len(versions)} versions, {judged} pairs judged, {len(wrong)} differ")
        for (a, b), theirs, ours in wrong[:20]:
            print(f"    {a} {'<=>'[theirs + 1]} {b}   ours: {'<=>'[ours + 1]}")
        if arguments.save:
            marks = iter("?" if verdict is None else "<=>"[verdict + 1] for verdict in verdicts)
            later = range(len(versions) - 1, -1, -1)
            rows = (
                f"{version}\t{''.join(itertools.islice(marks, n))}"
                for version, n in zip(versions, later, strict=True)
            )
            path.write_text("\n".join((comment, *rows)) + "\n", "utf-8")


def _ours(scheme: str, a: str, b: str) -> int:
    x, y = version_key(scheme, a).key, version_key(scheme, b).key
    return (x > y) - (x < y)


if __name__ == "__main__":
    sys.exit(main())
