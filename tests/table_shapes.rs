//! One table in every encoding and shape: the same observations come out of each. `tools/make_shapes.py` writes the files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{
    self, Delimiter, Encoding, Form, NamedBytes, Observations, Problem, Reader, Reading, Table, read_files,
};
use std::path::Path;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/shapes").join(name)).unwrap()
}

fn open(name: &str) -> Table {
    table::read(&bytes(name), &Reading::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The numbers alone: names of losses and lines differ from shape to shape. Units of a billion leave the last digit.
fn numbers(o: &Observations) -> Vec<String> {
    let axes = [&o.size, &o.tokens, &o.domain_share].map(|axis| axis.clone().unwrap());
    let losses = o.losses.iter().map(|loss| loss.values.clone());
    let columns: Vec<Vec<f64>> = axes.into_iter().chain(losses).collect();
    (0..o.len()).map(|row| columns.iter().map(|c| format!("{:.9e}", c[row])).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn every_shape_gives_the_same_observations() {
    let expected = numbers(&open("plain.csv").observations);
    assert_eq!(expected.len(), 9);
    for (name, form) in [
        ("utf16le.csv", Form::Delimited(Delimiter::Comma)),
        ("utf16be.csv", Form::Delimited(Delimiter::Comma)),
        ("windows1252.csv", Form::Delimited(Delimiter::Comma)),
        ("pipe.txt", Form::Delimited(Delimiter::Pipe)),
        ("markdown.md", Form::Delimited(Delimiter::Pipe)),
        ("spaces.txt", Form::Delimited(Delimiter::Spaces)),
        ("one-space.txt", Form::Delimited(Delimiter::Spaces)),
        ("sep-line.csv", Form::Delimited(Delimiter::Semicolon)),
        ("thousands.csv", Form::Delimited(Delimiter::Comma)),
        ("thousands-german.csv", Form::Delimited(Delimiter::Semicolon)),
        ("unit-row.csv", Form::Delimited(Delimiter::Comma)),
        ("two-row-header.csv", Form::Delimited(Delimiter::Comma)),
        ("repeated-header.csv", Form::Delimited(Delimiter::Comma)),
        ("lines.jsonl", Form::Json),
        ("array.json", Form::Json),
        ("nested.json", Form::Json),
        ("columns.json", Form::Json),
        ("workbook.xlsx", Form::Delimited(Delimiter::Comma)),
    ] {
        let table = open(name);
        assert_eq!(table.form, form, "{name}");
        assert_eq!(numbers(&table.observations), expected, "{name}: {:?}", table.columns);
        let wrong: Vec<&Problem> = table.problems.kept.iter().filter(|problem| !problem.is_question()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}

#[test]
fn encodings_are_said() {
    for (name, encoding) in [
        ("plain.csv", Encoding::Utf8),
        ("utf16le.csv", Encoding::Utf16Le),
        ("utf16be.csv", Encoding::Utf16Be),
        ("windows1252.csv", Encoding::Windows1252),
    ] {
        let table = open(name);
        assert_eq!(table.encoding, encoding, "{name}");
        let said = table.problems.kept.iter().any(|problem| matches!(problem, Problem::Encoding { .. }));
        assert_eq!(said, encoding == Encoding::Windows1252, "{name}");
        if let Some(note) = table.columns.iter().find(|column| column.header == "note") {
            assert_eq!(note.samples, ["größe “é”"], "{name}");
        }
    }
    // A byte that is no UTF-8 in a file that is: that letter alone is read otherwise, and it is said.
    let mut slip = "params,tokens,note,general_loss\n1e9,1e9,größe,2.5\n1e9,2e9,".as_bytes().to_vec();
    slip.extend(b"gr\xF6\xDFe,2.4\n");
    let table = table::read(&slip, &Reading::default()).unwrap();
    assert_eq!(table.columns[2].samples, ["größe"]);
    assert!(matches!(table.problems.kept[..], [Problem::Slips { bytes: 2 }]), "{:?}", table.problems);
}

#[test]
fn a_delimiter_set_by_hand_is_used() {
    // A comma in a note on every line makes the pipe look as good; by hand it is settled.
    let text = "params;a|tokens;b|general_loss;c\n1e9|1e9|2.5\n1e9|2e9|2.4\n";
    let reading = Reading { delimiter: Some(Delimiter::Pipe), ..Reading::default() };
    let table = table::read(text.as_bytes(), &reading).unwrap();
    assert_eq!(table.form, Form::Delimited(Delimiter::Pipe));
    assert_eq!(table.columns.len(), 3);
    let table = table::read(
        "a b,tokens c,loss\n1,2,3\n".as_bytes(),
        &Reading { delimiter: Some(Delimiter::Spaces), ..Reading::default() },
    );
    assert!(table.is_err(), "the comma no longer separates: {table:?}");
}

#[test]
fn the_pieces_a_file_comes_in_do_not_matter() {
    for name in [
        "plain.csv",
        "utf16le.csv",
        "windows1252.csv",
        "markdown.md",
        "spaces.txt",
        "lines.jsonl",
        "array.json",
        "thousands.csv",
    ] {
        let bytes = bytes(name);
        let whole = table::read(&bytes, &Reading::default()).unwrap();
        for piece in [1, 7, 64, 1000] {
            let mut reader = Reader::new(Reading::default());
            bytes.chunks(piece).for_each(|piece| reader.feed(piece).unwrap());
            let table = reader.finish().unwrap();
            assert_eq!(format!("{table:?}"), format!("{whole:?}"), "{name} in pieces of {piece}");
        }
    }
}

/// More than the head of a file: what follows it is read by the same rules, row by row.
#[test]
fn what_follows_the_head_is_read_like_the_head() {
    let mut text = String::from("params,tokens,domain_ratio,general_loss,note\n");
    for row in 0..140_000u32 {
        let size = 1 + row % 3;
        text.push_str(&format!("{size}e9,{}e6,0.25,{:.3},\"a, b\nc\"\n", 1 + row, 2.0 + f64::from(row % 7) / 10.0));
    }
    text.push_str("1e9,oops,0.25,2.5,x\n# a comment\n1e9,5,0.25,2.5,x\n");
    assert!(text.len() > 4 << 20, "{} bytes are more than the head", text.len());
    let whole = table::read(text.as_bytes(), &Reading::default()).unwrap();
    assert_eq!((whole.rows, whole.observations.len(), whole.observations.runs.len()), (140_002, 140_001, 3));
    assert_eq!(whole.observations.tokens.as_ref().unwrap()[139_999], 140_000e6);
    assert_eq!(whole.observations.line[139_999], 2 * 140_000);
    assert!(matches!(&whole.problems.kept[..], [Problem::Cell { row: 280_002, .. }]), "{:?}", whole.problems);
    assert_eq!(whole.observations.line[140_000], 280_004, "comments and cells of two lines are counted");
    let mut reader = Reader::new(Reading::default());
    text.as_bytes().chunks(65_521).for_each(|piece| reader.feed(piece).unwrap());
    assert_eq!(format!("{:?}", reader.finish().unwrap()), format!("{whole:?}"));
    // The same as JSON lines: names are settled by the head, a later one is said.
    let mut lines = String::new();
    for row in 0..90_000u32 {
        lines.push_str(&format!("{{\"params\": 1e9, \"tokens\": {}, \"general_loss\": 2.5}}\n", 1_000_000 + row));
    }
    lines.push_str("{\"params\": 1e9, \"tokens\": 7e6, \"general_loss\": 2.5, \"late\": 1}\n");
    assert!(lines.len() > 4 << 20);
    let table = table::read(lines.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(table.observations.len(), 90_001);
    assert!(matches!(&table.problems.kept[..], [Problem::LateColumns { names }] if names == &["late"]));
}

#[test]
fn workbooks_that_are_none_are_refused_in_a_sentence() {
    let good = bytes("workbook.xlsx");
    for cut in [5, 100, good.len() / 2, good.len() - 3] {
        let error = table::read(&good[..cut], &Reading::default()).unwrap_err().to_string();
        assert!(error.starts_with("The workbook can’t be read (") && error.ends_with('.'), "{cut}: {error}");
    }
    assert!(table::check_size(2_000_000_000).is_ok());
    let refused = table::check_size(3_210_000_000).unwrap_err().to_string();
    assert_eq!(
        refused,
        "The file has 3.2 GB, and 2 GB is the most that is read: keep one row a validation, or open a part of it."
    );
}

#[test]
fn several_files_are_stacked_or_joined() {
    let read = |files: &[(&str, &str)]| {
        let files: Vec<NamedBytes> =
            files.iter().map(|(name, text)| NamedBytes { name, bytes: text.as_bytes() }).collect();
        read_files(&files, &Reading::default())
    };
    let stacked =
        read(&[("a.csv", "tokens,general_loss\n1e9,2.5\n2e9,2.4\n"), ("b.csv", "general_loss;tokens\n2,3;1e9\n")])
            .unwrap();
    assert_eq!(stacked.observations.runs, ["a", "b"]);
    assert_eq!(stacked.observations.losses[0].values, [2.5, 2.4, 2.3]);
    assert_eq!(stacked.observations.line, [2, 3, 5], "lines count on: the second file’s follow the first’s three");
    assert_eq!(stacked.parts[1].before, 3);

    let joined = read(&[
        ("runs.csv", "run,params,ratio\nx,1e9,0.1\ny,2e9,0.3\nz,4e9,0.3\n"),
        ("losses.csv", "run,tokens,general_loss\nx,1e9,2.5\ny,1e9,2.4\ny,2e9,2.3\nw,1e9,2.2\n"),
    ])
    .unwrap();
    assert_eq!(joined.observations.size, Some(vec![1e9, 2e9, 2e9]));
    assert_eq!(joined.observations.domain_share, Some(vec![0.1, 0.3, 0.3]));
    let alone: Vec<(&str, usize)> = joined
        .problems
        .kept
        .iter()
        .filter_map(|p| if let Problem::Unjoined { file, rows, .. } = p { Some((file.as_str(), *rows)) } else { None })
        .collect();
    assert_eq!(alone, [("losses.csv", 1), ("runs.csv", 1)]);

    let twice = read(&[
        ("runs.csv", "run,params\nx,1e9\nx,2e9\n"),
        ("losses.csv", "run,tokens,loss\nx,1e9,2.5\nx,2e9,2.4\nx,3e9,2.3\n"),
    ]);
    assert_eq!(
        twice.unwrap_err().to_string(),
        "runs.csv has two rows with the same run, the second on row 3: one is needed to join the files by."
    );
    let apart = read(&[("a.csv", "run,x,params\nq,1,1e9\n"), ("b.csv", "run,tokens,loss\nx,1e9,2.5\n")]);
    assert!(apart.unwrap_err().to_string().contains("don’t go together"));
    let broken = read(&[("a.csv", "run,params\nx,1e9\n"), ("b.csv", "")]);
    assert!(broken.unwrap_err().to_string().starts_with("b.csv: The file is empty"));
}

/// As papers print it: a column a ratio. What they predict beside it was not measured.
#[test]
fn a_column_a_ratio_becomes_a_row_each() {
    let text =
        "model,R1.0,R0.5,R0.25_observed,R0.25_paper_prediction\n460M,1.46,1.51,1.556,1.557\n1.6B,1.32,,1.399,1.4\n";
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let all = &table.observations;
    assert_eq!(all.domain_share.as_deref(), Some(&[1.0, 0.5, 0.25, 1.0, 0.25][..]));
    assert_eq!(all.size.as_deref(), Some(&[460e6, 460e6, 460e6, 1.6e9, 1.6e9][..]));
    assert_eq!(all.losses.len(), 1);
    assert_eq!(all.losses[0].values, [1.46, 1.51, 1.556, 1.32, 1.399]);
    assert_eq!(all.line, [2, 2, 2, 3, 3]);
    let asked: Vec<String> = table.problems.kept.iter().map(ToString::to_string).collect();
    assert!(asked.iter().any(|text| text.contains("“R1.0”, “R0.5”, “R0.25_observed” name ratios")), "{asked:?}");

    let percent = "model,25 %,50 %,100 %\n460M,1.6,1.5,1.4\n";
    let table = table::read(percent.as_bytes(), &Reading::default()).unwrap();
    assert_eq!(table.observations.domain_share.as_deref(), Some(&[0.25, 0.5, 1.0][..]));
    // Runs named r1, r2, r3 are no ratios, nor are ratios beside a loss.
    let runs = "step,r1,r2,r3\n1,2.5,2.6,2.7\n2,2.4,2.5,2.6\n";
    let read = table::read(runs.as_bytes(), &Reading::default());
    assert!(read.is_err() || read.is_ok_and(|table| table.observations.domain_share.is_none()));
}

/// UTF-16 that no mark announces is told by its zeros, and that is said.
#[test]
fn utf16_without_a_mark_is_read_and_said() {
    let text = "run,params,tokens,domain_ratio,general_loss\ngröße,1e9,1e9,0.5,2.5\nb,2e9,1e9,0.5,2.4\n";
    for (encoding, bytes) in [
        (Encoding::Utf16Le, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        (Encoding::Utf16Be, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ] {
        let table = table::read(&bytes, &Reading::default()).unwrap();
        assert_eq!(table.encoding, encoding);
        assert_eq!(table.observations.runs, ["größe", "b"]);
        assert!(table.problems.kept.contains(&Problem::Encoding { encoding }), "{:?}", table.problems.kept);
    }
}
