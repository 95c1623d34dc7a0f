"""Every pair of colours that is drawn can be read: WCAG 2 contrast."""

import pytest

from bcma.config import Theme
from ui.theme import Tone, following, palette_of

READABLE, VERDICT, EDGE = 4.5, 7.0, 3.0


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_the_greatest() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("tone", Tone)
def test_verdict_is_readable_from_afar(theme: Theme, tone: Tone) -> None:
    tint = palette_of(theme).tint(tone)
    assert contrast(tint.on, tint.fill) >= VERDICT


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("tone", Tone)
def test_quiet_text_of_a_tone_is_readable(theme: Theme, tone: Tone) -> None:
    palette = palette_of(theme)
    tint = palette.tint(tone)
    assert contrast(tint.text, tint.tint) >= READABLE
    assert contrast(tint.mark, palette.surface) >= READABLE


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("ground", ["ground", "surface", "sunken", "select"])
def test_text_is_readable_on_every_ground(theme: Theme, ground: str) -> None:
    palette = palette_of(theme)
    assert contrast(palette.text, getattr(palette, ground)) >= READABLE
    assert contrast(palette.muted, getattr(palette, ground)) >= READABLE


@pytest.mark.parametrize("theme", Theme)
def test_neutral_primary_and_edges_stand_out(theme: Theme) -> None:
    palette = palette_of(theme)
    assert contrast(palette.on_ink, palette.ink) >= READABLE
    assert contrast(palette.control, palette.surface) >= EDGE


def test_one_key_goes_through_all_themes() -> None:
    seen, theme = [], Theme.LIGHT
    for _ in Theme:
        theme = following(theme)
        seen.append(theme)
    assert set(seen) == set(Theme)
