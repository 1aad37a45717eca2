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
    stage: Option<Stage>,
}

/// What a file must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
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

enum Splitter {
    Delimited(Delimited),
    Json(Json),
    Log(Log),
}

impl Splitter {
    fn feed(&mut self, text: &str, last: bool, emit: &mut dyn FnMut(Row<'_>)) {
        match self {
            Self::Delimited(delimited) => delimited.feed(text, last, emit),
            Self::Json(json) => json.feed(text, last, emit),
            Self::Log(log) => log.feed(text, last, emit),
        }
    }
}

/// What the rows go into.
struct Body {
    shape: Shape,
    tracker: Option<Tracker>,
    record: Record,
    builder: Builder,
    found: Recognised,
    preview: Vec<Vec<String>>,
    preview_lines: Vec<u32>,
}

impl Reader {
    /// A reader of a file.
    pub fn new(reading: Reading) -> Self {
        Self {
            reading,
            need: Need::Observations,
            decoder: Decoder::default(),
            problems: Problems::default(),
            head: String::new(),
            stage: None,
        }
    }

    /// A reader that takes a file without losses, axes or usable rows too: for [`super::outline`].
    pub(super) fn lenient(reading: Reading) -> Self {
        Self { need: Need::Columns, ..Self::new(reading) }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// Where it is known already that nothing in the file can be used; see [`super::read`].
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        self.decode(bytes, false)
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
        let Body { builder, found, preview, preview_lines, tracker, .. } = *body;
        let mut problems = self.problems;
        let encoding = self.decoder.encoding();
        if encoding == Encoding::Windows1252 {
            problems.ask(Problem::Encoding { encoding });
        }
        if self.decoder.slips() > 0 {
            problems.ask(Problem::Slips { bytes: self.decoder.slips() });
        }
        match &splitter {
            Splitter::Delimited(delimited) => {
                if let Some(row) = delimited.open_quote() {
                    problems.ask(Problem::OpenQuote { row: row as usize });
                }
            }
            Splitter::Json(json) => {
                json.broken().iter().for_each(|row| problems.push(Problem::Json { row: *row as usize }));
                if !json.late().is_empty() {
                    problems.ask(Problem::LateColumns { names: json.late().to_vec() });
                }
            }
            Splitter::Log(_) => {}
        }
        let rows = builder.rows();
        let assembled = builder.finish(&mut problems);
        if assembled.observations.is_empty() && self.need == Need::Observations {
            let left = assembled.left_out;
            let about = |p: &&Problem| {
                matches!(
                    p,
                    Problem::Cell { .. } | Problem::Blank { .. } | Problem::Shares { .. } | Problem::OpenQuote { .. }
                )
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
                if last || head.len() >= HEAD { self.begin(last) } else { Ok(()) }
            }
        }
    }

    /// Decides what the file is, from its head, and reads the head.
    fn begin(&mut self, last: bool) -> Result<(), ReadError> {
        let head = std::mem::take(&mut self.head);
        let Some((form, splitter)) = form(&head, last, self.reading.delimiter)? else {
            // A value of JSON that is longer than the head: it takes more of the file.
            self.head = head;
            return Ok(());
        };
        self.start(form, splitter, &head, last)
    }

    fn start(&mut self, form: Form, mut splitter: Splitter, head: &str, last: bool) -> Result<(), ReadError> {
        let mut rows = Rows::default();
        splitter.feed(head, last, &mut |row| rows.push(row));
        let tracker = if let Splitter::Json(json) = &splitter { json.tracker() } else { None };
        let body = Body::new(rows, form, tracker, &self.reading, self.need, &mut self.problems)?;
        self.stage = Some(Stage { form, splitter, body: Box::new(body) });
        Ok(())
    }
}

/// The form of a text and what splits it; `None` where more of it is needed to tell.
fn form(head: &str, last: bool, wanted: Option<Delimiter>) -> Result<Option<(Form, Splitter)>, ReadError> {
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
    Ok(Some((Form::Delimited(sniffed.delimiter), Splitter::Delimited(splitter))))
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
    fn new(
        rows: Rows,
        form: Form,
        tracker: Option<Tracker>,
        reading: &Reading,
        need: Need,
        problems: &mut Problems,
    ) -> Result<Self, ReadError> {
        let header = cells::header(&rows, problems)?;
        if rows.len() <= header.rows {
            return Err(ReadError::HeaderOnly);
        }
        let (by_header, shape, names) = tracker::shape(header.names);
        let tracker = tracker.or(by_header);
        let mut units = header.units;
        units.resize(names.len(), String::new());
        let mut record = Record::default();
        let mut shaped = Rows::default();
        for row in rows.from(header.rows) {
            shape.reshape(row, &mut record, &mut |row| shaped.push(row));
        }
        drop(rows);
        let cells = Cells::new(names, units, shaped, form == Form::Delimited(Delimiter::Comma));
        let found = recognise::columns(&cells, reading, tracker, problems);
        let has = |role: Role| found.columns.iter().any(|column| column.role == role);
        let strict = need == Need::Observations;
        if strict && ![Role::GeneralLoss, Role::DomainLoss, Role::Loss].into_iter().any(has) {
            return Err(ReadError::NoLoss { columns: cells.header });
        }
        let plan = Plan::new(&cells, &found, reading, problems);
        if strict && !plan.has_axis() {
            return Err(ReadError::NoAxis { columns: cells.header });
        }
        let sparse = !matches!(form, Form::Delimited(_)) || tracker.is_some();
        let builder = Builder::new(&cells, &found, plan, reading.domain.as_deref(), tracker, sparse, problems);
        let preview = cells.rows.from(0).take(PREVIEW_ROWS).map(|row| row.cells().map(shortened).collect()).collect();
        let preview_lines = cells.rows.from(0).take(PREVIEW_ROWS).map(|row| row.line).collect();
        let mut body = Self { shape, tracker, record, builder, found, preview, preview_lines };
        for row in cells.rows.from(0) {
            body.builder.row(row, problems);
        }
        Ok(body)
    }

    fn row(&mut self, row: Row<'_>, problems: &mut Problems) {
        let Self { shape, record, builder, .. } = self;
        shape.reshape(row, record, &mut |row| builder.row(row, problems));
    }
}
