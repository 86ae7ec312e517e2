#!/usr/bin/env python3
"""Makes PlancastSansSC-Regular.otf: Noto Sans SC Regular cut down to what chart labels need.

    python3 subset.py NotoSansCJK-Regular.ttc [PlancastSansSC-Regular.otf]

The source may be a collection (the face named "Noto Sans CJK SC" is taken) or a single
Noto Sans SC font. Needs fontTools. The same source and the same fontTools give the same bytes.
"""

import sys

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Plancast Sans SC"
POSTSCRIPT = "PlancastSansSC-Regular"
VERSION = "Version 1.000"

# A line of text is 1.24 em high, so that a size in the SVG and in the PNG means the same.
ASCENT, DESCENT = 0.98, -0.26


def span(first, last):
    return set(range(first, last + 1))


def gb2312():
    """Every character of GB 2312: 6 763 Han, and its punctuation, Greek, Cyrillic and kana."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


# What must be there; a source without one of these is refused.
REQUIRED = (
    span(0x20, 0x7E)
    | span(0xA0, 0xFF)
    | gb2312()
    | {ord(c) for c in "¹²³⁴‐–—‘’“”…‰·−×÷≥≤≠≈±∞√∑∏∂∆∫μµ€←↑→↓↔%°℃№■□▲△▼▽●○◆◇★☆✓"}
    | {ord(c) for c in "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψω"}
)

# What the source lacks and labels need (CO₂, PM₂.₅): the sign it is made of, its size and how far
# it is moved up, in units of 1 000 to the em. The raised ones match the source's own ² and ³.
SMALL = {ord(c): (ord(base), 0.66, -130) for c, base in zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+−")} | {
    ord(c): (ord(base), 0.60, 441) for c, base in zip("⁰⁵⁶⁷⁸⁹⁺⁻", "056789+−")
}

# Signs that no label needs, whose glyphs are redrawn as the small ones (half-width kana).
SPARE = range(0xFF66, 0xFF66 + len(SMALL))

# What is taken where the source has it: accents of other Latin alphabets, more signs.
WELCOME = (
    span(0x100, 0x17F)
    | span(0x370, 0x3FF)
    | span(0x2010, 0x203A)
    | span(0x2070, 0x209C)
    | span(0x20A0, 0x20BF)
    | span(0x2100, 0x218B)
    | span(0x2190, 0x21FF)
    | span(0x2200, 0x22FF)
    | span(0x25A0, 0x25FF)
    | span(0x3000, 0x303F)
    | span(0xFF01, 0xFF5E)
)


def open_face(path):
    with open(path, "rb") as file:
        collection = file.read(4) == b"ttcf"
    if not collection:
        return TTFont(path, recalcTimestamp=False)
    for face in TTCollection(path, lazy=True, recalcTimestamp=False).fonts:
        if face["name"].getDebugName(1) == "Noto Sans CJK SC":
            return face
    sys.exit(f"{path} holds no face named Noto Sans CJK SC")


def cut(font, keep):
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "DSIG"]
    work = subset.Subsetter(options)
    work.populate(unicodes=keep)
    work.subset(font)


def add_small(font):
    """Draws the raised and lowered signs into the spare glyphs and maps them."""
    glyphs = font.getGlyphSet()
    names = font.getBestCmap()
    top = font["CFF "].cff.topDictIndex[0]
    for spare, (code, (base, size, up)) in zip(SPARE, sorted(SMALL.items())):
        name, source = names[spare], glyphs[names[base]]
        width = round(source.width * size) + 20
        old, select = top.CharStrings.getItemAndSelector(name)
        private = top.FDArray[select].Private
        pen = T2CharStringPen(width - private.nominalWidthX, glyphs)
        source.draw(TransformPen(pen, (size, 0, 0, size, 10, up)))
        top.CharStrings[name] = pen.getCharString(private, old.globalSubrs)
        font["hmtx"][name] = (width, round(font["hmtx"][names[base]][1] * size) + 10)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap.pop(spare, None)
                table.cmap[code] = name


def rename(font):
    table, cff = font["name"], font["CFF "].cff
    kept = {n: table.getDebugName(n) for n in (0, 13, 14)}
    table.names = []
    notice = f"{kept[0]} Modified: cut down to the signs of chart labels, and renamed."
    texts = {0: notice, 1: FAMILY, 2: "Regular", 3: f"{VERSION};{POSTSCRIPT}", 4: FAMILY, 5: VERSION}
    texts |= {6: POSTSCRIPT, 13: kept[13], 14: kept[14]}
    for number, text in texts.items():
        table.setName(text, number, 3, 1, 0x409)
    cff.fontNames[0] = POSTSCRIPT
    top = cff.topDictIndex[0]
    top.FullName = top.FamilyName = FAMILY
    top.Notice = notice


def set_height(font):
    em = font["head"].unitsPerEm
    up, down = round(ASCENT * em), round(DESCENT * em)
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = up, down, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = up, down, 0
    os2.usWinAscent, os2.usWinDescent = up, -down


def main(source, target):
    font = open_face(source)
    held = set(font.getBestCmap())
    missing = sorted(REQUIRED - held)
    if missing:
        sys.exit("the source lacks " + " ".join(f"U+{code:04X}" for code in missing))
    cut(font, REQUIRED | (WELCOME & held) | set(SPARE))
    add_small(font)
    rename(font)
    set_height(font)
    font.save(target)
    signs = len(TTFont(target).getBestCmap())
    print(f"{target}: {signs} signs")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else f"{POSTSCRIPT}.otf")
