"""Metrics of the charts' typeface: for each character how far it advances and the box it fills, as two small fonts.

The boxes are measured on Liberation Sans, which has the metrics of Arial and Helvetica; no outline of it is kept. What
draws charts measures every text of them: with these fonts it finds the same widths on every machine, whatever typefaces
are installed there, and reads a file of a twentieth of the size for each letter. Needs fonttools besides.

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

Box = tuple[int, int, int, int, int]
"""Advance, and the box of the ink: left, bottom, right, top; in units of the font."""


def boxes(font: Any) -> dict[int, Box]:
    """Code point -> box, for every character of the ranges that the font has."""
    shapes, advances = font["glyf"], font["hmtx"]
    found: dict[int, Box] = {}
    for code, name in sorted(font.getBestCmap().items()):
        if any(first <= code < end for first, end in RANGES):
            shape = shapes[name]
            ink = (shape.xMin, shape.yMin, shape.xMax, shape.yMax) if shape.numberOfContours else (0, 0, 0, 0)
            found[code] = (advances[name][0], *ink)
    return found


def drawn(box: Box) -> Any:
    """A glyph that fills the box."""
    _, left, bottom, right, top = box
    pen = TTGlyphPen(None)
    if right > left and top > bottom:
        pen.moveTo((left, bottom))
        for corner in ((left, top), (right, top), (right, bottom)):
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def build(source: Path, style: str) -> None:
    """Write the metrics of one weight; characters with the same box share a glyph."""
    font = TTFont(source)
    by_code = boxes(font)
    name_of = {box: f"box{i}" for i, box in enumerate(sorted(set(by_code.values())))}
    made = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    made.setupGlyphOrder([".notdef", *name_of.values()])
    made.setupCharacterMap({code: name_of[box] for code, box in by_code.items()})
    blank = (font["head"].unitsPerEm // 2, 0, 0, 0, 0)
    glyphs = {".notdef": blank} | {name: box for box, name in name_of.items()}
    made.setupGlyf({name: drawn(box) for name, box in glyphs.items()})
    made.setupHorizontalMetrics({name: (box[0], box[1]) for name, box in glyphs.items()})
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
    print(f"{target.name}: {len(by_code)} characters, {len(glyphs)} boxes, {target.stat().st_size:,} bytes")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("give the folder with LiberationSans-Regular.ttf and LiberationSans-Bold.ttf")
    TARGET.mkdir(exist_ok=True)
    for style in WEIGHTS:
        build(Path(sys.argv[1]) / f"LiberationSans-{style}.ttf", style)


if __name__ == "__main__":
    main()
