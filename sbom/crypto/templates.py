"""Code in templates: Blade's echoes and blocks of PHP, in files that are called `.blade.php`."""

import re

ENDING = ".blade.php"
_TAG = re.compile(
    r"<\?(?:php\b|=)?|\?>|(?<!@)\{\{(?!--)|\}\}|(?<!@)\{!!|!!\}|(?<![\w@])@php\b(?![ \t]*\()|@endphp\b"
)
_CLOSED_BY = {"{{": "}}", "{!!": "!!}", "@php": "@endphp"}
_NOT_NEWLINE = re.compile(r"[^\n]")


def code_of_template(text: str) -> str:
    """The text as one piece of PHP, blank where the template has none; places stay the same."""
    kept = []
    done = 0
    closing = ""
    for match in _TAG.finditer(text):
        tag = match[0]
        if not closing and (tag in _CLOSED_BY or tag.startswith("<?")):
            closing = _CLOSED_BY.get(tag, "?>")
            kept.append(_NOT_NEWLINE.sub(" ", text[done : match.start()]))
            kept.append(("" if done else "<?").ljust(len(tag)))
        elif closing and tag == closing:
            closing = ""
            kept.append(text[done : match.start()] + ";".ljust(len(tag)))
        else:
            continue
        done = match.end()
    kept.append(text[done:] if closing else _NOT_NEWLINE.sub(" ", text[done:]))
    return "".join(kept)
