"""Source files that are made to break a parser end as recorded unknowns, and the others are read."""

from pathlib import Path

import pytest

from sbom.crypto import source_file
from sbom.crypto.detect import FILE_SECONDS, detect
from sbom.crypto.languages import Language
from sbom.crypto.model import CryptoOccurrence
from sbom.crypto.readable import MOST_BYTES, MOST_DEPTH, MOST_LINE, Unparsable, readable
from sbom.crypto.scan import scan_crypto
from sbom.crypto.slow_errors import MOST_LETTERS, MOST_SECONDS, PIECE
from sbom.crypto.source_file import SourceFile
from sbom.model import UnknownKind

IMPORT = b"import java.security.MessageDigest;\n"
USE = b'class A { Object f() throws Exception { return MessageDigest.getInstance("MD5"); } }\n'


def scan(folder: Path, **contents: bytes) -> tuple[list[str | None], list[tuple[str, UnknownKind]]]:
    """Algorithms found, and unknowns by file."""
    for name, content in contents.items():
        (folder / f"{name}.java").write_bytes(content)
    result = scan_crypto(folder)
    return [row.algorithm for row in result.occurrences], [(row.path, row.kind) for row in result.unknowns]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (IMPORT + USE + bytes(range(256)), UnknownKind.UNSUPPORTED),
        (IMPORT + USE + b"int x = " + b"(" * (MOST_DEPTH + 1), UnknownKind.LIMIT),
        (IMPORT + USE + b"x" * (MOST_LINE + 1), UnknownKind.LIMIT),
        (IMPORT + USE + b"// \n" * (MOST_BYTES // 4 + 1), UnknownKind.LIMIT),
    ],
    ids=["binary", "nested", "minified", "huge"],
)
def test_file_when_it_is_no_source_code_then_is_unknown_and_others_are_read(
    tmp_path: Path, content: bytes, kind: UnknownKind
) -> None:
    found, unknowns = scan(tmp_path, Bad=content, Good=IMPORT + USE)
    assert found == ["MD5"]
    assert unknowns == [("Bad.java", kind)]


@pytest.mark.parametrize(
    "content",
    [
        IMPORT + USE + b"// \xe9\xff\xfe",
        IMPORT + USE + "// 国密".encode("gb18030"),
        b"\xef\xbb\xbf" + IMPORT + USE,
        (IMPORT + USE).decode().encode("utf-16"),
        IMPORT + USE + b"class {{{ (((",
        IMPORT + USE + b"class B { int x = " + b"-" * 20_000 + b"1; }",
    ],
    ids=["invalid-utf-8", "gb18030", "bom", "utf-16", "broken", "signs"],
)
def test_file_when_it_is_odd_then_what_can_be_read_is_found(tmp_path: Path, content: bytes) -> None:
    found, unknowns = scan(tmp_path, Odd=content)
    assert (found, unknowns) == (["MD5"], [])


def test_values_when_they_go_in_circles_then_are_unknown(tmp_path: Path) -> None:
    code = "import hashlib\na = b\nb = a\ndef f(x): return f(x)\nhashlib.new(a)\nhashlib.new(f(a))\n"
    (tmp_path / "a.py").write_text(code)
    assert [row.algorithm for row in scan_crypto(tmp_path).occurrences] == [None, None]


_CALLS = "".join(f"f{number}(k);" for number in range(20))
_KEYS = "import javax.crypto.spec.*;\nclass A {{ {} }}\n"


@pytest.mark.parametrize(
    ("body", "use"),
    [
        ("".join(f"void f{number}(byte[] k) {{ {_CALLS} }} " for number in range(1, 20)), _CALLS),
        ("byte[] h(byte[] a, byte[] b) { return x ? a : b; } ", "k = h(k, k); k = k.clone(); " * 60),
    ],
    ids=["calls", "assignments"],
)
def test_key_when_it_may_come_on_endless_ways_then_each_is_followed_once(
    tmp_path: Path, body: str, use: str
) -> None:
    code = f'{body} void f0(byte[] k) {{ {use} new SecretKeySpec(k, "AES"); }}'
    assert scan(tmp_path, Keys=_KEYS.format(code).encode()) == (["AES"], [])


def test_file_when_it_takes_too_long_then_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sbom.crypto.detect.FILE_SECONDS", -1.0)
    assert FILE_SECONDS > 0
    assert scan(tmp_path, Slow=IMPORT + USE) == ([], [("Slow.java", UnknownKind.LIMIT)])


def test_language_when_its_grammar_is_not_bundled_then_is_refused_before_the_engine_sees_it() -> None:
    with pytest.raises(ValueError, match="no grammar 'cobol' is bundled"):
        Language("cobol", "cobol", ("*.cob",))


def test_engine_when_it_panics_then_the_file_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """How a panic of the engine arrives."""

    def panic(text: str, grammar: str) -> None:
        raise PanicException("unwrap on None")

    monkeypatch.setattr("sbom.crypto.source_file.SgRoot", panic)
    assert scan(tmp_path, A=IMPORT + USE) == ([], [("A.java", UnknownKind.BROKEN)])


def test_engine_when_it_panics_at_another_files_questions_then_what_was_found_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that only hold an answer are parsed after all others, whose rows must not go with them."""

    class PanicException(BaseException):
        """How a panic of the engine arrives."""

    parse = source_file.SgRoot

    def panic(text: str, grammar: str) -> object:
        if "class Names" in text:
            raise PanicException("unwrap on None")
        return parse(text, grammar)

    monkeypatch.setattr(source_file, "SgRoot", panic)
    asking = IMPORT + b"class B { Object f() { return MessageDigest.getInstance(Names.HASH); } }\n"
    answer = b'class Names { static final String HASH = "MD5"; }\n'
    assert scan(tmp_path, Asking=asking, Names=answer, Good=IMPORT + USE) == ([None, "MD5"], [])


def test_file_when_its_second_look_fails_then_what_the_first_one_found_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def twice(file: SourceFile, *rest: object) -> list[CryptoOccurrence]:
        looks.append(file.path)
        if looks.count(file.path) > 1:
            raise RecursionError
        return detect(file, *rest)

    monkeypatch.setattr("sbom.crypto.scan.detect", twice)
    asking = IMPORT + b"class B { Object f(String n) { return MessageDigest.getInstance(n); } }\n"
    assert scan(tmp_path, Asking=asking) == ([None], [])
    assert looks == ["Asking.java"] * 2


def test_readable_when_a_line_is_too_long_then_says_which() -> None:
    with pytest.raises(Unparsable) as caught:
        readable(b"a\n" + b"x" * (MOST_LINE + 1))
    assert caught.value.line == 2


@pytest.mark.parametrize("before", ["", ")" * 3000, "(x)" * 3000])
def test_readable_when_brackets_are_too_deep_then_is_refused_whatever_stands_before(
    before: str,
) -> None:
    with pytest.raises(Unparsable):
        readable((before + "(" * (MOST_DEPTH + 1)).encode())
    readable((before + "(" * MOST_DEPTH).encode())


HOSTILE = {
    "Odd.scala": b'import java.security.{MessageDigest => D}\nobject A { val a = D.getInstance("MD5") }\n',
    "odd.lua": b'local h = require "resty.md5"\nlocal d = h:new()\n',
    "Odd.sol": b"contract A { function f(bytes memory d) public { keccak256(d); } }\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "after",
    [
        b"class object def {{{ (((",
        b"function x( local = = end end",
        b"import " + b"a." * 20_000 + b"{",
        b"import a b\n" * 1_000,
        b"local a = " + b" " * 20_000 + b"(",
        b"local " + b"a, " * 1_000 + b"=\n",
        b"contract C { function f() { x = " + b"-" * 20_000 + b"1; } }",
        b's"' + b"${" * 500 + b"}" * 500 + b'"',
    ],
    ids=["classes", "blocks", "path", "imports", "spaces", "names", "signs", "holes"],
)
def test_file_of_a_small_language_when_it_is_odd_then_is_read_all_the_same(
    tmp_path: Path, name: str, after: bytes
) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name] + after)
    result = scan_crypto(tmp_path)
    assert not result.unknowns
    assert result.occurrences


@pytest.mark.parametrize("name", ["Odd.scala", "odd.lua"])
def test_file_when_its_grammar_is_slow_over_errors_then_is_unknown_and_others_are_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sbom.crypto.slow_errors.MOST_SECONDS", -1.0)
    assert MOST_SECONDS > 0
    (tmp_path / name).write_bytes(HOSTILE[name] + b"a:b" * PIECE)
    (tmp_path / f"good_{name}").write_bytes(HOSTILE[name])
    result = scan_crypto(tmp_path)
    assert [(row.path, row.kind) for row in result.unknowns] == [(name, UnknownKind.LIMIT)]
    assert [row.path for row in result.occurrences] == [f"good_{name}"]


def test_file_when_it_is_too_long_for_a_grammar_that_is_slow_over_errors_then_is_unknown(
    tmp_path: Path,
) -> None:
    (tmp_path / "odd.lua").write_bytes(HOSTILE["odd.lua"] + b"-- \n" * (MOST_LETTERS // 4))
    assert [row.kind for row in scan_crypto(tmp_path).unknowns] == [UnknownKind.LIMIT]
