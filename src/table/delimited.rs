//! From text to rows where cells are separated by a delimiter: csv-core's automaton fed chunk by chunk, with comments,
//! line numbers, Markdown's outer pipes and runs of spaces handled around it. Rows without quotes, which are nearly all
//! there are, need no automaton: they are given out as they lie in the text.

use super::reading::Delimiter;
use super::rows::Row;

/// A delimited text being split. Comments start with `#`; quotes are as in RFC 4180.
pub(super) struct Delimited {
    core: csv_core::Reader,
    delimiter: u8,
    /// Where the cells of a row end that is given out as it lies in the text.
    plain_ends: Vec<usize>,
    /// The record under way: its cells and where they end.
    cells: Vec<u8>,
    ends: Vec<usize>,
    cells_length: usize,
    ends_length: usize,
    /// Line on which the text stands, and on which the record under way started.
    line: u32,
    start: u32,
    place: Place,
    /// Whether the last byte was a carriage return: the line feed after it is the same line's end.
    after_return: bool,
    /// Quotes in the record under way.
    quotes: usize,
    /// Runs of spaces to tabs, where those separate.
    spaces: Option<Spaces>,
    /// Whether rows may open and close with the delimiter.
    pipes: bool,
    /// A quote that was opened and never closed: its line.
    open_quote: Option<u32>,
}

/// Where in the text the splitter stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// Between two records.
    Between,
    /// In a comment.
    Comment,
    /// In a record.
    Record,
}

impl Delimited {
    /// A splitter; `gap` is the least run of spaces that separates, for [`Delimiter::Spaces`].
    pub fn new(delimiter: Delimiter, gap: usize) -> Self {
        let byte = match delimiter {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab | Delimiter::Spaces => b'\t',
            Delimiter::Pipe => b'|',
        };
        Self {
            core: csv_core::ReaderBuilder::new().delimiter(byte).build(),
            delimiter: byte,
            plain_ends: Vec::new(),
            cells: vec![0; 1024],
            ends: vec![0; 64],
            cells_length: 0,
            ends_length: 0,
            line: 1,
            start: 1,
            place: Place::Between,
            after_return: false,
            quotes: 0,
            spaces: (delimiter == Delimiter::Spaces).then(|| Spaces::new(gap)),
            pipes: delimiter == Delimiter::Pipe,
            open_quote: None,
        }
    }

    /// Leaves out the first line.
    pub fn skip_line(&mut self) {
        self.place = Place::Comment;
    }

    /// The line of a quote that was opened and never closed.
    pub fn open_quote(&self) -> Option<u32> {
        self.open_quote
    }

    /// Splits more text; `last` where no more comes. Blank rows are left out.
    pub fn feed(&mut self, text: &str, last: bool, emit: &mut dyn FnMut(Row<'_>)) {
        match &mut self.spaces {
            None => self.split(text, emit),
            Some(spaces) => {
                let tabs = spaces.tabbed(text);
                self.split(&tabs, emit);
            }
        }
        if last && self.place == Place::Record {
            self.record(&[], true, emit);
        }
    }

    fn split(&mut self, text: &str, emit: &mut dyn FnMut(Row<'_>)) {
        let mut bytes = text.as_bytes();
        while let Some(first) = bytes.first() {
            if self.place == Place::Between && !self.pipes && !matches!(first, b'\n' | b'\r' | b'#') {
                let rest = text.get(text.len() - bytes.len()..).unwrap_or_default();
                if let Some(used) = self.plain(rest, emit) {
                    bytes = bytes.get(used..).unwrap_or_default();
                    continue;
                }
            }
            match (self.place, first) {
                (Place::Between, b'\n' | b'\r') => {
                    self.count(&bytes[..1]);
                    bytes = &bytes[1..];
                }
                (Place::Between, b'#') => self.place = Place::Comment,
                (Place::Between, _) => {
                    (self.place, self.start, self.quotes) = (Place::Record, self.line, 0);
                }
                (Place::Comment, _) => {
                    let length = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
                    bytes = &bytes[length..];
                    self.after_return = false;
                    if !bytes.is_empty() {
                        self.place = Place::Between;
                    }
                }
                (Place::Record, _) => {
                    let used = self.record(bytes, false, emit);
                    bytes = bytes.get(used..).unwrap_or_default();
                }
            }
        }
    }

    /// Gives out the record at the start of a text as it lies there; returns its length, with its line's end. `None` where
    /// a quote is in it, or its end is not.
    fn plain(&mut self, text: &str, emit: &mut dyn FnMut(Row<'_>)) -> Option<usize> {
        self.plain_ends.clear();
        let bytes = text.as_bytes();
        let mut length = None;
        for (at, byte) in bytes.iter().enumerate() {
            // Digits and letters, most of a table, stand above all that ends a cell but the pipe.
            if *byte > b';' && *byte != b'|' {
                continue;
            }
            if *byte == self.delimiter {
                self.plain_ends.push(at);
            } else if matches!(byte, b'\n' | b'\r') {
                length = Some(at);
                break;
            } else if *byte == b'"' {
                return None;
            }
        }
        let length = length?;
        self.plain_ends.push(length);
        let row = Row::delimited(text.get(..length)?, &self.plain_ends, self.line);
        if !row.is_blank() {
            emit(row);
        }
        self.line = self.line.saturating_add(1);
        let end = bytes.get(length..)?;
        self.after_return = end == b"\r";
        Some(length + if end.starts_with(b"\r\n") { 2 } else { 1 })
    }

    /// Feeds the automaton up to the end of a record or of the bytes; returns how many it took.
    fn record(&mut self, bytes: &[u8], last: bool, emit: &mut dyn FnMut(Row<'_>)) -> usize {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            let (result, taken, cells, ends) =
                self.core.read_record(rest, &mut self.cells[self.cells_length..], &mut self.ends[self.ends_length..]);
            self.count(&rest[..taken]);
            used += taken;
            self.cells_length += cells;
            self.ends_length += ends;
            match result {
                csv_core::ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                csv_core::ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => {
                    if last && self.quotes % 2 == 1 && self.line > self.start {
                        self.open_quote = Some(self.start);
                    }
                    self.emit(emit);
                    return used;
                }
            }
            // No bytes at all would tell the automaton that the text is over.
            if used >= bytes.len() && !last {
                return used;
            }
        }
    }

    /// Gives out the record under way and starts anew.
    fn emit(&mut self, emit: &mut dyn FnMut(Row<'_>)) {
        // What goes in is text, and is cut at ASCII alone: this can't fail.
        let text = std::str::from_utf8(&self.cells[..self.cells_length]).unwrap_or_default();
        let mut ends = &self.ends[..self.ends_length];
        let mut start = 0;
        if self.pipes && ends.len() > 1 {
            if text[..ends[0]].trim().is_empty() {
                start = ends[0];
                ends = &ends[1..];
            }
            if let [.., before, last] = ends
                && text[*before..*last].trim().is_empty()
            {
                ends = &ends[..ends.len() - 1];
            }
        }
        let shifted: Vec<usize>;
        let (text, ends) = if start == 0 {
            (text, ends)
        } else {
            shifted = ends.iter().map(|end| end - start).collect();
            (&text[start..], &shifted[..])
        };
        let row = Row::new(text, ends, self.start);
        // Markdown's line below the header.
        let ruled = self.pipes && row.cells().all(|cell| !cell.is_empty() && cell.bytes().all(|b| b"-:".contains(&b)));
        if !row.is_blank() && !ruled {
            emit(row);
        }
        (self.cells_length, self.ends_length, self.place) = (0, 0, Place::Between);
    }

    /// Counts lines and quotes in the bytes of a record.
    fn count(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        for at in memchr::memchr3_iter(b'\n', b'\r', b'"', bytes) {
            let after_return = if at == 0 { self.after_return } else { bytes[at - 1] == b'\r' };
            match bytes[at] {
                b'"' => self.quotes += 1,
                b'\n' if after_return => {}
                _ => self.line = self.line.saturating_add(1),
            }
        }
        self.after_return = *last == b'\r';
    }
}

/// Turns runs of spaces into tabs, chunk by chunk.
struct Spaces {
    gap: usize,
    /// Spaces seen since the last letter; a tab counts as enough.
    run: usize,
    line_start: bool,
    quoted: bool,
}

impl Spaces {
    fn new(gap: usize) -> Self {
        Self { gap, run: 0, line_start: true, quoted: false }
    }

    fn tabbed(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                ' ' | '\u{a0}' if !self.quoted => self.run += 1,
                '\t' if !self.quoted => self.run = self.gap,
                '\n' | '\r' if !self.quoted => {
                    (self.run, self.line_start) = (0, true);
                    out.push(letter);
                }
                _ => {
                    let opens = self.line_start || self.run >= self.gap;
                    if !self.line_start && self.run >= self.gap {
                        out.push('\t');
                    } else if !self.line_start {
                        (0..self.run).for_each(|_| out.push(' '));
                    }
                    if letter == '"' && (self.quoted || opens) {
                        self.quoted = !self.quoted;
                    }
                    (self.run, self.line_start) = (0, false);
                    out.push(letter);
                }
            }
        }
        out
    }
}

/// What separates the cells of a text, and the least run of spaces where those do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sniffed {
    /// The delimiter.
    pub delimiter: Delimiter,
    /// For spaces: the least run that separates.
    pub gap: usize,
    /// Lines looked at, and how many of them have as many delimiters as the first.
    pub lines: usize,
    /// Of these, with as many delimiters as the first line, which has at least one.
    pub agree: usize,
}

/// Lines looked at: enough to see a pattern.
const LINES: usize = 50;
/// The delimiters that are one letter.
const LETTERS: [(Delimiter, u8); 4] =
    [(Delimiter::Comma, b','), (Delimiter::Semicolon, b';'), (Delimiter::Tab, b'\t'), (Delimiter::Pipe, b'|')];

/// Delimiters on a line: the four letters, gaps of two or more spaces, gaps of one or more.
type Counts = [usize; 6];

/// The delimiter whose number is the first line's on most lines; among equals the one with more columns.
pub(super) fn sniff(text: &str, wanted: Option<Delimiter>) -> Sniffed {
    let lines = counts(text);
    let score = |which: usize| {
        let first = lines.first().map_or(0, |line| line[which]);
        if first == 0 { (0, 0) } else { (lines.iter().filter(|line| line[which] == first).count(), first) }
    };
    let (twos, ones) = (score(4), score(5));
    // Two spaces keep "Model size" one cell; they count where they separate as well as single ones do.
    let (spaces, gap) = if twos.0 > 0 && twos.0 >= ones.0 { (twos, 2) } else { (ones, 1) };
    let mut best = (Delimiter::Comma, score(0));
    for (which, (delimiter, _)) in LETTERS.into_iter().enumerate().skip(1) {
        if score(which) > best.1 {
            best = (delimiter, score(which));
        }
    }
    if best.1.1 == 0 && spaces.1 > 0 && 2 * spaces.0 > lines.len() {
        best = (Delimiter::Spaces, spaces);
    }
    Sniffed { delimiter: wanted.unwrap_or(best.0), gap, lines: lines.len(), agree: best.1.0 }
}

fn counts(text: &str) -> Vec<Counts> {
    let mut counts: Vec<Counts> = Vec::new();
    let mut current: Counts = [0; 6];
    let (mut quoted, mut comment, mut any, mut run) = (false, false, false, 0usize);
    for byte in text.bytes() {
        match byte {
            b'\n' | b'\r' if !quoted => {
                if any && !comment {
                    counts.push(current);
                    if counts.len() >= LINES {
                        return counts;
                    }
                }
                (current, comment, any, run) = ([0; 6], false, false, 0);
                continue;
            }
            b' ' if !quoted => {
                run += usize::from(any);
                continue;
            }
            b'#' if !any => comment = true,
            b'"' if !comment => quoted = !quoted,
            _ => {}
        }
        if !quoted && !comment {
            current[4] += usize::from(run >= 2);
            current[5] += usize::from(run >= 1);
            for (count, (_, letter)) in current.iter_mut().zip(LETTERS) {
                *count += usize::from(byte == letter);
            }
        }
        (any, run) = (true, 0);
    }
    if any && !comment {
        counts.push(current);
    }
    counts
}
