//! Reading a file: what may stand in it, what is said about what can't be used, and what must not matter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::table::{self, Choice, LossKind, Observations, Problem, ReadError, Reading, Role, Table, Unit};
use std::collections::BTreeMap;

const PLAIN: &str = "\
params,tokens,domain_ratio,general_loss,domain_loss
1e9,0,0.1,2.5,1.9
1e9,1e9,0.1,2.6,1.5
1e9,2e9,0.25,2.65,1.25
2e9,1e9,0.1,2.4,1.45
";

fn try_open(text: &str) -> Result<Table, ReadError> {
    table::read(text.as_bytes(), &Reading::default())
}

fn open(text: &str) -> Table {
    try_open(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn chosen(text: &str, choices: &[(&str, Role, Option<Unit>)]) -> Table {
    let columns: BTreeMap<String, Choice> =
        choices.iter().map(|(name, role, unit)| ((*name).to_owned(), Choice { role: *role, unit: *unit })).collect();
    table::read(text.as_bytes(), &Reading { columns, ..Reading::default() }).unwrap_or_else(|error| panic!("{error}"))
}

fn said(table: &Table) -> Vec<String> {
    table.problems.kept.iter().map(ToString::to_string).collect()
}

/// Observations as text: NaN compares equal there.
fn print(observations: &Observations) -> String {
    format!("{observations:?}")
}

#[test]
fn a_plain_file_is_read_without_a_word() {
    let table = open(PLAIN);
    let o = &table.observations;
    assert_eq!(o.size.as_deref(), Some(&[1e9, 1e9, 1e9, 2e9][..]));
    assert_eq!(o.tokens.as_deref(), Some(&[0.0, 1e9, 2e9, 1e9][..]));
    assert_eq!(o.domain_share.as_deref(), Some(&[0.1, 0.1, 0.25, 0.1][..]));
    assert_eq!(o.losses[0].values, [2.5, 2.6, 2.65, 2.4]);
    assert_eq!((o.losses[0].kind, o.losses[1].kind), (LossKind::General, LossKind::Domain));
    assert_eq!(o.line, [2, 3, 4, 5]);
    assert_eq!(o.run, [0, 0, 1, 2]);
    assert_eq!(o.runs, ["1B, 10 %", "1B, 25 %", "2B, 10 %"]);
    assert!(o.runs_inferred);
    assert_eq!(said(&table), [""; 0]);
    assert_eq!((table.rows, table.preview.len()), (4, 4));
}

#[test]
fn marks_line_ends_and_delimiters_do_not_matter() {
    let expected = print(&open(PLAIN).observations);
    let comma = |text: &str| text.replace(',', ";").replace('.', ",");
    for (what, text) in [
        ("BOM", format!("\u{feff}{PLAIN}")),
        ("CRLF", PLAIN.replace('\n', "\r\n")),
        ("semicolon", PLAIN.replace(',', ";")),
        ("tab", PLAIN.replace(',', "\t")),
        ("quotes", PLAIN.lines().map(|l| format!("\"{}\"\n", l.replace(',', "\",\""))).collect()),
        ("decimal comma", comma(PLAIN)),
        ("decimal comma, tab", comma(PLAIN).replace(';', "\t")),
        ("quoted decimal comma", comma(PLAIN).lines().map(|l| format!("\"{}\"\n", l.replace(';', "\",\""))).collect()),
        ("no last line end", PLAIN.trim_end().to_owned()),
        ("spaces", PLAIN.replace(',', " , ")),
    ] {
        assert_eq!(print(&open(&text).observations), expected, "{what}");
    }
}

#[test]
fn three_decimals_after_a_comma_are_decimals_in_a_semicolon_file() {
    let table = open("params;tokens;general_loss\n1e9;1e9;3,125\n1e9;2e9;2,875\n");
    assert_eq!(table.observations.losses[0].values, [3.125, 2.875]);
    let table = open("params,tokens,general_loss\n\"18,915,328\",\"1,234,567\",3.125\n");
    assert_eq!(table.observations.size.as_deref(), Some(&[18_915_328.0][..]));
}

#[test]
fn rows_are_named_by_the_line_an_editor_shows() {
    let text = "# made by us\n\nparams,tokens,note,general_loss\n1e9,1e9,\"two\nlines\",2.5\n# between\n\n , ,,\n1e9,2e9,x,oops\n1e9,3e9,x,2.4\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let table = open(&text);
        assert_eq!(table.observations.line, [4, 10]);
        assert_eq!(said(&table), ["Row 9, general_loss: read “oops”, expected a loss: a number above 0."]);
    }
}

#[test]
fn a_bad_loss_costs_only_that_loss() {
    for bad in ["", "NaN", "inf", "-1", "0", "n/a", "-inf"] {
        let table = open(&format!("params,tokens,general_loss,domain_loss\n1e9,1e9,{bad},1.5\n1e9,2e9,2.5,1.4\n"));
        let o = &table.observations;
        assert!(o.losses[0].values[0].is_nan(), "{bad}");
        assert_eq!(o.losses[1].values, [1.5, 1.4]);
        match (bad, &table.problems.kept[..]) {
            ("", [Problem::Blank { row: 2, column, .. }]) => assert_eq!(column, "general_loss"),
            (_, [Problem::Cell { row: 2, column, read, .. }]) => {
                assert_eq!((column.as_str(), read.as_str()), ("general_loss", bad));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_bad_axis_sets_the_row_aside() {
    for (header, bad) in [("params", "0"), ("params", "big"), ("tokens", "-5"), ("tokens", ""), ("domain_ratio", "1.5")]
    {
        let cells = |name: &str, good: &str| if name == header { bad.to_owned() } else { good.to_owned() };
        let text = format!(
            "params,tokens,domain_ratio,general_loss\n1e9,1e9,0.5,2.5\n1e9,2e9,0.5,2.4\n{},{},{}{},2.3\n",
            cells("params", "1e9"),
            cells("tokens", "3e9"),
            cells("domain_ratio", "0.5"),
            // A percentage among fractions would turn the column to percent; with its sign it is only out of range.
            if bad == "1.5" { "e2%" } else { "" }
        );
        let table = open(&text);
        assert_eq!(table.observations.line, [2, 3], "{header} {bad}");
        assert_eq!(table.rows, 3);
        assert_eq!(table.problems.kept.len(), 1, "{:?}", said(&table));
        assert!(said(&table)[0].starts_with(&format!("Row 4, {header}: ")), "{:?}", said(&table));
    }
}

#[test]
fn ragged_rows_are_said() {
    let table = open("params,tokens,general_loss\n1e9,1e9\n1e9,1e9,2.5,7\n1e9,2e9,2.4,\n");
    assert_eq!(table.observations.line, [3, 4]);
    assert!(matches!(table.problems.kept[0], Problem::RowLength { row: 2, cells: 2, columns: 3 }));
    assert!(matches!(table.problems.kept[1], Problem::Blank { row: 2, .. }), "{:?}", said(&table));
    assert!(matches!(table.problems.kept[2], Problem::RowLength { row: 3, cells: 4, columns: 3 }));
    assert_eq!(table.problems.kept.len(), 3, "a trailing delimiter is no problem");
}

#[test]
fn a_thousand_problems_are_kept_and_the_rest_counted() {
    let mut text = String::from("params,tokens,general_loss\n1e9,1e9,2.5\n");
    (0..1500).for_each(|_| text.push_str("1e9,,2.5\n"));
    let table = open(&text);
    assert_eq!((table.problems.kept.len(), table.problems.more), (1000, 500));
}

#[test]
fn what_cannot_be_used_is_one_sentence() {
    let error = |bytes: &[u8]| table::read(bytes, &Reading::default()).unwrap_err();
    assert_eq!(error(b""), ReadError::Empty);
    assert_eq!(error(b"\xEF\xBB\xBF \r\n\n"), ReadError::Empty);
    assert_eq!(error(b"# only a comment\n"), ReadError::Empty);
    assert!(matches!(error(b"PK\x03\x04rest"), ReadError::BrokenWorkbook { .. }));
    assert!(matches!(error(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]), ReadError::BrokenWorkbook { .. }));
    assert_eq!(error(b"\x89PNG\r\n\x1a\n\0\0\0"), ReadError::Binary);
    assert!(matches!(error(&[0xFF, 0xFE, b'a', 0]), ReadError::HeaderOnly));
    assert!(matches!(error(b" {\"a\": 1}"), ReadError::NoLoss { .. }));
    assert_eq!(error(b" [1, 2]"), ReadError::Json);
    assert_eq!(error(b"params,tokens,loss\n"), ReadError::HeaderOnly);
    assert_eq!(error(b"1e9,1e9,2.5\n1e9,2e9,2.4\n"), ReadError::NoHeader);
    assert!(matches!(error(b"params,tokens\n1e9,1e9\n"), ReadError::NoLoss { .. }));
    assert!(matches!(error(b"name,loss\na,2.5\n"), ReadError::NoAxis { .. }));
    let nothing = error(b"params,tokens,loss\n1e9,,2.5\n1e9,,2.4\n");
    assert!(matches!(&nothing, ReadError::NothingUsable { rows: 2, first: Some(_) }), "{nothing:?}");
    assert!(nothing.to_string().contains("Row 2, tokens: blank"), "{nothing}");
}

#[test]
fn doubled_and_blank_headers_get_names() {
    let table = open("tokens,loss,loss,\n1e9,2.5,2.6,x\n");
    assert_eq!(
        table.columns.iter().map(|c| c.header.as_str()).collect::<Vec<_>>(),
        ["tokens", "loss", "loss (2)", "column 4"]
    );
    assert!(matches!(&table.problems.kept[0], Problem::SameHeader { row: 1, renamed, .. } if renamed == "loss (2)"));
}

#[test]
fn two_candidates_are_asked_about_and_never_mixed() {
    let text = "params,params_nonemb,tokens,train_tokens,ratio,replay,general_loss\n\
                2e9,1e9,1e9,5e9,0.1,0.3,2.5\n2e9,1e9,2e9,6e9,0.2,0.3,2.4\n";
    let table = open(text);
    let o = &table.observations;
    assert_eq!(o.size.as_deref(), Some(&[1e9, 1e9][..]));
    assert_eq!(o.tokens.as_deref(), Some(&[1e9, 2e9][..]));
    let asked: Vec<(Role, &str)> = table
        .problems
        .kept
        .iter()
        .filter_map(|p| match p {
            Problem::Candidates { role, used, .. } => Some((*role, used.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(asked.len(), 3, "{:?}", said(&table));
    assert!(asked.contains(&(Role::Size, "params_nonemb")) && asked.contains(&(Role::Tokens, "tokens")));

    let table = chosen(text, &[("params", Role::Size, None), ("ratio", Role::DomainShare, None)]);
    assert_eq!(table.observations.size.as_deref(), Some(&[2e9, 2e9][..]));
    assert_eq!(table.observations.domain_share.as_deref(), Some(&[0.1, 0.2][..]));
    assert!(table.columns[0].chosen && !table.columns[1].chosen);
    assert_eq!(table.problems.kept.len(), 1, "only the tokens are still asked about: {:?}", said(&table));
}

#[test]
fn complementary_ratios_are_no_question() {
    let table = open("tokens,general_ratio,domain_ratio,general_loss\n1e9,0.7,0.3,2.5\n1e9,0.4,0.6,2.4\n");
    assert_eq!(table.observations.domain_share.as_deref(), Some(&[0.3, 0.6][..]));
    assert_eq!(said(&table), [""; 0]);
}

#[test]
fn choices_are_honoured_with_their_unit() {
    let text = "a,b,c\n1,10,2.5\n2,20,2.4\n";
    let table = chosen(
        text,
        &[
            ("a", Role::Tokens, Some(Unit::Billions)),
            ("b", Role::GeneralShare, None),
            ("c", Role::DomainLoss, None),
            ("gone", Role::Run, None),
        ],
    );
    assert_eq!(table.observations.tokens.as_deref(), Some(&[1e9, 2e9][..]));
    assert_eq!(table.observations.domain_share.as_deref(), Some(&[0.9, 0.8][..]));
    assert_eq!(table.observations.losses[0].kind, LossKind::Domain);
    assert!(table.columns.iter().all(|c| c.chosen));
    assert!(matches!(&table.problems.kept[..], [Problem::NotInFile { name }] if name == "gone"), "{:?}", said(&table));
}

#[test]
fn numbers_too_small_to_be_counts_are_asked_about() {
    let table = open("params,tokens,general_loss\n0.5,5,2.5\n1.8,20,2.4\n");
    assert_eq!(table.observations.size.as_deref(), Some(&[5e8, 1.8e9][..]));
    assert_eq!(table.observations.tokens.as_deref(), Some(&[5e9, 2e10][..]));
    let guessed = table.problems.kept.iter().filter(|p| matches!(p, Problem::UnitGuessed { .. })).count();
    assert_eq!(guessed, 2, "{:?}", said(&table));
    let table = chosen("params,tokens,general_loss\n70,1e9,2.5\n", &[("params", Role::Size, Some(Unit::Thousands))]);
    assert_eq!(table.observations.size.as_deref(), Some(&[7e4][..]));
    assert_eq!(said(&table), [""; 0]);
}

#[test]
fn long_files_are_pivoted() {
    let text = "params,tokens,ratio,eval_set,loss,seed\n\
                1B,1B,0.1,python,1.5,0\n1B,1B,0.1,general,2.5,0\n1B,2B,0.1,general,2.6,0\n1B,2B,0.1,python,1.4,0\n\
                1B,1B,0.1,python,1.6,1\n1B,1B,0.1,python,1.7,1\n";
    let o = open(text).observations;
    assert_eq!(o.losses.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["general", "python"]);
    assert_eq!(o.losses[0].kind, LossKind::General);
    assert_eq!(o.losses[1].values, [1.5, 1.4, 1.6, 1.7], "a repetition keeps its own row");
    assert_eq!(o.losses[0].values[..2], [2.5, 2.6]);
    assert!(o.losses[0].values[2].is_nan());
    assert_eq!(o.line, [2, 4, 6, 7]);
    assert_eq!(o.runs, ["1B, 10 %, seed 0", "1B, 10 %, seed 1"]);

    let table = open("tokens,dataset,loss\n1e9,law,2.5\n1e9,music,2.6\n");
    assert!(table.observations.losses.iter().all(|l| l.kind == LossKind::Domain));
    assert!(matches!(table.problems.kept[..], [Problem::NoGeneralLoss { .. }]), "{:?}", said(&table));
}

#[test]
fn one_general_loss_and_any_number_of_domain_losses() {
    let table = open("tokens,c4_loss,pile_loss,python_loss,law_loss\n1e9,2.5,2.6,1.5,1.6\n");
    let names: Vec<(&str, LossKind)> = table.observations.losses.iter().map(|l| (l.name.as_str(), l.kind)).collect();
    assert_eq!(names[0], ("pile_loss", LossKind::General));
    assert_eq!(names.len(), 4);
    assert!(names[1..].iter().all(|(_, kind)| *kind == LossKind::Domain));
    assert!(
        matches!(&table.problems.kept[..], [Problem::Candidates { role: Role::GeneralLoss, others, .. }] if others == &["c4_loss"])
    );
    assert!(matches!(open("tokens,python_loss\n1e9,2.5\n").problems.kept[..], [Problem::NoGeneralLoss { .. }]));
}

#[test]
fn domains_are_shown_one_at_a_time() {
    let text = "tokens,domain,ratio,general_loss,domain_loss\n1e9,law,0.1,2.5,1.5\n1e9,music,0.1,2.6,1.6\n1e9,music,0.2,2.6,1.6\n1e9,,0.2,2.6,1.6\n";
    let table = open(text);
    assert_eq!((table.domains.len(), table.domain.as_deref()), (2, Some("law")));
    assert_eq!(table.observations.line, [2]);
    assert!(said(&table)[0].contains("2 rows are of other domains"), "{:?}", said(&table));
    assert!(matches!(table.problems.kept[1], Problem::Blank { row: 5, .. }));
    let music = table::read(text.as_bytes(), &Reading { domain: Some("music".into()), ..Reading::default() }).unwrap();
    assert_eq!(music.observations.line, [3, 4]);
    assert_eq!(music.observations.runs, ["10 % music", "20 % music"]);
}

#[test]
fn seeds_are_runs_of_their_own() {
    let o = open("run,seed,tokens,general_loss\na,0,1e9,2.5\na,1,1e9,2.6\na,0,2e9,2.4\n").observations;
    assert_eq!(o.run, [0, 1, 0]);
    assert!(!o.runs_inferred);
    assert_eq!(o.runs, ["a, seed 0", "a, seed 1"]);
}

#[test]
fn names_that_are_not_sizes_are_not_used_as_sizes() {
    let table = open("model_size,tokens,general_loss\ns0,1e9,2.5\ns1,1e9,2.4\n");
    assert_eq!(table.observations.size, None);
    assert_eq!(table.columns[0].role, Role::Ignore);
    assert!(table.columns[0].reason.contains("values"), "{}", table.columns[0].reason);
}

/// A small generator of its own (splitmix64), so that every run sees the same cases.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

#[test]
fn mutated_bytes_never_break_the_reader() {
    let long = "params,tokens,ratio,eval_set,loss,domain\n1B,1B,1:9,general,2.5,law\n1B,2B,10 %,python,1.5,law\n";
    let mut random = Random(7);
    let (mut read, mut refused) = (0, 0);
    for case in 0..2000 {
        let mut bytes = if case % 2 == 0 { PLAIN } else { long }.as_bytes().to_vec();
        for _ in 0..=random.below(6) {
            let at = random.below(bytes.len());
            let byte = match random.below(3) {
                0 => b",;\t\"\n\r#-:%.eE"[random.below(13)],
                1 => b"0123456789"[random.below(10)],
                _ => (random.next() & 0xFF) as u8,
            };
            match random.below(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => {}
            }
        }
        match table::read(&bytes, &Reading::default()) {
            Ok(table) => {
                read += 1;
                let o = &table.observations;
                assert!(!o.is_empty() && o.len() <= table.rows && o.line.len() == o.len());
                for column in [&o.size, &o.tokens, &o.domain_share].into_iter().flatten() {
                    assert_eq!(column.len(), o.len());
                    assert!(column.iter().all(|v| v.is_finite()));
                }
                assert!(o.losses.iter().all(|l| l.values.len() == o.len()));
                assert!(o.losses.iter().filter(|l| l.kind == LossKind::General).count() <= 1);
                assert!(o.run.iter().all(|r| (*r as usize) < o.runs.len()));
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().ends_with('.'));
            }
        }
    }
    assert!(read > 200 && refused > 20, "both ways are tried: {read} read, {refused} refused");
}

#[test]
fn the_order_of_rows_only_orders_the_observations() {
    let (header, rest) = PLAIN.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rest.lines().collect();
    let key = |text: &str| {
        let o = open(text).observations;
        let (size, tokens, share) = (o.size.unwrap(), o.tokens.unwrap(), o.domain_share.unwrap());
        let mut rows: Vec<String> = (0..o.run.len())
            .map(|i| {
                let losses: Vec<f64> = o.losses.iter().map(|l| l.values[i]).collect();
                format!("{} {} {} {} {losses:?}", size[i], tokens[i], share[i], o.runs[o.run[i] as usize])
            })
            .collect();
        rows.sort();
        rows
    };
    let expected = key(PLAIN);
    let mut random = Random(11);
    for _ in 0..50 {
        for at in (1..rows.len()).rev() {
            rows.swap(at, random.below(at + 1));
        }
        assert_eq!(key(&format!("{header}\n{}\n", rows.join("\n"))), expected);
    }
}

#[test]
fn the_order_of_columns_does_not_matter() {
    let reversed: String =
        PLAIN.lines().map(|line| line.split(',').rev().collect::<Vec<_>>().join(",") + "\n").collect();
    assert_eq!(print(&open(&reversed).observations), print(&open(PLAIN).observations));
}

/// One slip above 1 among fractions is a problem of its cell, and no reason to read the column in percent.
#[test]
fn a_single_ratio_above_one_does_not_make_percent() {
    let text = |last: &str| {
        format!("params,tokens,ratio,domain_loss\n1e9,1e9,0.1,2.5\n1e9,1e9,0.33,2.4\n1e9,1e9,{last},2.3\n")
    };
    let read = |text: String| ratioscope::table::read(text.as_bytes(), &Default::default()).unwrap();
    let slip = read(text("1.5"));
    assert_eq!(slip.observations.domain_share, Some(vec![0.1, 0.33]));
    assert_eq!(slip.problems.kept.len(), 1, "{:?}", slip.problems);
    let percent = read("params,tokens,ratio,domain_loss\n1e9,1e9,0.5,2.5\n1e9,1e9,10,2.4\n1e9,1e9,50,2.3\n".to_owned());
    assert_eq!(percent.observations.domain_share, Some(vec![0.005, 0.1, 0.5]));
}

/// The replay example opens by experiment: its size is read and one setting is shown.
#[test]
fn the_replay_example_opens_with_its_size() {
    let bytes = include_bytes!("../assets/examples/ibrahim-replay.csv");
    let table = ratioscope::table::read(bytes, &Default::default()).unwrap();
    assert_eq!(table.domains.len(), 3);
    assert_eq!(table.observations.size, Some(vec![405e6; 6]));
    assert_eq!(table.observations.tokens, Some(vec![200e9; 6]));
    assert_eq!(table.observations.losses.len(), 2);
}
