"""Values as they stand in source code: texts and numbers, joined and calculated with."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

MOST_VALUES = 16


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an expression may have; `certain` if it stands in the same file."""

    text: str | int
    certain: bool = True


def changed(text: str | int, change: Callable[[str], str]) -> str | int:
    return change(text) if isinstance(text, str) else text


def joined(pieces: list[list[Value]]) -> list[Value]:
    found = []
    for chosen in product(*pieces):
        certain = all(value.certain for value in chosen)
        found.append(Value("".join(str(value.text) for value in chosen), certain))
        if len(found) >= MOST_VALUES:
            break
    return found


def distinct(values: Iterable[Value]) -> list[Value]:
    found: dict[str | int, Value] = {}
    for value in values:
        if value.text not in found or value.certain:
            found[value.text] = value
    return list(found.values())


def unquoted(text: str) -> str:
    match = re.fullmatch(r"[A-Za-z@$]{0,3}(\"\"\"|'''|\"|'|`|#\")(.*)\1#?", text, re.DOTALL)
    if match:
        return match[2]
    return text[1:] if text.startswith(":") else text


def number(text: str) -> int | None:
    text = text.replace("_", "").replace("'", "")
    text = re.sub(r"(?i)(?<=[0-9a-f])(?:u|l|ul|ull|ll|usize|u8|u16|u32|u64|i32|i64|n)$", "", text)
    try:
        return int(text, 0) if not re.fullmatch(r"0\d+", text) else int(text, 8)
    except ValueError:
        return None


def calculate(left: int, sign: str, right: int) -> int | None:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*" and abs(left) < 1 << 40 and abs(right) < 1 << 40:
        return left * right
    if sign in ("/", "//") and right:
        return left // right
    if sign == "<<" and 0 <= right < 64:
        return left << right
    if sign == "|":
        return left | right
    return None
