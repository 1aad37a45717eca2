"""One table written in every shape the reader knows: tests/fixtures/shapes. Plain Python, no packages.

    python3 tools/make_shapes.py

Every file holds the same nine rows, so that a test can ask for the same observations from each.
"""

import io
import json
import pathlib
import zipfile

FOLDER = pathlib.Path(__file__).parent.parent / "tests/fixtures/shapes"
HEADER = ["params", "tokens", "domain_ratio", "general_loss", "domain_loss"]
ROWS = [
    (size, tokens, share, round(2.2 + 0.1 * share + 1e8 / size, 4), round(1.9 - 0.5 * share + 2e8 / size - tokens / 4e10, 4))
    for size in (400_000_000, 1_800_000_000, 4_000_000_000)
    for tokens, share in ((0, 0.25), (2_000_000_000, 0.25), (10_000_000_000, 0.5))
]


def text(rows, between=",", header=HEADER, cell=str):
    return "".join(between.join(map(cell, row)) + "\n" for row in [header, *rows])


def grouped(value, mark):
    return f"{value:,}".replace(",", mark) if isinstance(value, int) else str(value)


def workbook(rows):
    """A minimal .xlsx (ECMA-376): inline strings, an empty sheet before the one with the table."""
    def cell(value):
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value!r}</v></c>"

    def sheet(rows):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        return f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="notes" sheetId="1" r:id="rId1"/><sheet name="runs" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{rel}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet([["made by hand"]]),
        "xl/worksheets/sheet2.xml": sheet(rows),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain = text(ROWS)
    note = ["note", *("größe “é”" for _ in ROWS)]
    noted = "".join(f"{line},{word}\n" for line, word in zip(plain.splitlines(), note))
    billions = [(n / 1e9, d / 1e9, r * 100, g, l) for n, d, r, g, l in ROWS]
    objects = [dict(zip(HEADER, row)) for row in ROWS]
    nested = [{"config": {"params": n}, "tokens": d, "domain_ratio": r, "loss": {"general": g, "domain": l}} for n, d, r, g, l in ROWS]
    spread = lambda row: "  ".join(f"{value!s:>14}" for value in row)
    named = ["model size", *HEADER[1:]]
    files = {
        "plain.csv": plain,
        "utf16le.csv": b"\xff\xfe" + noted.encode("utf-16-le"),
        "utf16be.csv": b"\xfe\xff" + noted.encode("utf-16-be"),
        "windows1252.csv": noted.encode("cp1252"),
        "pipe.txt": text(ROWS, "|"),
        "markdown.md": "".join(f"| {line} |\n" for line in [" | ".join(HEADER), "|".join(["---:"] * 5).join(["", ""]), *(" | ".join(map(str, row)) for row in ROWS)]),
        "spaces.txt": "\n".join(map(spread, [named, *ROWS])) + "\n",
        "one-space.txt": text(ROWS, " "),
        "sep-line.csv": "sep=;\r\n" + text(ROWS, ";").replace("\n", "\r\n"),
        "thousands.csv": text(ROWS, cell=lambda value: f'"{grouped(value, ",")}"' if isinstance(value, int) else str(value)),
        "thousands-german.csv": text(ROWS, ";", cell=lambda value: grouped(value, ".") if isinstance(value, int) else str(value).replace(".", ",")),
        "unit-row.csv": text([("(B)", "(B)", "%", "nats", "nats"), *billions]),
        "two-row-header.csv": text([("params", "tokens", "domain_ratio", "general", "domain"), *ROWS], header=["model", "", "", "loss", ""]),
        "repeated-header.csv": text([("params", "tokens", "domain_ratio", "general", "domain"), *ROWS], header=["", "", "", "loss", "loss"]),
        "lines.jsonl": "".join(json.dumps(each) + "\n" for each in objects),
        "array.json": json.dumps(objects, indent=2),
        "nested.json": json.dumps(nested),
        "columns.json": json.dumps({name: {str(i): row[at] for i, row in enumerate(ROWS)} for at, name in enumerate(HEADER)}),
        "workbook.xlsx": workbook([HEADER, *ROWS]),
    }
    for name, content in files.items():
        (FOLDER / name).write_bytes(content if isinstance(content, bytes) else content.encode())


main()
