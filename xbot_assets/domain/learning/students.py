"""Student's t: the quantile that a paired interval over few seeds needs."""

from math import atan, cos, pi, sin, sqrt


def quantile(chance: float, freedom: int) -> float:
    """Return the value below which a t distribution of ``freedom`` degrees lies with a chance above a half."""
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(middle, freedom) < chance else (low, middle)
    return high


def _below(value: float, freedom: int) -> float:
    """Return the distribution function, by the closed form for whole degrees (Abramowitz and Stegun 26.7.3 and 4)."""
    angle = atan(value / sqrt(freedom))
    if freedom == 1:
        return 0.5 + angle / pi
    term = total = cos(angle) if freedom % 2 else 1.0
    for step in range(3 if freedom % 2 else 2, freedom, 2):
        term *= (step - 1) / step * cos(angle) ** 2
        total += term
    inside = 2 / pi * (angle + sin(angle) * total) if freedom % 2 else sin(angle) * total
    return 0.5 + inside / 2
