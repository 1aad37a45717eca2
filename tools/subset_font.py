"""Cuts Source Sans 3 (variable) down to what the page shows and renames it, as its licence asks of a changed copy.

    pip install fonttools brotli && npm pack @fontsource-variable/source-sans-3@5.3.1 && tar xf fontsource-*.tgz
    python3 tools/subset_font.py package/files/source-sans-3-latin-wght-normal.woff2 assets/fonts/ratioscope-sans.woff2

Kept: printable ASCII and the signs the page's own sentences use; weights 400 to 650; kerning and tabular figures. Letters
of other scripts and Greek symbols come from the reader's own fonts, as they did before.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

CHARACTERS = [*map(chr, range(0x20, 0x7F)), *"\u00a0±²³·×–—‘’“”…−"]
WEIGHTS = (400, 650)
FEATURES = ["kern", "tnum", "mark", "ccmp"]
NAME = "Ratioscope Sans"

font = TTFont(sys.argv[1])
copyright_line = font["name"].getDebugName(0)
options = Options()
options.layout_features = FEATURES
options.hinting = False
options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
subsetter = Subsetter(options)
subsetter.populate(unicodes=map(ord, CHARACTERS))
subsetter.subset(font)
instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
# "Source" is a reserved name under the Open Font License: a changed copy must not carry it.
for name_id, text in ((1, NAME), (4, NAME), (6, NAME.replace(" ", ""))):
    font["name"].removeNames(nameID=name_id)
    font["name"].setName(text, name_id, 3, 1, 0x409)
font.flavor = "woff2"
font.save(sys.argv[2])
print(copyright_line)
missing = [c for c in CHARACTERS if ord(c) not in font.getBestCmap()]
print("not in the font:", missing)
