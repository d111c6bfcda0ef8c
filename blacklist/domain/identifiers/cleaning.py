"""Takes from an identifier what people and programs put around it, and refuses whatever might be part of it.

* Dropped at both ends: white space of every kind, line ends, quotation marks, list and sentence marks, and a
  pair of brackets around the whole.
* Dropped in between: spaces, hyphens and dashes of every script, and characters without a shape (zero width,
  direction marks, soft hyphens). Not line ends and not list marks: they stand between two identifiers.
* Full-width and half-width letters, digits and signs become ASCII, as NFKC has them, and so does the Roman
  numeral ten (U+2169), which is what the X of GB 11643 is. Letters become capitals.
* Everything else is refused with its position. NFKC would also turn ``²`` and ``①`` into digits; here they
  are refused, because a footnote mark is not part of a number. So are Cyrillic and Greek letters that look
  like Latin ones, Chinese numerals, and full stops: ``13800138000.0`` comes from a spreadsheet that has lost
  digits before.

The tables of Unicode decide only whether a character is dropped or refused, so another version of them can
refuse more or less, but never gives another spelling.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from ledger.errors import LimitError, MalformedError

DIGITS: Final = frozenset("0123456789")
LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

MAX_RAW: Final = 96
"""The longest form is a line of 44 characters; room for a space after each, and for marks at the ends."""

_MARKS: Final = frozenset("'\"`‘’“”「」『』《》〈〉,;:.!·•、，。；：！\uff0e\uff61\uff64")
_BRACKETS: Final = {
    "(": ")",
    "[": "]",
    "（": "）",
    "【": "】",
    "\uff3b": "\uff3d",
    "\u3014": "\u3015",
}
_SHAPELESS: Final = frozenset(
    "\u00ad\u034f\u061c\u180e\ufeff"
    + "".join(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))))
)
"""Soft hyphen, grapheme joiner, Arabic letter mark, Mongolian separator, byte order mark; zero width,
direction marks, embeddings, overrides, isolates, invisible operators."""
_MINUS: Final = "\N{MINUS SIGN}"
_ROMAN_TEN: Final = frozenset("\N{ROMAN NUMERAL TEN}\N{SMALL ROMAN NUMERAL TEN}")


def check_length(raw: str) -> None:
    """Check that a text is short enough to be looked at.

    Raises:
        LimitError: over ``MAX_RAW`` characters.
    """
    if len(raw) > MAX_RAW:
        raise LimitError("identifier-too-long", limit=MAX_RAW)


def clean(raw: str, alphabet: frozenset[str]) -> str:
    """Return the characters of ``alphabet`` in ``raw``, without what may be dropped.

    Raises:
        MalformedError: nothing is left, or a character is neither in the alphabet nor one to be dropped.
    """
    return "".join(groups(raw, alphabet))


def groups(raw: str, alphabet: frozenset[str], separators: str = "") -> tuple[str, ...]:
    """Return what ``clean`` returns, divided where spaces, dashes or other ``separators`` stood."""
    found: list[str] = [""]
    for position, character in _inner(raw):
        if _is_dropped(character) or (folded := _folded(character)) in separators:
            if character not in _SHAPELESS:
                found.append("")
        elif folded in alphabet:
            found[-1] += folded
        else:
            raise MalformedError("identifier-character", position=position)
    kept = tuple(group for group in found if group)
    if not kept:
        raise MalformedError("identifier-empty")
    return kept


def _inner(raw: str) -> Iterator[tuple[int, str]]:
    """Yield the characters between the ends with their positions in ``raw``, from one."""
    first, last = 0, len(raw)
    while first < last:
        if _is_edge(raw[first]):
            first += 1
        elif _is_edge(raw[last - 1]):
            last -= 1
        elif last - first > 1 and _BRACKETS.get(raw[first]) == raw[last - 1]:
            first, last = first + 1, last - 1
        else:
            break
    return ((at + 1, raw[at]) for at in range(first, last))


def _is_edge(character: str) -> bool:
    return character.isspace() or character in _MARKS or _is_dropped(character)


def _is_dropped(character: str) -> bool:
    return (
        character in _SHAPELESS
        or character == _MINUS
        or unicodedata.category(character) in ("Zs", "Pd")
    )


def _folded(character: str) -> str:
    """Return the ASCII capital, digit or sign that a character is another shape of; else the character."""
    width = unicodedata.decomposition(character).startswith(("<wide>", "<narrow>"))
    if width or character in _ROMAN_TEN:
        character = unicodedata.normalize("NFKC", character)
    return character.upper() if character.isascii() else character
