//! A file read as its bytes come. The head, a few megabytes, is kept until it is known what the file is; what follows
//! goes straight to numbers, so that memory is bounded by the numbers and not by the text.
//!
//! Files smaller than the head are looked at whole before anything is decided.

use super::assemble::Builder;
use super::cells::{self, Cells};
use super::decode::Decoder;
use super::delimited::{self, Delimited};
use super::found::{Encoding, Form, Tracker};
use super::json::Json;
use super::log::{self, Log};
use super::plan::Plan;
use super::problem::{Problem, Problems, ReadError};
use super::reading::{Delimiter, Reading};
use super::recognise::{self, Recognised};
use super::rows::{Record, Row, Rows};
use super::tracker::{self, Shape};
use super::{Role, Table, shortened};

/// Text that is kept until it is known what the file is.
const HEAD: usize = 4 << 20;
/// Bytes decoded at once: a whole file fed at once needs no more memory than one fed piece by piece.
const PIECE: usize = 1 << 20;
/// Rows kept as text for the preview: enough to see how a file goes on, little enough to send.
const PREVIEW_ROWS: usize = 200;

/// A file being read. Feed it chunks of any length, then finish it.
pub struct Reader {
    reading: Reading,
    need: Need,
    decoder: Decoder,
    problems: Problems,
    /// The text so far, until its form is known.
    head: String,
    /// Text that is looked at to find the form.
    wanted: usize,
    /// Bytes of the whole file, where they are known before it is read.
    expected: Option<u64>,
    stage: Option<Stage>,
}

/// What a file must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Losses, an axis and a row of both.
    Observations,
    /// Columns that a person can say more about.
    Columns,
}

/// What runs once the form is known.
struct Stage {
    form: Form,
    splitter: Splitter,
    body: Box<Body>,
}

/// What splits a text into rows.
pub(super) enum Splitter {
    Delimited(Box<Delimited>),
    Json(Json),
    Log(Log),
}

impl Splitter {
    /// Splits more text; the first row is the header.
    pub fn feed(&mut self, text: &str, last: bool, emit: &mut dyn FnMut(Row<'_>)) {
        match self {
            Self::Delimited(delimited) => delimited.feed(text, last, emit),
            Self::Json(json) => json.feed(text, last, emit),
            Self::Log(log) => log.feed(text, last, emit),
        }
    }

    /// The program that wrote the text, where its form tells.
    pub fn tracker(&self) -> Option<Tracker> {
        if let Self::Json(json) = self { json.tracker() } else { None }
    }

    /// What was wrong with the text as such, once all of it was split.
    pub fn say(&self, problems: &mut Problems) {
        match self {
            Self::Delimited(delimited) => {
                if let Some(row) = delimited.open_quote() {
                    problems.ask(Problem::OpenQuote { row: row as usize });
                }
            }
            Self::Json(json) => {
                json.broken().iter().for_each(|row| problems.push(Problem::Json { row: *row as usize }));
                if !json.late().is_empty() {
                    problems.ask(Problem::LateColumns { names: json.late().to_vec() });
                }
            }
            Self::Log(_) => {}
        }
    }
}

/// What the rows go into.
pub(super) struct Body {
    shape: Shape,
    tracker: Option<Tracker>,
    record: Record,
    builder: Builder,
    found: Recognised,
    preview: Vec<Vec<String>>,
    preview_lines: Vec<u32>,
    need: Need,
}

impl Reader {
    /// A reader of a file.
    pub fn new(reading: Reading) -> Self {
        Self::asking_for(Need::Observations, reading)
    }

    /// A reader that takes a file without losses, axes or usable rows, too; see [`super::outlined`].
    pub fn of_columns(reading: Reading) -> Self {
        Self::asking_for(Need::Columns, reading)
    }

    /// A reader of a file that must have this much.
    pub(super) fn asking_for(need: Need, reading: Reading) -> Self {
        let decoder = Decoder::new(reading.encoding);
        let problems = Problems::default();
        Self { reading, need, decoder, problems, head: String::new(), wanted: HEAD, expected: None, stage: None }
    }

    /// Makes room for a file of so many bytes at once, where it goes on as its head does: columns that grow by doubling
    /// need twice the memory.
    #[must_use]
    pub fn expecting(mut self, bytes: u64) -> Self {
        self.expected = Some(bytes);
        self
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// Where it is known already that nothing in the file can be used; see [`super::read`].
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        bytes.chunks(PIECE).try_for_each(|piece| self.decode(piece, false))
    }

    /// The table, once all bytes were fed.
    ///
    /// # Errors
    /// Where nothing in the file can be used; see [`super::read`].
    pub fn finish(mut self) -> Result<Table, ReadError> {
        self.decode(&[], true)?;
        let Some(Stage { form, splitter, body }) = self.stage.take() else {
            return Err(ReadError::Empty);
        };
        let mut problems = self.problems;
        if self.decoder.slips() > 0 {
            problems.ask(Problem::Slips { bytes: self.decoder.slips() });
        }
        if self.decoder.is_unmarked() {
            problems.ask(Problem::Encoding { encoding: self.decoder.encoding() });
        }
        splitter.say(&mut problems);
        body.finish(problems, self.decoder.encoding(), form)
    }

    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<(), ReadError> {
        let Self { decoder, stage, head, problems, .. } = self;
        match stage {
            Some(Stage { splitter, body, .. }) => {
                decoder.feed(bytes, last, &mut |text| {
                    splitter.feed(text, false, &mut |row| body.row(row, problems));
                })?;
                if last {
                    splitter.feed("", true, &mut |row| body.row(row, problems));
                }
                Ok(())
            }
            None => {
                decoder.feed(bytes, last, &mut |text| head.push_str(text))?;
                if !last && head.len() < self.wanted {
                    return Ok(());
                }
                // The head ends at the same letter however the bytes came.
                let mut end = self.wanted.min(head.len());
                while !head.is_char_boundary(end) {
                    end += 1;
                }
                let rest = head.split_off(end);
                self.begin(rest, last)
            }
        }
    }

    /// Decides what the file is, from its head, and reads the head.
    fn begin(&mut self, rest: String, last: bool) -> Result<(), ReadError> {
        let mut head = std::mem::take(&mut self.head);
        let whole = last && rest.is_empty();
        let Some((form, splitter)) = form(&head, whole, self.reading.delimiter)? else {
            // A value of JSON that is longer than the head: it takes more of the file.
            head.push_str(&rest);
            self.head = head;
            self.wanted *= 2;
            return if last { self.decode(&[], true) } else { Ok(()) };
        };
        self.start(form, splitter, &head, whole)?;
        drop(head);
        match &mut self.stage {
            Some(Stage { splitter, body, .. }) if !whole => {
                let problems = &mut self.problems;
                splitter.feed(&rest, last, &mut |row| body.row(row, problems));
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, form: Form, mut splitter: Splitter, head: &str, last: bool) -> Result<(), ReadError> {
        let mut rows = Rows::default();
        splitter.feed(head, last, &mut |row| rows.push(row));
        let header = cells::header(&rows, &mut self.problems)?;
        if rows.len() <= header.rows {
            return Err(ReadError::HeaderOnly);
        }
        let (by_header, shape, names) = tracker::shape(header.names);
        self.problems.kept.extend(shape.question());
        let mut units = header.units;
        units.resize(names.len(), String::new());
        let mut record = Record::default();
        let mut shaped = Rows::default();
        for row in rows.from(header.rows) {
            shape.reshape(row, &mut record, &mut |row| shaped.push(row));
        }
        drop(rows);
        let tracker = splitter.tracker().or(by_header);
        let mut body = Body::new(names, units, shaped, form, tracker, (&self.reading, self.need), &mut self.problems)?;
        body.shape = shape;
        if let (false, Some(bytes)) = (last, self.expected) {
            body.builder.make_room(bytes as f64 / head.len().max(1) as f64);
        }
        self.stage = Some(Stage { form, splitter, body: Box::new(body) });
        Ok(())
    }
}

/// The form of a text and what splits it; `None` where more of it is needed to tell.
pub(super) fn form(head: &str, last: bool, wanted: Option<Delimiter>) -> Result<Option<(Form, Splitter)>, ReadError> {
    let text = head.trim_start();
    if text.is_empty() {
        return Err(ReadError::Empty);
    }
    if wanted.is_none() && text.starts_with(['{', '[']) {
        if let Some(json) = Json::new(head, last) {
            return Ok(Some((Form::Json, Splitter::Json(json))));
        }
        // A log may open with a bracket too: "[12:00:05] step 1 …", or be a Python dict a line.
        if log::is_log(head) {
            return Ok(Some((Form::Log, Splitter::Log(Log::new(head)))));
        }
        return if last { Err(ReadError::Json) } else { Ok(None) };
    }
    let (said, rest) = said_delimiter(head);
    let sniffed = delimited::sniff(rest, wanted.or(said));
    let consistent = sniffed.agree > 1 && 2 * sniffed.agree > sniffed.lines;
    if wanted.is_none() && (log::opens_as_log(head) || (!consistent && log::is_log(head))) {
        return Ok(Some((Form::Log, Splitter::Log(Log::new(head)))));
    }
    let mut splitter = Delimited::new(sniffed.delimiter, sniffed.gap);
    if said.is_some() {
        splitter.skip_line();
    }
    Ok(Some((Form::Delimited(sniffed.delimiter), Splitter::Delimited(Box::new(splitter)))))
}

/// Excel's first line `sep=;`, and the text below it.
fn said_delimiter(head: &str) -> (Option<Delimiter>, &str) {
    let Some((first, rest)) = head.split_once('\n') else { return (None, head) };
    let said = match first.trim_end_matches('\r').to_ascii_lowercase().as_str() {
        "sep=," => Delimiter::Comma,
        "sep=;" => Delimiter::Semicolon,
        "sep=\t" => Delimiter::Tab,
        "sep=|" => Delimiter::Pipe,
        _ => return (None, head),
    };
    (Some(said), rest)
}

impl Body {
    /// Decides what the columns are, from the first rows, and reads those rows.
    pub fn new(
        names: Vec<String>,
        units: Vec<String>,
        shaped: Rows,
        form: Form,
        tracker: Option<Tracker>,
        (reading, need): (&Reading, Need),
        problems: &mut Problems,
    ) -> Result<Self, ReadError> {
        let cells = Cells::new(names, units, shaped, form == Form::Delimited(Delimiter::Comma));
        let found = recognise::columns(&cells, reading, tracker, problems);
        let has = |role: Role| found.columns.iter().any(|column| column.role == role);
        let strict = need == Need::Observations;
        if strict
            && ![Role::GeneralLoss, Role::DomainLoss, Role::OtherLoss, Role::Score, Role::Loss].into_iter().any(has)
        {
            return Err(ReadError::NoLoss { columns: cells.header });
        }
        let plan = Plan::new(&cells, &found, reading, problems);
        if strict && !plan.has_axis() {
            return Err(ReadError::NoAxis { columns: cells.header });
        }
        let sparse = !matches!(form, Form::Delimited(_)) || tracker.is_some();
        let builder = Builder::new(&cells, &found, plan, reading.domain.as_deref(), tracker, sparse, problems);
        let preview = cells.rows.from(0).take(PREVIEW_ROWS).map(|row| row.cells().map(shortened).collect()).collect();
        let record = Record::default();
        let preview_lines = cells.rows.from(0).take(PREVIEW_ROWS).map(|row| row.line).collect();
        let mut body = Self { shape: Shape::Plain, tracker, record, builder, found, preview, preview_lines, need };
        for row in cells.rows.from(0) {
            body.builder.row(row, problems);
        }
        Ok(body)
    }

    /// The table of all rows.
    pub fn finish(self, mut problems: Problems, encoding: Encoding, form: Form) -> Result<Table, ReadError> {
        let Self { builder, found, preview, preview_lines, tracker, need, .. } = self;
        if encoding == Encoding::Windows1252 {
            problems.ask(Problem::Encoding { encoding });
        }
        let rows = builder.rows();
        let assembled = builder.finish(&mut problems);
        if assembled.observations.is_empty() && need == Need::Observations {
            let left = assembled.left_out;
            let about = |p: &&Problem| {
                let cell = matches!(p, Problem::Cell { .. } | Problem::Blank { .. });
                cell || matches!(p, Problem::Shares { .. } | Problem::OpenQuote { .. })
            };
            let first = problems.kept.iter().find(about).cloned().map(Box::new);
            return Err(match rows {
                0 => ReadError::HeaderOnly,
                _ if left.filtered + left.dropped == rows => ReadError::NothingKept { rows },
                _ => ReadError::NothingUsable { rows, first },
            });
        }
        Ok(Table {
            columns: found.columns,
            rows,
            preview,
            preview_lines,
            problems,
            domains: assembled.domains,
            domain: assembled.domain,
            encoding,
            form,
            tracker,
            axes: assembled.axes,
            corpora: found.corpora.into_iter().map(|(corpus, _)| corpus).collect(),
            left_out: assembled.left_out,
            parts: Vec::new(),
            observations: assembled.observations,
        })
    }

    fn row(&mut self, row: Row<'_>, problems: &mut Problems) {
        let Self { shape, record, builder, .. } = self;
        shape.reshape(row, record, &mut |row| builder.row(row, problems));
    }
}
