"""Two hundred malformed files, each one fault in a good table: tests/fixtures/malformed.jsonl. Plain Python.

    python3 tools/make_malformed.py

A line holds the name of the fault, the file's bytes as Latin-1 text, and the good rows that the fault leaves untouched.
Faults that turn one good number into another ("2.4" into "2.5") are not here: nobody can see them.
"""

import json
import pathlib
import random

HEADER = ["params", "tokens", "domain_ratio", "general_loss", "domain_loss"]
JUNK = ["n/a", "big", "1.2.3", "--", "1e999", "12 34", "=A1+1", "<b>2</b>", "0x1F", "2.4.1", "nan", "inf", "?", "２.5"]


def rows(pick):
    return [
        [str(pick.choice([400_000_000, 1_800_000_000, 4_000_000_000])), str(1_000_000_000 * (at + 1)), f"{pick.choice([0.1, 0.25, 0.5])}",
         f"{2.2 + pick.random():.4f}", f"{1.2 + pick.random():.4f}"]
        for at in range(8)
    ]


def text(table, header=HEADER):
    return "".join(",".join(row) + "\n" for row in [header, *table])


def cell(value, column=None):
    """One cell of one row replaced; that row may be lost, the others not."""
    def fault(pick, table):
        row, at = pick.randrange(8), HEADER.index(column) if column else pick.randrange(5)
        table[row][at] = value(pick) if callable(value) else value
        return text(table), [row]
    return fault


def short(pick, table):
    row = pick.randrange(8)
    table[row] = table[row][: pick.randrange(1, 5)]
    return text(table), [row]


def long(pick, table):
    row = pick.randrange(8)
    table[row].insert(pick.randrange(5), "7")
    return text(table), [row]


def doubled_header(pick, table):
    at = pick.randrange(3)
    return text([row[: at + 1] + [row[at]] + row[at + 1 :] for row in table], HEADER[: at + 1] + [HEADER[at]] + HEADER[at + 1 :]), []


def header_again(pick, table):
    row = pick.randrange(1, 8)
    return text(table[:row] + [HEADER] + table[row:]), []


def other_delimiter(pick, table):
    lines = text(table).splitlines()
    row = pick.randrange(8)
    lines[row + 1] = lines[row + 1].replace(",", ";")
    return "\n".join(lines) + "\n", [row]


def open_quote(pick, table):
    row = pick.randrange(7)
    table[row][pick.randrange(5)] = '"' + "1.5"
    return text(table), list(range(row, 8))


def no_utf8(pick, table):
    row = pick.randrange(8)
    table[row][pick.randrange(5)] += "\xe9\xff"
    return text(table), [row]


def cut(pick, table):
    """The end is lost, between two cells."""
    whole = text(table)
    row = pick.randrange(2, 8)
    lines = whole.splitlines()[: row + 1]
    lines[-1] = ",".join(lines[-1].split(",")[:3])
    return "\n".join(lines), list(range(row - 1, 8))


def refused(build):
    return lambda pick, table: (build(pick, table), list(range(8)))


def json_lines(pick, table, spoil):
    row = pick.randrange(8)
    lines = [json.dumps(dict(zip(HEADER, map(float, each)))) for each in table]
    lines[row] = spoil(lines[row])
    return "\n".join(lines) + "\n", [row]


def mixture(pick, table):
    row = pick.randrange(8)
    header = ["params", "tokens", "w_web", "w_code", "w_math", "general_loss"]
    body = [[*each[:2], "0.5", "0.25", "0.25", each[3]] for each in table * 2]
    body[row][2] = f"{0.7 + pick.random() / 4:.3f}"
    return text(body, header), None


FAULTS = {
    "a loss that is no number": cell(lambda pick: pick.choice(JUNK), "general_loss"),
    "a size that is no number": cell(lambda pick: pick.choice(JUNK), "params"),
    "a loss below nought": cell("-2.5", "domain_loss"),
    "no size": cell("0", "params"),
    "fewer tokens than none": cell("-1e9", "tokens"),
    "a share above one": cell(lambda pick: f"{pick.randrange(101, 999)}%", "domain_ratio"),
    "a blank": cell(""),
    "a short row": short,
    "a long row": long,
    "a doubled header": doubled_header,
    "the header again": header_again,
    "another delimiter in one row": other_delimiter,
    "a quote never closed": open_quote,
    "bytes that are no UTF-8": no_utf8,
    "the end cut off": cut,
    "no header": refused(lambda pick, table: "".join(",".join(row) + "\n" for row in table)),
    "a header alone": refused(lambda pick, table: ",".join(HEADER) + "\n" * pick.randrange(1, 5)),
    "losses under no such name": refused(lambda pick, table: text([[*row[:3], "x" + row[3], "y" + row[4]] for row in table], [*HEADER[:3], "foo", "bar"])),
    "nought bytes": refused(lambda pick, table: (lambda t, at: t[:at] + "\0" * 3 + t[at:])(text(table), pick.randrange(200))),
    "a packed file": refused(lambda pick, table: pick.choice(["\x1f\x8b\x08\0", "PK\x03\x04", "\x89PNG\r\n\x1a\n\0", "%PDF-1.7\n"]) + text(table)),
    "a JSON line cut off": lambda pick, table: json_lines(pick, table, lambda line: line[: pick.randrange(20, 40)]),
    "a JSON line with no value": lambda pick, table: json_lines(pick, table, lambda line: line.replace('"general_loss": ', '"general_loss": oops')),
    "a JSON array cut off": lambda pick, table: (lambda whole, at: (whole[: whole.index("}", at) - 3], None))(json.dumps([dict(zip(HEADER, map(float, each))) for each in table]), pick.randrange(150, 700)),
    "a mixture of more than one": mixture,
    "a UTF-16 file of an odd length": lambda pick, table: (("\xff\xfe" + text(table[:-1]).encode("utf-16-le").decode("latin-1") + text(table[-1:], ["\n"]).encode("utf-16-le").decode("latin-1")[: -pick.choice([13, 15, 17])]), None),
}


def main():
    assert len(FAULTS) == 25
    lines = []
    for number in range(200):
        name, fault = list(FAULTS.items())[number % len(FAULTS)]
        pick = random.Random(number)
        table = rows(pick)
        good = [[float(cell) for cell in row] for row in table]
        content, touched = fault(pick, table)
        untouched = None if touched is None else [row for at, row in enumerate(good) if at not in touched]
        lines.append(json.dumps({"fault": name, "file": content, "good": good, "untouched": untouched}))
    path = pathlib.Path(__file__).parent.parent / "tests/fixtures/malformed.jsonl"
    path.write_text("\n".join(lines) + "\n")


main()
