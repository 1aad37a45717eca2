//! Hostile files: mutated fixtures, texts made to be slow or large, two hundred malformed tables. No panic, no hang,
//! memory bounded by the file, and nothing silently wrong.
//!
//! `RATIOSCOPE_FUZZ_SECONDS` says how long the mutations run: 3 s by default, 30 s in `script/test`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use peak_alloc::PeakAlloc;
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::{self, Choice, Constant, Delimiter, Filter, Keep, Observations, Reader, Reading, Role, Table};
use serde_json::Value;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;
/// Memory is one for the whole program: tests that look at it run one after the other.
static ALONE: Mutex<()> = Mutex::new(());

/// A small generator of its own (splitmix64): a failure names its seed, and the seed gives the case again.
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
        (self.next() % n.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Every fixture of the reader.
fn seeds() -> Vec<Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all = Vec::new();
    for folder in ["shapes", "trackers"] {
        let mut paths: Vec<_> =
            std::fs::read_dir(fixtures.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        all.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    all.push(b"params,tokens,mixture,eval_set,loss,domain,seed\n1B,1B,\"pile:0.3,code:0.7\",general,2.5,law,0\n1B,2B,1:9,python,1.5,law,1\n".to_vec());
    all
}

/// Pieces that mean something to a reader.
const PIECES: &[&str] = &[
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\n",
    "\r\n",
    "#",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "NaN",
    "1e999",
    "-",
    "0.25-0.75",
    "%",
    "pile:0.3,code:0.7",
    "1,234,567",
    "__MIN",
    " - ",
    "step 1 loss 2.5\n",
    "sep=;\n",
    "\u{feff}",
    "é",
    "−",
    "1:2:3",
    "\0",
    "params",
    "loss",
    "tokenizer",
    "seed",
    "(B)",
    "\u{a0}",
    "9999999999999999999999",
];

fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.pick(seeds).clone();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 => bytes.insert(at, (random.next() & 0xFF) as u8),
            1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, random.pick(PIECES).bytes())),
            4 => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            5 => {
                let other = random.pick(seeds);
                let from = random.below(other.len());
                let to = (from + random.below(80)).min(other.len());
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn reading(random: &mut Random) -> Reading {
    let mut reading = Reading::default();
    if random.below(2) == 0 {
        return reading;
    }
    let headers =
        ["params", "tokens", "domain_ratio", "general_loss", "domain_loss", "run", "Step", "mixture", "nothing"];
    for _ in 0..random.below(3) {
        let choice = Choice { role: *random.pick(&Role::ALL), unit: None };
        reading.columns.insert((*random.pick(&headers)).to_owned(), choice);
    }
    for _ in 0..random.below(3) {
        let value = *random.pick(&[0.0, -1.0, 0.5, 4.0, 2048.0, 1e9, f64::NAN, f64::INFINITY]);
        reading.constants.insert(*random.pick(&Constant::ALL), value);
    }
    if random.below(3) == 0 {
        reading.delimiter = Some(*random.pick(&Delimiter::ALL));
    }
    if random.below(3) == 0 {
        let keep = match random.below(2) {
            0 => Keep::Equals(vec!["0.25".into(), String::new()]),
            _ => Keep::Between { low: Some(0.0), high: Some(1e9) },
        };
        reading.filters.push(Filter { column: (*random.pick(&headers)).to_owned(), keep });
    }
    reading.dropped = (0..random.below(4)).map(|_| random.below(12) as u32).collect();
    reading.domain_corpora = (0..random.below(2)).map(|_| "code".to_owned()).collect();
    reading
}

/// What every table must be, whatever the file was.
fn check(table: &Table) {
    let o = &table.observations;
    let n = o.len();
    assert!(n > 0 && o.line.len() == n);
    for axis in [&o.size, &o.tokens, &o.domain_share].into_iter().flatten() {
        assert_eq!(axis.len(), n);
        assert!(axis.iter().all(|v| v.is_finite() && *v >= 0.0));
    }
    for column in [&o.step, &o.learning_rate].into_iter().flatten() {
        assert_eq!(column.len(), n);
    }
    assert!(o.domain_share.iter().flatten().all(|share| *share <= 1.0));
    assert!(o.losses.iter().all(|loss| loss.values.len() == n && loss.values.iter().all(|v| v.is_nan() || (*v > 0.0 && v.is_finite()))));
    assert!((0..n).all(|row| o.losses.iter().any(|loss| loss.values[row].is_finite())), "a row without a loss");
    assert!(o.run.len() == n && o.run.iter().all(|run| (*run as usize) < o.runs.len()));
    assert!(o.decay.is_empty() || o.decay.len() == n);
    assert!(o.recipe.is_empty() || o.recipe.len() == o.runs.len());
    assert!(table.problems.kept.iter().all(|problem| problem.to_string().ends_with('.')));
    assert!(table.preview.iter().flatten().all(|cell| cell.chars().count() <= 121));
}

#[test]
fn mutated_files_never_break_the_reader() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let seconds = std::env::var("RATIOSCOPE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3.0);
    let seeds = seeds();
    let (end, mut case) = (Instant::now() + Duration::from_secs_f64(seconds), 0u64);
    let (mut read, mut refused) = (0u64, 0u64);
    while Instant::now() < end {
        let mut random = Random(case);
        let (bytes, reading) = (mutate(&mut random, &seeds), reading(&mut random));
        MEMORY.reset_peak_usage();
        let (before, start) = (MEMORY.current_usage(), Instant::now());
        let whole = std::panic::catch_unwind(|| table::read(&bytes, &reading));
        let (took, used) = (start.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        let Ok(whole) = whole else { panic!("case {case} panics on {reading:?}\n{}", text()) };
        assert!(took < Duration::from_secs(2), "case {case} takes {took:?}\n{}", text());
        // A workbook is packed: what it unpacks to is bounded by a limit of its own.
        let packed = bytes.starts_with(b"PK");
        assert!(
            packed || used < (1 << 20) + 200 * bytes.len(),
            "case {case}: {used} bytes for {}\n{}",
            bytes.len(),
            text()
        );
        match &whole {
            Ok(table) => {
                read += 1;
                check(table);
                if !packed && case % 8 == 0 {
                    let mut reader = Reader::new(reading.clone());
                    let fed = bytes.chunks(1 + random.below(50)).try_for_each(|piece| reader.feed(piece));
                    let pieces = fed.and_then(|()| reader.finish());
                    assert_eq!(
                        format!("{pieces:?}"),
                        format!("{whole:?}"),
                        "case {case}: the pieces matter\n{}",
                        text()
                    );
                }
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().ends_with('.'), "case {case}: {error}");
            }
        }
        case += 1;
    }
    println!("{case} mutated files: {read} read, {refused} refused");
    assert!(read > case / 20 && refused > case / 50, "both ways are tried: {read} read, {refused} refused");
}

#[test]
fn quantities_never_break() {
    let words = [
        "1", ".", ",", "e", "E", "-", "−", "+", "B", "M", "k", "%", ":", "/", " ", "\u{a0}", "0", "9", "tokens",
        "pile", "=", "{", "'", "🦀",
    ];
    for case in 0..60_000 {
        let mut random = Random(case);
        let text: String = (0..random.below(12)).map(|_| *random.pick(&words)).collect();
        assert!(Params::parse(&text).is_none_or(|p| p.0 > 0.0 && p.0.is_finite()), "{text}");
        assert!(Tokens::parse(&text).is_none_or(|t| t.0 >= 0.0 && t.0.is_finite()), "{text}");
        assert!(Share::parse(&text).is_none_or(|s| (0.0..=1.0).contains(&s.0)), "{text}");
        let file = format!(
            "tokens,mixture,general_loss\n1e9,\"{}\",2.5\n1e9,\"pile:0.3,code:0.7\",2.5\n1e9,\"pile:1,code:1\",2.5\n",
            text.replace('"', "")
        );
        let table = table::read(file.as_bytes(), &Reading::default()).unwrap();
        assert!(table.observations.domain_share.iter().flatten().all(|share| (0.0..=1.0).contains(share)), "{text}");
    }
}

/// Texts that are small and could cost much: time and memory stay within the file's measure.
#[test]
fn texts_made_to_be_slow_or_large_are_neither() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let many = |n: usize, piece: fn(usize) -> String| (0..n).map(piece).collect::<String>();
    let wide_header = format!("params,tokens,general_loss,{}\n", many(4000, |at| format!("c{at},")));
    let cases: Vec<(&str, String)> = vec![
        ("columns without end", format!("{}\n1\n", many(300_000, |at| format!("c{at},")))),
        ("many columns, short rows", wide_header + &many(300_000, |_| "1e9\n".to_owned())),
        ("the same header", format!("params,tokens,loss,{}\n1e9,1e9,2.5\n", "a,".repeat(4000))),
        (
            "a set a row",
            format!("params,tokens,eval_set,loss\n{}", many(60_000, |at| format!("1e9,{at}e6,set{at},2.5\n"))),
        ),
        ("a run a row", format!("run,tokens,loss\n{}", many(100_000, |at| format!("run{at},1e9,2.5\n")))),
        ("a set again and again", format!("params,tokens,eval_set,loss\n{}", "1e9,1e9,c4,2.5\n".repeat(100_000))),
        ("brackets", "[".repeat(2_000_000)),
        ("braces", "{\"a\":".repeat(400_000)),
        ("a quote at the start", format!("params,tokens,loss\n\"{}", "1e9,1e9,2.5\n".repeat(100_000))),
        ("one cell", format!("params,tokens,loss\n1e9,1e9,{}\n1e9,1e9,2.5\n", "9".repeat(2_000_000))),
        ("runs of spaces", format!("params  tokens  loss\n1e9  1e9  2.5{}\n", " ".repeat(2_000_000))),
        ("comments", format!("{}params,tokens,loss\n1e9,1e9,2.5\n", "#\n".repeat(500_000))),
        ("numbers in a log", format!("step 1 loss 2.5 {}\n", many(100_000, |at| format!("x{at} {at} ")))),
        ("corpora in a cell", format!("tokens,mix,loss\n1e9,\"{}\",2.5\n", many(100_000, |at| format!("a{at}:1,")))),
        (
            "names of JSON",
            format!("{{\"tokens\":1e9,\"loss\":2.5,{}\"z\":1}}\n", many(100_000, |at| format!("\"k{at}\":1,"))),
        ),
    ];
    for (name, text) in cases {
        MEMORY.reset_peak_usage();
        let (before, start) = (MEMORY.current_usage(), Instant::now());
        let result = table::read(text.as_bytes(), &Reading::default());
        let (took, used) = (start.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        println!(
            "{name}: {} KB, {took:?}, {} KB: {}",
            text.len() >> 10,
            used >> 10,
            match &result {
                Ok(table) => format!("{} observations", table.observations.len()),
                Err(error) => error.to_string().chars().take(100).collect(),
            }
        );
        assert!(took < Duration::from_secs(5), "{name} takes {took:?}");
        assert!(used < (24 << 20) + 60 * text.len(), "{name}: {used} bytes for {}", text.len());
        if let Ok(table) = &result {
            check(table);
        }
    }
}

/// `tools/make_malformed.py` says what is wrong with each: it is refused, or read with problems, every number that comes
/// out is one of the good table, and the rows that the fault leaves untouched are all there.
#[test]
fn two_hundred_malformed_files_are_refused_or_read_with_problems() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/malformed.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let (mut refused, mut read, mut wrong) = (0, 0, Vec::new());
    for (number, line) in text.lines().enumerate() {
        let case: Value = serde_json::from_str(line).unwrap();
        let fault = case["fault"].as_str().unwrap();
        let bytes: Vec<u8> = match case["file"].as_str().unwrap() {
            file if fault.contains("UTF-8") || fault.contains("UTF-16") || fault.contains("packed") => {
                file.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
            }
            file => file.as_bytes().to_vec(),
        };
        let table = match table::read(&bytes, &Reading::default()) {
            Ok(table) => table,
            Err(error) => {
                refused += 1;
                assert!(error.to_string().ends_with('.'), "{number} {fault}: {error}");
                if case["untouched"].as_array().is_some_and(|rows| !rows.is_empty()) {
                    wrong.push(format!("{number} {fault}: refused though rows are good: {error}"));
                }
                continue;
            }
        };
        read += 1;
        if table.problems.kept.is_empty() {
            wrong.push(format!("{number} {fault}: read without a word"));
        }
        let said: Vec<String> = table.problems.kept.iter().map(ToString::to_string).collect();
        let rows = numbers(&table.observations, fault.contains("mixture"));
        let good: Vec<Vec<f64>> = case["good"].as_array().unwrap().iter().map(list).collect();
        for (row, line) in rows.iter().zip(&table.observations.line) {
            let named = said.iter().any(|sentence| sentence.starts_with(&format!("Row {line}")));
            if !named && !good.iter().any(|good| same(row, good)) {
                wrong.push(format!("{number} {fault}: row {line} is {row:?}, and nothing was said: {said:?}"));
            }
        }
        for good in case["untouched"].as_array().into_iter().flatten().map(list) {
            if !rows.iter().any(|row| same(row, &good)) {
                wrong.push(format!("{number} {fault}: {good:?} is lost: {said:?}"));
            }
        }
    }
    println!("200 malformed files: {refused} refused, {read} read with problems");
    assert_eq!(refused + read, 200);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|cell| cell.as_f64().unwrap()).collect()
}

/// Size, tokens, ratio and the two losses of each row; NaN where there is none. The ratio of a mixture is another's.
fn numbers(o: &Observations, mixture: bool) -> Vec<Vec<f64>> {
    let axis = |axis: &Option<Vec<f64>>, row: usize| axis.as_ref().map_or(f64::NAN, |axis| axis[row]);
    let loss = |name: &str, row: usize| {
        o.losses.iter().find(|loss| loss.name == name).map_or(f64::NAN, |loss| loss.values[row])
    };
    (0..o.len())
        .map(|row| {
            let share = if mixture { f64::NAN } else { axis(&o.domain_share, row) };
            vec![axis(&o.size, row), axis(&o.tokens, row), share, loss("general_loss", row), loss("domain_loss", row)]
        })
        .collect()
}

/// Whether every number of a row is the good row's; one that is not there is not wrong.
fn same(row: &[f64], good: &[f64]) -> bool {
    row.iter().zip(good).all(|(a, b)| a.is_nan() || (a - b).abs() <= 1e-9 * b.abs())
}
