"""The form of a message: Chinese first, English second, each with the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """What people read for one code; ``{name}`` stands for a parameter.

    Attributes:
        zh: what happened, in Chinese.
        en: the same in English.
        remedy_zh: what to do about it; empty when there is nothing to do.
        remedy_en: the same in English.
    """

    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
