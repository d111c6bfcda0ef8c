"""Which language an answer is in: Chinese first; English for who prefers it."""

from typing import Final

from fastapi import Request

COOKIE: Final = "lianzheng-language"


def language_of(request: Request) -> str:
    """Return ``zh`` or ``en``: chosen on a page (cookie), else what the client prefers (RFC 9110 §12.5.4)."""
    chosen = request.cookies.get(COOKIE)
    if chosen in ("zh", "en"):
        return chosen
    best, best_weight = "zh", 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, parameter = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        weight = _weight(parameter)
        if language in ("zh", "en") and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
