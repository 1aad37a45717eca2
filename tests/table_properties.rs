//! Properties of the reader over generated tables: what is written is read back to the last bit, whatever separates the
//! cells, ends the lines, is quoted, comes first, or however the bytes come in. Beside the seeded fuzzing of
//! `table_hostile.rs`, which looks for panics in files nobody would write.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::{self, Observations, Reader, Reading};

/// Cells of one column below their header.
type Column = (&'static str, Vec<String>);

/// Size, tokens, ratio, general and domain loss, and the run's name.
type Run = (f64, f64, f64, f64, f64, String);

/// A way to write a table down.
#[derive(Debug, Clone)]
struct Style {
    delimiter: char,
    end: &'static str,
    /// Which cells are quoted, over and over.
    quoted: Vec<bool>,
    /// Spaces around cells.
    padded: bool,
    /// Whether the last line is ended.
    closed: bool,
}

fn style() -> impl Strategy<Value = Style> {
    let ends = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    let delimiters = prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')];
    (delimiters, ends, prop::collection::vec(any::<bool>(), 1..12), any::<bool>(), any::<bool>())
        .prop_map(|(delimiter, end, quoted, padded, closed)| Style { delimiter, end, quoted, padded, closed })
}

/// A table of runs; numbers as Rust prints them, which is the fewest digits that read back as the same.
fn columns() -> impl Strategy<Value = Vec<Column>> {
    let row = (1e6f64..1e12, 0.0f64..1e13, 0.0f64..=1.0, 1e-3f64..20.0, 0.5f64..9.0, "[a-z]{1,3}[a-zéß]{1,3}");
    prop::collection::vec(row, 3..40).prop_map(|rows| {
        let text = |of: &dyn Fn(&Run) -> String| rows.iter().map(of).collect();
        vec![
            ("params", text(&|row| row.0.to_string())),
            ("tokens", text(&|row| row.1.to_string())),
            ("domain_ratio", text(&|row| row.2.to_string())),
            ("general_loss", text(&|row| row.3.to_string())),
            ("domain_loss", text(&|row| format!("{:.6}", row.4))),
            ("run", text(&|row| row.5.clone())),
        ]
    })
}

fn written(columns: &[Column], style: &Style) -> String {
    let mut quoted = style.quoted.iter().cycle();
    let mut cell = |text: &str| match (*quoted.next().unwrap(), style.padded) {
        (true, _) => format!("\"{text}\""),
        (false, true) => format!(" {text} "),
        (false, false) => text.to_owned(),
    };
    let mut lines = Vec::new();
    lines.push(columns.iter().map(|(header, _)| cell(header)).collect::<Vec<_>>());
    for row in 0..columns[0].1.len() {
        lines.push(columns.iter().map(|(_, cells)| cell(&cells[row])).collect());
    }
    let delimiter = style.delimiter.to_string();
    let lines: Vec<String> = lines.iter().map(|cells| cells.join(&delimiter)).collect();
    lines.join(style.end) + if style.closed { style.end } else { "" }
}

fn read(text: &str) -> Observations {
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let wrong: Vec<String> = table.problems.kept.iter().filter(|p| !p.is_question()).map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{wrong:?} in\n{text}");
    table.observations
}

/// The same rows, but for the order of losses and runs.
fn assert_same(left: &Observations, right: &Observations) {
    assert_eq!((&left.size, &left.tokens, &left.domain_share), (&right.size, &right.tokens, &right.domain_share));
    assert_eq!(
        (&left.line, &left.runs, &left.run, &left.losses),
        (&right.line, &right.runs, &right.run, &right.losses)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_to_the_last_bit(columns in columns(), style in style()) {
        let all = read(&written(&columns, &style));
        let exact = |at: usize| columns[at].1.iter().map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>();
        prop_assert_eq!(all.size.unwrap(), exact(0));
        prop_assert_eq!(all.tokens.unwrap(), exact(1));
        prop_assert_eq!(all.domain_share.unwrap(), exact(2));
        prop_assert_eq!(&all.losses[0].values, &exact(3));
        prop_assert_eq!(&all.losses[1].values, &exact(4));
        prop_assert_eq!(all.run.iter().map(|run| &all.runs[*run as usize]).collect::<Vec<_>>(), columns[5].1.iter().collect::<Vec<_>>());
        prop_assert_eq!(all.line, (0..columns[0].1.len() as u32).map(|row| row + 2).collect::<Vec<_>>());
    }

    #[test]
    fn neither_delimiter_nor_quotes_nor_line_ends_matter(columns in columns(), one in style(), other in style()) {
        assert_same(&read(&written(&columns, &one)), &read(&written(&columns, &other)));
    }

    #[test]
    fn the_order_of_columns_does_not_matter(
        (columns, order) in columns().prop_flat_map(|columns| {
            let order: Vec<usize> = (0..columns.len()).collect();
            (Just(columns), Just(order).prop_shuffle())
        }),
        style in style(),
    ) {
        let moved: Vec<Column> = order.iter().map(|at| columns[*at].clone()).collect();
        assert_same(&read(&written(&columns, &style)), &read(&written(&moved, &style)));
    }

    #[test]
    fn the_pieces_in_which_bytes_come_do_not_matter(
        columns in columns(),
        style in style(),
        pieces in prop::collection::vec(1usize..700, 1..6),
    ) {
        let text = written(&columns, &style);
        let mut reader = Reader::new(Reading::default()).expecting(text.len() as u64);
        let (mut rest, mut lengths) = (text.as_bytes(), pieces.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((*lengths.next().unwrap()).min(rest.len()));
            reader.feed(piece).unwrap();
            rest = after;
        }
        let table = reader.finish().unwrap();
        prop_assert_eq!(table, table::read(text.as_bytes(), &Reading::default()).unwrap());
    }

    #[test]
    fn a_unit_said_in_the_header_is_that_in_the_cells(billions in 1e-3f64..1e3) {
        let value = format!("{billions:.4}");
        let rest = "domain_ratio,general_loss\n";
        let in_header = read(&format!("params (B),tokens_M,{rest}{value},{value},0.5,2.5\n{value},{value},0.2,2.4\n"));
        let in_cells = read(&format!("params,tokens,{rest}{value}B,{value}M,50%,2.5\n{value}B,{value}M,20%,2.4\n"));
        prop_assert_eq!(in_header.size, in_cells.size);
        prop_assert_eq!(in_header.tokens, in_cells.tokens);
        prop_assert_eq!(in_header.domain_share, in_cells.domain_share);
    }

    #[test]
    fn quantities_read_what_they_print(value in 1.0f64..9e14, share in 0.0f64..=1.0) {
        let near = |read: f64| (read / value - 1.0).abs() <= 0.005;
        prop_assert!(near(Params::parse(&Params(value).to_string()).unwrap().0));
        prop_assert!(near(Tokens::parse(&Tokens(value).to_string()).unwrap().0));
        prop_assert!((Share::parse(&Share(share).to_string()).unwrap().0 - share).abs() <= 0.0005 + 1e-12);
    }

    #[test]
    fn a_mixture_is_its_parts_over_their_sum(parts in prop::collection::vec(1u32..1000, 2..7)) {
        let whole: f64 = parts.iter().map(|part| f64::from(*part)).sum();
        let names: Vec<String> = (0..parts.len()).map(|at| format!("corpus{}", (b'a' + at as u8) as char)).collect();
        let cell = names.iter().zip(&parts).map(|(name, part)| format!("{name}:{part}")).collect::<Vec<_>>().join(",");
        let text = format!("tokens,mixture,general_loss\n1e9,\"{cell}\",2.5\n2e9,\"{cell}\",2.4\n");
        let reading = Reading { domain_corpora: vec![names[0].clone()], ..Reading::default() };
        let table = table::read(text.as_bytes(), &reading).unwrap();
        let share = table.observations.domain_share.unwrap()[0];
        prop_assert!((share - f64::from(parts[0]) / whole).abs() < 1e-12, "{} of {}", share, text);
    }
}
