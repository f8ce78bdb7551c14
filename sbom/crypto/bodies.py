"""Functions that do nothing or agree to everything: how checks are switched off in code."""

import re

from ast_grep_py import SgNode

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.DOTALL)
_SPACE = re.compile(r"\s+")
_MOST_TEXT = 600
_MOST_OF_DATES = 1500
_NOTHING = re.compile(r"(?:=\s*)?\{?\s*(?:return;?|pass|\.\.\.|Unit|\(\))?\s*\}?")
_TRUE = re.compile(r"(?:=>?|\{)?\s*(?:return )?true;?\s*\}?;?", re.IGNORECASE)
_NIL = re.compile(r"\{\s*return nil;?\s*\}")
_ONE = re.compile(r"\{\s*(?:\(void\) ?\(?\w+\)?; ?)*return \(?1\)?;\s*\}")
_ASSERTS = re.compile(
    r"\{\s*(?:async move \{\s*)?(?:return )?"
    r"Ok\((?:(?:\w+::)*ServerCertVerified::assertion\(\)|true|\(self, true\))\);?\s*\}(?:\s*\})?"
)
_PINNED = re.compile(r"\.Build\(|CertHash|[Tt]humbprint|SerialNumber|\.Contains\(|Equals?\(")
_NO_ERROR = re.compile(r"if ?\([^()&|]*== ?(?:\w+\.)*SslPolicyErrors\.None ?\) ?\{? ?return true; ?\}?")
_PROCEEDS = re.compile(r"(?:=\s*)?\{?\s*(?:super\.\w+\([^()]*\);?\s*)?\w+(?:\?|!!)?\.proceed\(\);?\s*\}?")
_DATES = re.compile(r"getNot(?:After|Before)\(|checkValidity\(")
_CHECKS = re.compile(
    r"(?i)checkServerTrusted|checkClientTrusted|verify\(|validat(?!ity)|CertPath|getEncoded|fingerprint|digest|equals|"
    r"contains|TrustManager|getIssuer|getSubject|PublicKey"
)
_TRUE_LAMBDA = re.compile(
    r"(?:async )?(?:\[[^\[\]]*\] ?)?(?:delegate|function|func|lambda)? ?(?:\([^()]*\)|[\w, ]*) ?"
    r"(?:->|=>|:)? ?"
    r"(?:true|\{ ?(?:[\w, :_]*(?:->| in ))? ?(?:return )?true;? ?\})",
    re.IGNORECASE,
)
_SWITCHED = re.compile(r"\bif ?\( ?!? ?\w+(?:\.\w+)*(?:\(\))? ?\) ?(?:\{ ?)?return true;")
_CAST = re.compile(r"^\([A-Z][\w.]*(?:<[^<>()]*>)?\) ?(?=[(\w])")
_DELEGATE = re.compile(r"new [A-Z][\w.]*(?:Callback|Delegate|Handler) ?\((.*)\)")
_NIL_LAMBDA = re.compile(
    r"func ?\([^{}]*\) ?error ?\{ ?return nil;? ?\}"
    r"|(?:\([^()]*\)|\w+)(?: ?: ?\w+)? ?=> ?(?:undefined|null|\{ ?(?:return ?(?:undefined|null)?;?)? ?\})"
)
_TRUE_OBJECT = re.compile(
    r"(?:new|object ?:) ?[\w.<>]+ ?(?:\( ?\))? ?\{.*(?:\{ ?return true;? ?\}|= true|= \{ ?true ?\}) ?\}",
    re.IGNORECASE,
)


def body_of(function: SgNode) -> str | None:
    """What a declared function does: `empty`, `true`, `one`, `nil`, `asserts` (gives that), `proceeds`.

    A check of certificates is `empty`, too, if it looks at nothing but their dates.
    """
    parts = [child for child in function.children() if child.is_named()]
    if not parts or "parameter" in parts[-1].kind() or "type" in parts[-1].kind():
        return None
    whole = parts[-1].text()
    if len(whole) < _MOST_OF_DATES and _DATES.search(whole) and not _CHECKS.search(whole):
        return "empty"
    text = _plain(parts[-1])
    if text is None:
        return None
    if _NOTHING.fullmatch(text):
        return "empty"
    if _PROCEEDS.fullmatch(text):
        return "proceeds"
    if _ONE.fullmatch(text) or _NIL.fullmatch(text):
        return "one" if "1" in text else "nil"
    if _ASSERTS.fullmatch(text):
        return "asserts"
    return "true" if _TRUE.fullmatch(text) else None


def may_accept(function: SgNode, checked: str) -> bool:
    """Whether a check of certificates in C that is told what was found overrides it: `ok = 1`, `return 1`."""
    parts = [child for child in function.children() if child.is_named()]
    text = _COMMENT.sub("", parts[-1].text()) if parts else ""
    if re.search(rf"(?<![\w.>]){re.escape(checked)}\s*=\s*(?:1|true|TRUE)\s*;", text):
        return True
    return body_of(function) == "one"


def is_switched_off(value: SgNode) -> bool:
    """Whether a lambda answers true to everything where a flag says so."""
    text = _plain(value) if value.kind() in ("lambda_expression", "lambda_literal") else None
    return text is not None and _SWITCHED.search(text) is not None


def is_parameter_type(name: SgNode) -> bool:
    """Whether a name of C# is the type of a parameter of what is declared with a body."""
    above = name.parent()
    return above is not None and above.kind() == "parameter" and above.children()[-1] != name


def accepts_errors(function: SgNode) -> bool:
    """Whether a method of .NET that is told errors answers true to some, with no check of its own."""
    text = _SPACE.sub(" ", _COMMENT.sub("", function.text()))
    if _PINNED.search(text):
        return False
    return re.search(r"\breturn true;|=> true;", _NO_ERROR.sub("", text)) is not None


def is_always_true(value: SgNode) -> bool:
    """Whether a lambda, anonymous function or anonymous object answers true to everything."""
    text = _plain(value)
    if text is None or "true" not in text.lower() or text.lower() == "true":
        return False
    text = _CAST.sub("", text)
    if made := _DELEGATE.fullmatch(text):
        text = made[1].strip()
    if _TRUE_LAMBDA.fullmatch(text):
        return True
    return text.lower().count("return") <= 1 and _TRUE_OBJECT.fullmatch(text) is not None


def is_always_nil(value: SgNode) -> bool:
    """Whether an anonymous function of Go or JavaScript has no error for anything."""
    text = _plain(value)
    return text is not None and _NIL_LAMBDA.fullmatch(text) is not None


def _plain(node: SgNode) -> str | None:
    """The text without comments and with single spaces; null where it is too long to be what is asked for."""
    text = node.text()
    if len(text) > _MOST_TEXT:
        return None
    return _SPACE.sub(" ", _COMMENT.sub("", text)).strip()
