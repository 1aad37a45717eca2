//! From JSON to rows: an array of objects, objects line by line, one object that holds a table, and the JSON of MLflow
//! and lm-evaluation-harness. Each object is found by its braces as the text comes and parsed alone, so that a file
//! of any length needs the memory of its longest object.
//!
//! Nested objects become columns with a dot between the names: `{"config": {"lr": 1}}` is the column `config.lr`.
//! Python writes `NaN` and `Infinity`, which are no JSON: they are read as no value.

use super::found::Tracker;
use super::rows::{Record, Row};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// A value of JSON; objects keep the order of their keys.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    /// A number, a text, true, false; blank for null.
    Plain(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Plain(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Plain(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Plain(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            all.push(entry);
        }
        Ok(Value::Object(all))
    }
}

/// One row before the columns are known: names and cells.
type Pairs = Vec<(String, String)>;

/// JSON being split into rows.
pub(super) struct Json {
    scanner: Scanner,
    /// The columns by name; a name that comes later than the head is counted in `late`.
    index: HashMap<String, usize>,
    names: Vec<String>,
    /// Names that came after the columns were settled.
    late: Vec<String>,
    /// Lines of values that could not be parsed.
    broken: Vec<u32>,
    tracker: Option<Tracker>,
    header_sent: bool,
    record: Record,
}

/// Names of late columns that are kept: enough to say which.
const LATE: usize = 8;
/// Lines of broken values that are kept: as many as problems.
const BROKEN: usize = 1000;

impl Json {
    /// Settles the columns from the head of the text; `None` where no object could be parsed in it.
    pub fn new(head: &str, last: bool) -> Option<Self> {
        let mut names = Vec::new();
        let mut index = HashMap::new();
        let mut tracker = None;
        let mut any = false;
        Scanner::default().feed(head, last, &mut |text, _| {
            let Some(value) = parse(text) else { return };
            for pairs in rows(value, &mut tracker) {
                any = true;
                for (name, _) in pairs {
                    let next = names.len();
                    index.entry(name).or_insert_with_key(|name| {
                        names.push(name.clone());
                        next
                    });
                }
            }
        });
        any.then(|| Self {
            scanner: Scanner::default(),
            index,
            names,
            late: Vec::new(),
            broken: Vec::new(),
            tracker,
            header_sent: false,
            record: Record::default(),
        })
    }

    /// The program that wrote it, where that was recognised.
    pub fn tracker(&self) -> Option<Tracker> {
        self.tracker
    }

    /// Names of columns that came after the head, and are not read.
    pub fn late(&self) -> &[String] {
        &self.late
    }

    /// Lines of values that are no JSON.
    pub fn broken(&self) -> &[u32] {
        &self.broken
    }

    /// Splits more text; the first row is the header.
    pub fn feed(&mut self, text: &str, last: bool, emit: &mut dyn FnMut(Row<'_>)) {
        if !self.header_sent {
            self.header_sent = true;
            self.record.clear();
            self.names.iter().for_each(|name| self.record.push(name));
            emit(self.record.row(1));
        }
        let Self { scanner, index, names, late, broken, tracker, record, .. } = self;
        let mut cells: Vec<String> = Vec::new();
        scanner.feed(text, last, &mut |text, line| {
            let Some(value) = parse(text) else {
                if broken.len() < BROKEN {
                    broken.push(line);
                }
                return;
            };
            for pairs in rows(value, tracker) {
                cells.clear();
                cells.resize(names.len(), String::new());
                for (name, cell) in pairs {
                    match index.get(&name).and_then(|at| cells.get_mut(*at)) {
                        Some(place) => *place = cell,
                        None if late.len() < LATE && !late.contains(&name) => late.push(name),
                        None => {}
                    }
                }
                record.clear();
                cells.iter().for_each(|cell| record.push(cell));
                emit(record.row(line));
            }
        });
    }
}

fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&without_nan(text)?).ok())
}

/// The text with Python's `NaN`, `Infinity` and `-Infinity` as null; `None` where there are none.
fn without_nan(text: &str) -> Option<String> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| !quoted && rest.starts_with(word));
        if let Some(word) = word {
            out.push_str("null");
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        quoted ^= letter == '"' && !escaped;
        escaped = quoted && letter == '\\' && !escaped;
        out.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    Some(out)
}

/// The rows a top-level value holds.
fn rows(value: Value, tracker: &mut Option<Tracker>) -> Vec<Pairs> {
    match value {
        Value::Object(entries) => object(entries, tracker),
        // TensorBoard's download as JSON: [wall time, step, value].
        Value::Array(items) if items.len() == 3 && items.iter().all(|item| matches!(item, Value::Plain(_))) => {
            *tracker = Some(Tracker::TensorBoard);
            let names = ["Wall time", "Step", "Value"];
            let cells =
                items.into_iter().filter_map(|item| if let Value::Plain(cell) = item { Some(cell) } else { None });
            vec![names.into_iter().map(str::to_owned).zip(cells).collect()]
        }
        Value::Array(items) => items.into_iter().flat_map(|item| rows(item, tracker)).collect(),
        Value::Plain(_) => Vec::new(),
    }
}

fn object(entries: Vec<(String, Value)>, tracker: &mut Option<Tracker>) -> Vec<Pairs> {
    let is = |name: &str, wanted: fn(&Value) -> bool| entries.iter().any(|(key, value)| key == name && wanted(value));
    let is_object = |value: &Value| matches!(value, Value::Object(_));
    if is("results", is_object) && (is("config", is_object) || is("versions", is_object)) {
        *tracker = Some(Tracker::LmEvaluationHarness);
        return vec![evaluation(entries)];
    }
    // One array of objects, with maybe plain values beside it that hold for all: MLflow's {"metrics": [...]}, and the
    // trainer_state.json of Hugging Face's trainer.
    let tables = entries.iter().filter(|(_, value)| is_table(value)).count();
    let named = entries.iter().any(|(name, value)| is_table(value) && TABLES.contains(&name.as_str()));
    if tables == 1 && (named || entries.iter().all(|(_, value)| is_table(value) || matches!(value, Value::Plain(_)))) {
        return inner_table(entries, tracker);
    }
    // pandas' default: an object of columns, each an object by row or an array.
    if let Some(rows) = by_column(&entries) {
        return rows;
    }
    let mut pairs = Vec::new();
    entries.into_iter().for_each(|(name, value)| flatten(name, value, &mut pairs));
    if pairs.is_empty() { Vec::new() } else { vec![pairs] }
}

/// Names under which programs keep the rows of an object.
const TABLES: [&str; 6] = ["log_history", "metrics", "history", "rows", "data", "runs"];

fn is_table(value: &Value) -> bool {
    matches!(value, Value::Array(items) if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Object(_))))
}

fn inner_table(entries: Vec<(String, Value)>, tracker: &mut Option<Tracker>) -> Vec<Pairs> {
    let mut shared = Vec::new();
    let mut all = Vec::new();
    for (name, value) in entries {
        match value {
            Value::Array(items) if items.iter().all(|item| matches!(item, Value::Object(_))) && !items.is_empty() => {
                let mlflow = |item: &Value| matches!(item, Value::Object(of) if ["key", "value", "step"].iter().all(|wanted| of.iter().any(|(key, _)| key == wanted)));
                if name == "metrics" && items.iter().all(mlflow) {
                    *tracker = Some(Tracker::Mlflow);
                }
                all = items;
            }
            plain @ Value::Plain(_) => flatten(name, plain, &mut shared),
            Value::Object(_) | Value::Array(_) => {}
        }
    }
    // The token that asks for MLflow's next page is no data.
    shared.retain(|(name, _)| name != "next_page_token");
    all.into_iter()
        .map(|item| {
            let mut pairs = Vec::new();
            if let Value::Object(entries) = item {
                entries.into_iter().for_each(|(name, value)| flatten(name, value, &mut pairs));
            }
            let beside: Pairs =
                shared.iter().filter(|(name, _)| !pairs.iter().any(|(own, _)| own == name)).cloned().collect();
            pairs.extend(beside);
            pairs
        })
        .collect()
}

/// `{"loss": {"0": 2.5, "1": 2.4}, …}` and `{"loss": [2.5, 2.4], …}`: at least two columns of equal length.
fn by_column(entries: &[(String, Value)]) -> Option<Vec<Pairs>> {
    let length = |value: &Value| match value {
        Value::Array(items) => Some(items.len()),
        Value::Object(items) if items.iter().all(|(key, _)| key.parse::<u64>().is_ok()) => Some(items.len()),
        _ => None,
    };
    let rows = length(&entries.first()?.1)?;
    if rows == 0 || entries.len() < 2 || !entries.iter().all(|(_, value)| length(value) == Some(rows)) {
        return None;
    }
    let mut table: Vec<Pairs> = vec![Vec::new(); rows];
    for (name, value) in entries {
        let cells: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(items) => items.iter().map(|(_, value)| value).collect(),
            Value::Plain(_) => Vec::new(),
        };
        for (pairs, cell) in table.iter_mut().zip(cells) {
            flatten(name.clone(), cell.clone(), pairs);
        }
    }
    Some(table)
}

fn flatten(name: String, value: Value, pairs: &mut Pairs) {
    match value {
        Value::Plain(cell) => pairs.push((name, cell)),
        Value::Object(entries) => {
            entries.into_iter().for_each(|(key, value)| flatten(format!("{name}.{key}"), value, pairs));
        }
        // A list in a cell has no column of its own; its numbers stay readable.
        Value::Array(items) => {
            let cells = items.into_iter().map(|item| if let Value::Plain(cell) = item { cell } else { "…".to_owned() });
            pairs.push((name, cells.collect::<Vec<_>>().join("-")));
        }
    }
}

/// A results file of lm-evaluation-harness is one row: its model, and a column a task and measure.
///
/// Keys are `measure,filter` from version 0.4 on, the bare measure before. Only measures of loss are read; a standard
/// error and an accuracy are none.
fn evaluation(entries: Vec<(String, Value)>) -> Pairs {
    let mut pairs = Vec::new();
    for (name, value) in entries {
        match (name.as_str(), value) {
            ("results", Value::Object(tasks)) => {
                for (task, measures) in tasks {
                    let Value::Object(measures) = measures else { continue };
                    for (measure, value) in measures {
                        let measure = measure.split(',').next().unwrap_or_default();
                        if ["bits_per_byte", "byte_perplexity", "word_perplexity", "perplexity", "loss"]
                            .contains(&measure)
                        {
                            flatten(format!("{task} {measure}"), value, &mut pairs);
                        }
                    }
                }
            }
            ("config", Value::Object(config)) => {
                for (key, value) in config {
                    match (key.as_str(), value) {
                        ("model_args", Value::Plain(arguments)) => model_arguments(&arguments, &mut pairs),
                        ("model_num_parameters", value) => flatten("model_num_parameters".into(), value, &mut pairs),
                        ("model_args", value @ Value::Object(_)) => flatten("model_args".into(), value, &mut pairs),
                        _ => {}
                    }
                }
            }
            ("model_name" | "model_source" | "tokenizer_name_or_path", value) => flatten(name, value, &mut pairs),
            _ => {}
        }
    }
    pairs
}

/// `pretrained=EleutherAI/pythia-160m,revision=step3000`: the model's name, and the step of a checkpoint of Pythia.
fn model_arguments(arguments: &str, pairs: &mut Pairs) {
    for argument in arguments.split(',') {
        match argument.split_once('=') {
            Some(("pretrained", model)) => pairs.push(("run".to_owned(), model.to_owned())),
            Some(("revision", revision)) => {
                if let Some(step) = revision.strip_prefix("step") {
                    pairs.push(("step".to_owned(), step.to_owned()));
                }
            }
            _ => {}
        }
    }
}

/// Finds the values of a text that comes in chunks: objects and lines' arrays, each from its opening to its closing
/// bracket, inside an outer array or one after the other.
#[derive(Debug, Default)]
struct Scanner {
    /// The value under way.
    value: String,
    /// Open brackets of the value under way.
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// Whether the value under way is an object, and the last letter of it that is not blank.
    object: bool,
    last: u8,
    /// Whether anything but blank stood in the text yet.
    begun: bool,
    line: u32,
    start: u32,
    /// Whether the file opens with the bracket of an array.
    array: bool,
    /// Whether each value has a line of its own, once the first is over: a line that is broken then breaks no other.
    lines: Option<bool>,
}

impl Scanner {
    fn feed(&mut self, text: &str, last: bool, value: &mut dyn FnMut(&str, u32)) {
        let bytes = text.as_bytes();
        // Start of what belongs to the value under way and is not yet copied.
        let mut from = 0;
        for (at, byte) in bytes.iter().enumerate() {
            self.line += u32::from(*byte == b'\n');
            if *byte == b'\n' {
                // No text of JSON holds a line's end: a quote that is open here was never closed.
                (self.quoted, self.escaped) = (false, false);
                if self.depth > 0 && self.lines == Some(true) {
                    self.value.push_str(text.get(from..at).unwrap_or_default());
                    self.end(value);
                }
                continue;
            }
            if self.quoted {
                self.quoted = self.escaped || *byte != b'"';
                self.escaped = *byte == b'\\' && !self.escaped;
                continue;
            }
            // Inside an object a brace follows a colon; else the object before was never closed, and a new one starts.
            if *byte == b'{' && self.depth == 1 && self.object && self.last != b':' {
                self.value.push_str(text.get(from..at).unwrap_or_default());
                self.end(value);
            }
            match byte {
                b'{' | b'[' => {
                    // The bracket that opens the file opens the list of the rows.
                    if self.depth == 0 && (self.begun || *byte == b'{') {
                        (from, self.start, self.object) = (at, self.line + 1, *byte == b'{');
                    }
                    self.array |= !self.begun && *byte == b'[';
                    self.depth += usize::from(self.begun || *byte == b'{');
                    self.begun = true;
                }
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.value.push_str(text.get(from..=at).unwrap_or_default());
                        self.lines.get_or_insert(!self.array && self.start == self.line + 1);
                        self.end(value);
                    }
                }
                b'"' if self.depth > 0 => self.quoted = true,
                byte => self.begun |= !byte.is_ascii_whitespace(),
            }
            if !byte.is_ascii_whitespace() {
                self.last = *byte;
            }
        }
        if self.depth > 0 {
            self.value.push_str(text.get(from..).unwrap_or_default());
            if last {
                // A bracket that is never closed: what is there of it is no value.
                self.end(value);
            }
        }
    }

    /// Gives out the value under way and starts anew.
    fn end(&mut self, value: &mut dyn FnMut(&str, u32)) {
        value(&self.value, self.start);
        self.value.clear();
        (self.depth, self.quoted, self.escaped) = (0, false, false);
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    /// The table of a text, fed in pieces of this length.
    fn table(text: &str, piece: usize) -> Vec<String> {
        let Some(mut json) = Json::new(text, true) else { return Vec::new() };
        let mut rows = Vec::new();
        let letters: Vec<char> = text.chars().collect();
        let mut pieces = letters.chunks(piece).peekable();
        while let Some(piece) = pieces.next() {
            let piece: String = piece.iter().collect();
            let last = pieces.peek().is_none();
            json.feed(&piece, last, &mut |row| rows.push(row.cells().collect::<Vec<_>>().join("|")));
        }
        rows
    }

    #[test]
    fn shapes_of_json_and_pieces_of_any_length() {
        for (text, expected) in [
            ("[{\"a\": 1, \"b\": {\"c\": \"x]}\\\"\"}},\n {\"a\": 2.5, \"d\": null}]", "a|b.c|d; 1|x]}\"|; 2.5||"),
            ("{\"a\":1}\n{\"a\": \"open\n{\"a\":3}\n", "a; 1; 3"),
            ("{\"a\":1}\n{\"a\":NaN,\"b\":\"NaN\"}\n", "a|b; 1|; |NaN"),
            ("{\"loss\": {\"0\": 2.5, \"1\": 2.4}, \"n\": {\"0\": 1, \"1\": 2}}", "loss|n; 2.5|1; 2.4|2"),
            ("{\"loss\": [2.5, 2.4], \"n\": [1, 2]}", "loss|n; 2.5|1; 2.4|2"),
            (
                "[[1690000000.5, 10, 2.5], [1690000001.5, 20, 2.25]]",
                "Wall time|Step|Value; 1690000000.5|10|2.5; 1690000001.5|20|2.25",
            ),
            ("{\"run\":\"r\",\"metrics\":[{\"key\":\"l\",\"value\":1.5,\"step\":0}]}", "key|value|step|run; l|1.5|0|r"),
        ] {
            for piece in [1, 2, 3, 7, 1000] {
                assert_eq!(table(text, piece).join("; "), expected, "{text} in pieces of {piece}");
            }
        }
        assert!(table("[]", 1).is_empty() && table("{}", 1).is_empty() && table("[1, 2]", 1).is_empty());
        let deep = "[".repeat(100_000);
        assert!(table(&deep, 1000).is_empty());
    }
}
