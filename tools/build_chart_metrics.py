"""Metrics of the charts' typeface: for each character how far it advances, as two small fonts.

The advances are those of Liberation Sans, which has the metrics of Arial and Helvetica; no outline of it is kept. What
draws charts measures every text of them: with these fonts it finds the same widths on every machine, whatever typefaces
are installed there. It reads the file anew for each glyph, so that letters side by side stand as one glyph that
advances as far as they do together. Needs fonttools besides.

    python tools/build_chart_metrics.py FOLDER_OF_LIBERATION_SANS
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src" / "detente" / "faces" / "charts" / "metrics"
NAME = "Detente Metrics"
WEIGHTS = {"Regular": 400, "Bold": 700}
RANGES = ((0x20, 0x180), (0x370, 0x400), (0x2010, 0x2070), (0x20A0, 0x2300))
"""Latin, Greek, punctuation, currencies, arrows and signs of mathematics: first and past-the-last code point."""

FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;()%+-\u2013\u2019"
"""Characters of which two stand as one glyph."""

SECOND = "abcdefghijklmnopqrstuvwxyz0123456789 .,"
"""Characters of which up to four do."""


def advances(font: Any) -> dict[int, int]:
    """Code point -> advance in units of the font, for every character of the ranges that the font has."""
    metrics = font["hmtx"]
    return {
        code: metrics[name][0]
        for code, name in sorted(font.getBestCmap().items())
        if any(first <= code < end for first, end in RANGES)
    }


def joins(by_code: dict[int, int]) -> list[list[tuple[int, int]]]:
    """Advances of two glyphs that stand as one: of two characters, then of two such pairs or of one and a character."""
    first, second = (sorted({by_code[ord(letter)] for letter in letters}) for letters in (FIRST, SECOND))
    pairs = sorted({a + b for a in second for b in second})
    return [[(a, b) for a in first for b in first], [(a, b) for a in pairs for b in sorted({*pairs, *second})]]


def features(steps: list[list[tuple[int, int]]]) -> str:
    """The steps in which glyphs are joined, as lookups of the feature of ligatures."""
    lookups = (
        f"lookup step{i} {{\n"
        + "".join(f"  sub {named(a)} {named(b)} by {named(a + b)};\n" for a, b in step)
        + f"}} step{i};\n"
        for i, step in enumerate(steps)
    )
    return f"languagesystem DFLT dflt;\nfeature liga {{\n{''.join(lookups)}}} liga;\n"


def named(advance: int) -> str:
    """Name of the glyph that advances so far."""
    return f"by{advance}"


def mark() -> Any:
    """The outline of every glyph; without any, a text would not be measured."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 1))
    pen.lineTo((1, 0))
    pen.closePath()
    return pen.glyph()


def build(source: Path, style: str) -> None:
    """Write the metrics of one weight; characters that advance as far share a glyph."""
    font = TTFont(source)
    by_code = advances(font)
    steps = joins(by_code)
    wide = sorted({*by_code.values(), *(a + b for step in steps for a, b in step)})
    made = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    made.setupGlyphOrder([".notdef", *map(named, wide)])
    made.setupCharacterMap({code: named(advance) for code, advance in by_code.items()})
    glyphs = {".notdef": font["head"].unitsPerEm // 2} | {named(advance): advance for advance in wide}
    made.setupGlyf({name: mark() for name in glyphs})
    made.setupHorizontalMetrics({name: (advance, 0) for name, advance in glyphs.items()})
    made.addOpenTypeFeatures(features(steps))
    line, more = font["hhea"], font["OS/2"]
    made.setupHorizontalHeader(ascent=line.ascent, descent=line.descent)
    made.setupNameTable({"familyName": NAME, "styleName": style, "psName": f"{NAME.replace(' ', '')}-{style}"})
    made.setupOS2(
        usWeightClass=WEIGHTS[style],
        sTypoAscender=line.ascent,
        sTypoDescender=line.descent,
        usWinAscent=line.ascent,
        usWinDescent=-line.descent,
        sxHeight=more.sxHeight,
        sCapHeight=more.sCapHeight,
    )
    made.setupPost(keepGlyphNames=False)
    made.updateHead(created=0, modified=0)
    made.font.recalcTimestamp = False
    target = TARGET / f"{style.lower()}.ttf"
    made.save(target)
    print(f"{target.name}: {len(by_code)} characters, {len(glyphs)} glyphs, {target.stat().st_size:,} bytes")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("give the folder with LiberationSans-Regular.ttf and LiberationSans-Bold.ttf")
    TARGET.mkdir(exist_ok=True)
    for style in WEIGHTS:
        build(Path(sys.argv[1]) / f"LiberationSans-{style}.ttf", style)


if __name__ == "__main__":
    main()
