//! Several files read as one table: stacked where they have the same columns, joined by a key where they don't, as
//! mixtures in one file and their losses in another.
//!
//! Every file is held as text until all are there: memory is bounded by the files.

use super::cells;
use super::decode::Decoder;
use super::found::{Encoding, Form, Part, Tracker};
use super::header;
use super::problem::{Problem, Problems, ReadError};
use super::reader::{self, Body, Need};
use super::rows::{Record, Row, Rows};
use super::tracker;
use super::{Reader, Reading, Role, Table};
use std::collections::{HashMap, HashSet};

/// A file in memory.
#[derive(Debug, Clone, Copy)]
pub struct NamedBytes<'a> {
    /// The file's name; it names a run where nothing else does.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A file as rows below a header.
struct Loose<'a> {
    name: &'a str,
    encoding: Encoding,
    form: Form,
    tracker: Option<Tracker>,
    header: Vec<String>,
    units: Vec<String>,
    rows: Rows,
    last_line: u32,
}

/// Reads several files as one table.
///
/// Files with the same columns are stacked; lines then count on from file to file, see [`Table::parts`]. Else they are
/// joined by the columns they share, each row of the longest with the one row of every other that has the same values.
///
/// # Errors
/// As [`super::read`], with the file's name before what is wrong with it.
pub fn read_files(files: &[NamedBytes<'_>], reading: &Reading) -> Result<Table, ReadError> {
    read_as(files, reading, Need::Observations)
}

/// The same of files that must have this much.
pub(super) fn read_as(files: &[NamedBytes<'_>], reading: &Reading, need: Need) -> Result<Table, ReadError> {
    if let [one] = files {
        let mut reader = Reader::asking_for(need, reading.clone());
        reader.feed(one.bytes)?;
        return reader.finish();
    }
    let mut problems = Problems::default();
    let mut loose = Vec::with_capacity(files.len());
    for file in files {
        let name = file.name.to_owned();
        loose.push(
            split(file, reading, &mut problems).map_err(|error| ReadError::InFile { name, error: Box::new(error) })?,
        );
    }
    let Some(first) = loose.first() else { return Err(ReadError::Empty) };
    let (encoding, form) = (first.encoding, first.form);
    let found = loose.iter().find_map(|file| file.tracker);
    let (header, units, rows, parts) = if is_stack(&loose) { stack(&loose) } else { join(loose, &mut problems)? };
    let body = Body::new(header, units, rows, form, found, (reading, need), &mut problems)?;
    let mut table = body.finish(problems, encoding, form)?;
    table.parts = parts;
    Ok(table)
}

fn split<'a>(file: &NamedBytes<'a>, reading: &Reading, problems: &mut Problems) -> Result<Loose<'a>, ReadError> {
    let mut decoder = Decoder::new(reading.encoding);
    let mut text = String::new();
    decoder.feed(file.bytes, true, &mut |piece| text.push_str(piece))?;
    if decoder.is_unmarked() {
        problems.ask(Problem::Encoding { encoding: decoder.encoding() });
    }
    let (form, mut splitter) = reader::form(&text, true, reading.delimiter)?.ok_or(ReadError::Json)?;
    let mut rows = Rows::default();
    splitter.feed(&text, true, &mut |row| rows.push(row));
    let tracker = splitter.tracker();
    splitter.say(problems);
    let last_line = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    drop(text);
    let head = cells::header(&rows, problems)?;
    let (by_header, shape, header) = tracker::shape(head.names);
    problems.kept.extend(shape.question());
    let mut units = head.units;
    units.resize(header.len(), String::new());
    let mut shaped = Rows::default();
    let mut record = Record::default();
    for row in rows.from(head.rows) {
        shape.reshape(row, &mut record, &mut |row| shaped.push(row));
    }
    if shaped.len() == 0 {
        return Err(ReadError::HeaderOnly);
    }
    Ok(Loose {
        name: file.name,
        encoding: decoder.encoding(),
        form,
        tracker: tracker.or(by_header),
        header,
        units,
        rows: shaped,
        last_line,
    })
}

/// Whether the files are stacked: each has most columns of the first.
fn is_stack(files: &[Loose<'_>]) -> bool {
    let Some((first, rest)) = files.split_first() else { return true };
    let shared = |file: &Loose<'_>| file.header.iter().filter(|name| first.header.contains(name)).count();
    let alike = |file: &Loose<'_>| 5 * shared(file) >= 4 * file.header.len().max(first.header.len());
    rest.iter().all(alike)
}

type Joined = (Vec<String>, Vec<String>, Rows, Vec<Part>);

fn stack(files: &[Loose<'_>]) -> Joined {
    let mut header: Vec<String> = Vec::new();
    let mut units: Vec<String> = Vec::new();
    for file in files {
        for (name, unit) in file.header.iter().zip(&file.units) {
            if !header.contains(name) {
                header.push(name.clone());
                units.push(unit.clone());
            }
        }
    }
    let places: Vec<Vec<Option<usize>>> = files
        .iter()
        .map(|file| header.iter().map(|name| file.header.iter().position(|own| own == name)).collect())
        .collect();
    // A file is a run where no column names runs, and TensorBoard's file names say what curve each holds.
    let named = header.iter().any(|name| header::read(name).role == Some(Role::Run));
    let curves: Vec<Option<(&str, &str)>> = files.iter().map(|file| curve(file.name)).collect();
    let by_curve = !named && curves.iter().all(Option::is_some);
    if by_curve {
        header.extend(["run".to_owned(), "tag".to_owned()]);
    } else if !named {
        header.push("run".to_owned());
    }
    units.resize(header.len(), String::new());
    let mut rows = Rows::default();
    let mut parts = Vec::with_capacity(files.len());
    let mut record = Record::default();
    let mut before = 0u32;
    for ((file, places), curve) in files.iter().zip(&places).zip(&curves) {
        for row in file.rows.from(0) {
            record.clear();
            places.iter().for_each(|at| record.push(at.map_or("", |at| row.cell(at))));
            match curve {
                Some((run, tag)) if by_curve => {
                    record.push(run);
                    record.push(tag);
                }
                _ if !named => record.push(stem(file.name)),
                _ => {}
            }
            rows.push(record.row(before.saturating_add(row.line)));
        }
        parts.push(Part { name: file.name.to_owned(), before });
        before = before.saturating_add(file.last_line);
    }
    (header, units, rows, parts)
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The run and the tag of TensorBoard's download: `run-NAME-tag-TAG.csv`.
fn curve(name: &str) -> Option<(&str, &str)> {
    stem(name).strip_prefix("run-")?.split_once("-tag-")
}

fn join(mut files: Vec<Loose<'_>>, problems: &mut Problems) -> Result<Joined, ReadError> {
    let longest = (0..files.len()).max_by_key(|at| (files[*at].rows.len(), usize::MAX - at)).unwrap_or(0);
    let parts = files.iter().map(|file| Part { name: file.name.to_owned(), before: 0 }).collect();
    let base = files.swap_remove(longest);
    let (mut header, mut units, mut rows) = (base.header, base.units, base.rows);
    for file in files {
        let keys: Vec<(usize, usize)> = header
            .iter()
            .enumerate()
            .filter_map(|(at, name)| Some((at, file.header.iter().position(|own| own == name)?)))
            .collect();
        if keys.is_empty() {
            return Err(ReadError::NoKey { one: base.name.to_owned(), other: file.name.to_owned() });
        }
        let key_name = keys.iter().map(|(at, _)| header[*at].clone()).collect::<Vec<_>>().join(", ");
        let key = |row: Row<'_>, side: fn(&(usize, usize)) -> usize| {
            keys.iter().map(|pair| row.cell(side(pair))).collect::<Vec<_>>().join("\u{1f}")
        };
        let mut partners: HashMap<String, usize> = HashMap::with_capacity(file.rows.len());
        for (at, row) in file.rows.from(0).enumerate() {
            if partners.insert(key(row, |pair| pair.1), at).is_some() {
                let (file, row) = (file.name.to_owned(), row.line as usize);
                return Err(ReadError::KeyTwice { key: key_name, file, row });
            }
        }
        let added: Vec<usize> = (0..file.header.len()).filter(|at| !keys.iter().any(|(_, own)| own == at)).collect();
        let mut joined = Rows::default();
        let mut record = Record::default();
        let mut met = HashSet::new();
        let mut alone = 0;
        for row in rows.from(0) {
            let Some(partner) = partners.get(&key(row, |pair| pair.0)).copied() else {
                alone += 1;
                continue;
            };
            met.insert(partner);
            record.clear();
            (0..header.len()).for_each(|at| record.push(row.cell(at)));
            let beside = file.rows.row(partner);
            added.iter().for_each(|at| record.push(beside.cell(*at)));
            joined.push(record.row(row.line));
        }
        for (name, rows) in [(base.name, alone), (file.name, file.rows.len() - met.len())] {
            if rows > 0 {
                problems.ask(Problem::Unjoined { key: key_name.clone(), file: name.to_owned(), rows });
            }
        }
        if joined.len() == 0 {
            return Err(ReadError::NoKey { one: base.name.to_owned(), other: file.name.to_owned() });
        }
        header.extend(added.iter().map(|at| file.header[*at].clone()));
        units.extend(added.iter().map(|at| file.units[*at].clone()));
        rows = joined;
    }
    Ok((header, units, rows, parts))
}
