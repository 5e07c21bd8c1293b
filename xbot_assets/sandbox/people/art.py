"""Pictures drawn from a number: avatars, landscapes and video posters, as SVG. Nothing is fetched or stored."""

import math
import random
from html import escape

AVATAR_SIZE = 96
WIDTH, HEIGHT = 1200, 675
PALETTES = (
    ("#f6bd60", "#f7ede2", "#84a59d", "#4a6d7c", "#2f4858"),
    ("#ffd6a5", "#f28482", "#6d597a", "#355070", "#22304a"),
    ("#cfe8ef", "#9cc5a1", "#49a078", "#216869", "#1f3d36"),
    ("#fcefb4", "#f4a259", "#bc4b51", "#5b8e7d", "#2c4f4a"),
    ("#e0e1dd", "#a9b4c2", "#778da9", "#415a77", "#1b263b"),
    ("#fde2e4", "#cddafd", "#9fb4d9", "#6c7fa8", "#3e4c6d"),
    ("#fff1c9", "#f7b7a3", "#ea5f89", "#9b3192", "#57167e"),
)
"""Sky, haze, and three distances of land, light to dark."""


def avatar(key: str, name: str) -> str:
    """Return a round-friendly portrait: initials on a coloured ground with one shape behind."""
    rng = random.Random(key)  # noqa: S311
    palette = rng.choice(PALETTES)
    ground, shape = palette[rng.choice((2, 3))], palette[rng.choice((0, 1, 4))]
    initials = "".join(word[0] for word in name.split() if word[0].isalnum())[:2].upper() or "?"
    half, turn = AVATAR_SIZE / 2, rng.randrange(360)
    shapes = (
        f'<circle cx="{half * 1.5}" cy="{half * 0.6}" r="{half * 0.8}" fill="{shape}"/>',
        f'<rect x="{half}" y="-{half}" width="{half * 2}" height="{half * 4}" fill="{shape}"/>',
        f'<path d="M0 {half}Q{half} 0 {half * 2} {half}T{half * 4} {half}V{half * 4}H0Z" fill="{shape}"/>',
    )
    body = (
        f'<rect width="100%" height="100%" fill="{ground}"/>'
        f'<g opacity=".55" transform="rotate({turn} {half} {half})">{rng.choice(shapes)}</g>'
        f'<text x="50%" y="53%" fill="#fff" font-family="Georgia, serif" font-size="38" font-weight="bold"'
        f' text-anchor="middle" dominant-baseline="middle">{escape(initials)}</text>'
    )
    return _svg(AVATAR_SIZE, AVATAR_SIZE, body)


def picture(key: str) -> str:
    """Return a landscape: sky, sun or moon, three ranges of hills, and what stands in front."""
    rng = random.Random(key)  # noqa: S311
    palette = rng.choice(PALETTES)
    sun = (rng.randrange(200, 1000), rng.randrange(120, 300), rng.randrange(40, 90))
    ranges = [_hills(rng, 300 + 110 * depth, 70 - 12 * depth, palette[2 + depth]) for depth in range(3)]
    front = rng.choice((_trees, _birds, _boat))(rng)
    body = (
        f'<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="{palette[1]}"/>'
        f'<stop offset="1" stop-color="{palette[0]}"/></linearGradient></defs>'
        f'<rect width="100%" height="100%" fill="url(#sky)"/>'
        f'<circle cx="{sun[0]}" cy="{sun[1]}" r="{sun[2]}" fill="#fffaf0" opacity=".85"/>{"".join(ranges)}{front}'
    )
    return _svg(WIDTH, HEIGHT, body)


def banner(key: str) -> str:
    """Return the wide picture above a profile."""
    rng = random.Random(f"banner-{key}")  # noqa: S311
    palette = rng.choice(PALETTES)
    hills = [_hills(rng, 250 + 120 * depth, 80, palette[1 + depth]) for depth in range(4)]
    return _svg(WIDTH, HEIGHT, f'<rect width="100%" height="100%" fill="{palette[0]}"/>{"".join(hills)}')


def _hills(rng: random.Random, base: float, swing: float, colour: str) -> str:
    phase, first, second = rng.random() * 6.3, rng.uniform(0.002, 0.006), rng.uniform(0.008, 0.016)
    points = [
        f"{x},{base + swing * math.sin(phase + x * first) + swing / 3 * math.sin(phase * 2 + x * second):.0f}"
        for x in range(0, WIDTH + 1, 30)
    ]
    return f'<polygon points="0,{HEIGHT} {" ".join(points)} {WIDTH},{HEIGHT}" fill="{colour}"/>'


def _trees(rng: random.Random) -> str:
    trees = []
    for _ in range(rng.randrange(5, 12)):
        x, size = rng.randrange(20, WIDTH - 20), rng.randrange(50, 130)
        foot = rng.randrange(600, 670)
        trees.append(f'<path d="M{x} {foot - size}l{size / 4:.0f} {size}h-{size / 2:.0f}z" fill="#17302b"/>')
    return "".join(trees)


def _birds(rng: random.Random) -> str:
    places = [(rng.randrange(150, 1050), rng.randrange(60, 260)) for _ in range(rng.randrange(3, 8))]
    wings = "".join(f"M{x - 16} {y}q8 -12 16 0q8 -12 16 0" for x, y in places)
    return f'<path d="{wings}" fill="none" stroke="#2b2b33" stroke-width="4"/>'


def _boat(rng: random.Random) -> str:
    x = rng.randrange(200, 900)
    water = f'<rect y="560" width="{WIDTH}" height="115" fill="#e8f1f2" opacity=".45"/>'
    hull = f'<path d="M{x} 590h150l-25 34h-100z" fill="#5c3d2e"/><path d="M{x + 75} 460v124h70z" fill="#fff"/>'
    return f'{water}{hull}<path d="M{x + 70} 470v114h-50z" fill="#f4e9d8"/>'


def _svg(width: int, height: int, body: str) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'
