//! From JSON to rows: an array of objects, objects line by line, one object that holds a table, and the JSON of MLflow
//! and lm-evaluation-harness. Each object is found by its braces as the text comes and parsed alone, so that a file
//! of any length needs the memory of its longest object.
//!
//! Nested objects become columns with a dot between the names: `{"config": {"lr": 1}}` is the column `config.lr`.
//! Python writes `NaN` and `Infinity`, which are no JSON: they are read as no value.

mod scanner;
mod value;

use self::scanner::Scanner;
use self::value::{Value, parse};
use super::found::Tracker;
use super::rows::{Record, Row};
use std::collections::HashMap;

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
