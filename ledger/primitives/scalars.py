"""Scalars written in signed digits, which is how the curves here multiply points.

Verification works on public values only: nothing here, or in the curves, runs in constant time, and
nothing here may be used with a secret.
"""


def signed_digits(scalar: int, width: int) -> list[tuple[int, int]]:
    """Return a non-negative scalar as sparse odd digits (width-w NAF).

    Returns:
        Pairs of (position, digit), ascending, with scalar = Σ digit · 2^position; each digit is
        odd and below ``2^(width - 1)`` in magnitude; at most one in ``width`` positions is used.
    """
    digits: list[tuple[int, int]] = []
    position = 0
    full = 1 << width
    while scalar:
        zeroes = (scalar & -scalar).bit_length() - 1
        scalar >>= zeroes
        position += zeroes
        digit = scalar & (full - 1)
        if digit >= full >> 1:
            digit -= full
        scalar -= digit
        digits.append((position, digit))
    return digits
