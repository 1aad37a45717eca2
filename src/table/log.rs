//! From a log to rows: lines that name a step and a loss, "step 100 loss 2.5", with whatever else stands around them.
//!
//! A pair is a number and the words before it: `lm loss: 2.504220E+00`, `loss=2.5`, `'eval_loss': 2.1`. Megatron's
//! lines, those of the Hugging Face trainer (a Python dict a line) and what people print themselves are all such pairs.
//! Each line with a loss is a row; where it names no step, the step of the line before holds.

use super::Role;
use super::header::{self, words};
use super::rows::{Record, Row};
use std::collections::HashMap;

/// Log lines are looked for in this many lines of the head.
const LOOKED_AT: usize = 400;
/// Columns a log may have: a text with more kinds of numbers is no log.
const COLUMNS: usize = 200;

/// A log being split into rows.
pub(super) struct Log {
    names: Vec<String>,
    index: HashMap<String, usize>,
    /// The unfinished last line.
    rest: String,
    line: u32,
    /// The step that was named last, by column.
    step: Option<(usize, String)>,
    /// Columns that hold from line to line until they are named again, and their last number: the batch size.
    set_up: Vec<(usize, String)>,
    header_sent: bool,
    record: Record,
}

/// A number and what it is called.
#[derive(Debug, PartialEq)]
struct Pair<'a> {
    name: String,
    number: &'a str,
}

/// Whether a text is a log: one line in ten or more names a step and a loss, and the first such line is no header.
pub(super) fn is_log(head: &str) -> bool {
    let lines = || head.lines().map(str::trim).filter(|line| !line.is_empty()).take(LOOKED_AT);
    let logged = lines().filter(|line| is_row(&pairs(line))).count();
    logged > 0 && 10 * logged >= lines().count()
}

/// Whether the first line that is not blank is a log's: then no header is to be expected.
pub(super) fn opens_as_log(head: &str) -> bool {
    head.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| is_row(&pairs(line)))
}

fn is_row(pairs: &[Pair<'_>]) -> bool {
    pairs.iter().any(|pair| is_step(&pair.name)) && pairs.iter().any(|pair| is_loss(&pair.name))
}

fn is_step(name: &str) -> bool {
    matches!(name, "step" | "global_step" | "global step" | "iteration" | "iter" | "epoch" | "tokens" | "it")
}

fn is_loss(name: &str) -> bool {
    let has = |word: &str| words(name).iter().any(|w| w == word);
    (has("loss") || has("ppl") || has("perplexity") || has("nll") || has("bpb")) && !has("scale")
}

impl Log {
    /// Settles the columns from the head of the text.
    pub fn new(head: &str) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut index = HashMap::new();
        for line in head.lines() {
            let pairs = pairs(line);
            if !pairs.iter().any(|pair| is_loss(&pair.name)) {
                continue;
            }
            for pair in pairs {
                if !index.contains_key(&pair.name) && names.len() < COLUMNS {
                    index.insert(pair.name.clone(), names.len());
                    names.push(pair.name);
                }
            }
        }
        let lasting = |name: &String| {
            header::read(name)
                .role
                .is_some_and(|role| matches!(role, Role::BatchSize | Role::TokensPerStep | Role::SequenceLength))
        };
        let set_up =
            names.iter().enumerate().filter(|(_, name)| lasting(name)).map(|(at, _)| (at, String::new())).collect();
        Self {
            names,
            index,
            rest: String::new(),
            line: 0,
            step: None,
            set_up,
            header_sent: false,
            record: Record::default(),
        }
    }

    /// Splits more text; the first row is the header.
    pub fn feed(&mut self, text: &str, last: bool, emit: &mut dyn FnMut(Row<'_>)) {
        if !self.header_sent {
            self.header_sent = true;
            self.record.clear();
            self.names.iter().for_each(|name| self.record.push(name));
            emit(self.record.row(1));
        }
        let mut text = text;
        while let Some((line, after)) = text.split_once('\n') {
            if self.rest.is_empty() {
                self.log_line(line, emit);
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.push_str(line);
                self.log_line(&whole, emit);
            }
            text = after;
        }
        self.rest.push_str(text);
        if last && !self.rest.is_empty() {
            let whole = std::mem::take(&mut self.rest);
            self.log_line(&whole, emit);
        }
    }

    fn log_line(&mut self, line: &str, emit: &mut dyn FnMut(Row<'_>)) {
        self.line = self.line.saturating_add(1);
        let pairs = pairs(line);
        let mut named = false;
        for pair in pairs.iter().filter(|pair| is_step(&pair.name)) {
            if let Some(at) = self.index.get(&pair.name) {
                if !named {
                    self.step = Some((*at, pair.number.to_owned()));
                }
                named = true;
            }
        }
        if !pairs.iter().any(|pair| is_loss(&pair.name)) {
            return;
        }
        let mut cells: Vec<&str> = vec![""; self.names.len()];
        for pair in &pairs {
            // The first of a name counts: what repeats later on a line is a summary.
            if let Some(place) = self.index.get(&pair.name).and_then(|at| cells.get_mut(*at))
                && place.is_empty()
            {
                *place = pair.number;
            }
        }
        if let (false, Some((at, step))) = (named, &self.step)
            && let Some(place) = cells.get_mut(*at)
        {
            *place = step;
        }
        for (at, last) in &mut self.set_up {
            match cells.get_mut(*at) {
                Some(place) if place.is_empty() => *place = last,
                Some(place) => *last = (*place).to_owned(),
                None => {}
            }
        }
        self.record.clear();
        cells.iter().for_each(|cell| self.record.push(cell));
        emit(self.record.row(self.line));
    }
}

/// The pairs of a line. A line that says it is of a validation names its losses so: "validation lm loss value".
fn pairs(line: &str) -> Vec<Pair<'_>> {
    let mut all: Vec<Pair<'_>> = Vec::new();
    let mut validation = false;
    let bytes = line.as_bytes();
    // End of the number before: names start after it.
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let opens = matches!(before, None | Some(b' ' | b'\t' | b'=' | b':' | b'\'' | b'"' | b'('));
        let signed = matches!(byte, b'-' | b'+' | b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !opens || !(byte.is_ascii_digit() || signed) {
            at += 1;
            continue;
        }
        let end = number_end(bytes, at);
        let (name, says_validation) = name(line.get(from..at).unwrap_or_default());
        validation |= says_validation;
        let number = line.get(at..end).unwrap_or_default();
        if !name.is_empty() {
            all.push(Pair { name, number });
        }
        (from, at) = (end, end.max(at + 1));
    }
    if validation {
        for pair in all.iter_mut().filter(|pair| is_loss(&pair.name)) {
            if !words(&pair.name)
                .iter()
                .any(|w| w == "val" || w.starts_with("valid") || w.starts_with("eval") || w == "test")
            {
                pair.name.insert_str(0, "validation ");
            }
        }
    }
    all
}

/// The end of the number that starts at `at`: digits, a point, an exponent, a suffix such as B.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let is = |at: usize, wanted: fn(&u8) -> bool| bytes.get(at).is_some_and(wanted);
    let mut end = at + 1;
    while is(end, |b| b.is_ascii_digit() || *b == b'.')
        || (bytes.get(end) == Some(&b',') && (1..=3).all(|next| is(end + next, u8::is_ascii_digit)))
    {
        end += 1;
    }
    if is(end, |b| matches!(b, b'e' | b'E')) {
        let sign = usize::from(is(end + 1, |b| matches!(b, b'+' | b'-')));
        if is(end + 1 + sign, u8::is_ascii_digit) {
            end += 1 + sign;
            while is(end, u8::is_ascii_digit) {
                end += 1;
            }
        }
    }
    if is(end, |b| b"kKMBT%".contains(b)) && !is(end + 1, u8::is_ascii_alphanumeric) {
        end += 1;
    }
    // "12:00:05" and "3/5": the sentence's own stop is no part of the number.
    if bytes.get(end - 1) == Some(&b'.') { end - 1 } else { end }
}

/// The name that the text before a number ends with, and whether it speaks of a validation.
fn name(before: &str) -> (String, bool) {
    let before =
        before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '=' | ':' | '\'' | '"' | '(' | '~'));
    let start = before
        .rfind(|c: char| matches!(c, ',' | '|' | ';' | '{' | '[' | ']' | ')' | '>' | '=' | ':' | '\'' | '"' | '\t'))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let phrase = before.get(start..).unwrap_or_default();
    let phrase = phrase.rsplit(" - ").next().unwrap_or_default().rsplit(". ").next().unwrap_or_default();
    let phrase = phrase.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '%'));
    let lower = phrase.to_lowercase();
    let last = lower.split_whitespace().last().unwrap_or_default();
    let validation = words(&lower).iter().any(|w| w.starts_with("valid") || w.starts_with("eval"));
    if is_step(last) || matches!(last, "steps" | "iterations") {
        let step = if matches!(last, "iteration" | "iter" | "it" | "iterations" | "steps") { "step" } else { last };
        return (step.to_owned(), validation);
    }
    // A name of more words than four is a sentence.
    let short = phrase.split_whitespace().count() <= 4;
    let named = phrase.chars().any(char::is_alphabetic);
    (if short && named { phrase.to_owned() } else { String::new() }, false)
}

#[cfg(test)]
mod tests {
    use super::{is_log, opens_as_log, pairs};

    #[test]
    fn pairs_of_what_people_log() {
        for (line, expected) in [
            ("step 100 loss 2.5", "step=100 loss=2.5"),
            ("step=100, loss=2.5, tokens=1.2B lr=1e-4", "step=100 loss=2.5 tokens=1.2B lr=1e-4"),
            (
                "[2024-01-02 12:00:05] INFO Step 100/5000: train loss 2.53, val loss 2.61",
                "step=100 train loss=2.53 val loss=2.61",
            ),
            (
                " iteration      122/  250000 | consumed samples:       124928 | learning rate: 9.150E-06 | lm loss: 2.504220E+00 | loss scale: 1.0 |",
                "step=122 consumed samples=124928 learning rate=9.150E-06 lm loss=2.504220E+00 loss scale=1.0",
            ),
            (
                " validation loss at iteration 168000 | lm loss value: 2.342049E+00 | lm loss PPL: 1.040253E+01 |",
                "step=168000 validation lm loss value=2.342049E+00 validation lm loss PPL=1.040253E+01",
            ),
            ("{'loss': 2.5, 'learning_rate': 5e-05, 'epoch': 0.1}", "loss=2.5 learning_rate=5e-05 epoch=0.1"),
            ("Epoch 3 - loss: 2.5.", "epoch=3 loss=2.5"),
            ("nothing here", ""),
        ] {
            let found: Vec<String> = pairs(line).iter().map(|p| format!("{}={}", p.name, p.number)).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
        assert!(is_log("Loading.\nstep 1 loss 2\n") && !opens_as_log("Loading.\nstep 1 loss 2\n"));
        assert!(!is_log("step,loss\n1,2.5\n") && !is_log("step loss\n1 2.5\n"));
    }
}
