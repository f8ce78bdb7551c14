"""INI files as Python's configparser reads them, with lines, and what can be read of a broken one."""

import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_OPTION = re.compile(r"(?P<key>[^=:\s][^=:]*?)\s*[=:]\s*(?P<value>.*)")


@dataclass(slots=True)
class IniValue:
    """The lines of one value that hold text, each with its line number."""

    line: int
    rows: list[tuple[str, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(text for text, _ in self.rows)


IniFile = dict[str, dict[str, IniValue]]
"""Values by section and by key, which is in lower case."""


def read_ini(text: str, broken: list[tuple[int, str]]) -> IniFile:
    """Sections and values; a line that is neither is added to `broken`, with the reason."""
    sections: IniFile = {}
    section: dict[str, IniValue] | None = None
    value: IniValue | None = None
    value_indent = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        indent = len(raw) - len(raw.lstrip())
        if value is not None and indent > value_indent:
            value.rows.append((line, number))
            continue
        header, option = _SECTION.match(line), _OPTION.fullmatch(line)
        value = None
        if header is not None:
            section = sections.setdefault(header["name"], {})
        elif option is not None and section is not None:
            value, value_indent = IniValue(number), indent
            if option["value"]:
                value.rows.append((option["value"], number))
            section[option["key"].lower()] = value
        else:
            broken.append((number, f"neither a section nor a value: {line[:80]!r}"))
    return sections
