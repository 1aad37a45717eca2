//! Rows of text cells: one row as it is borrowed from whoever split it, and a store of many without an allocation a row.

/// One row of a table. Cells are given without the spaces around them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The cells, one after the other.
    text: &'a str,
    /// Where each cell ends in `text`.
    ends: &'a [usize],
    /// Bytes between two cells: the delimiter, where the cells lie in the file's own text.
    gap: usize,
    /// Line of the file on which the row starts, counted from 1.
    pub line: u32,
}

impl<'a> Row<'a> {
    /// A row of cells that stand one after the other in `text`.
    pub fn new(text: &'a str, ends: &'a [usize], line: u32) -> Self {
        Self { text, ends, gap: 0, line }
    }

    /// A row as it lies in its file, with a delimiter of one byte between two cells.
    pub fn delimited(text: &'a str, ends: &'a [usize], line: u32) -> Self {
        Self { text, ends, gap: 1, line }
    }

    /// Number of cells.
    pub fn len(self) -> usize {
        self.ends.len()
    }

    /// A cell; `None` past the end of the row.
    pub fn get(self, at: usize) -> Option<&'a str> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? + self.gap };
        let cell = self.text.get(start..end).unwrap_or_default();
        // Most cells have no blanks around them, and looking for them letter by letter takes as long as reading a number.
        let solid = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_graphic());
        let bytes = cell.as_bytes();
        Some(if solid(bytes.first()) && solid(bytes.last()) { cell } else { cell.trim() })
    }

    /// A cell; blank past the end of the row.
    pub fn cell(self, at: usize) -> &'a str {
        self.get(at).unwrap_or_default()
    }

    /// All cells.
    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |at| self.cell(at))
    }

    /// Whether every cell is blank.
    pub fn is_blank(self) -> bool {
        if self.gap == 0 { self.text.trim().is_empty() } else { self.cells().all(str::is_empty) }
    }
}

/// A row in the making.
#[derive(Debug, Default, Clone)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// Empties it.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// The row, on this line of the file.
    pub fn row(&self, line: u32) -> Row<'_> {
        Row::new(&self.text, &self.ends, line)
    }
}

/// Where a row of [`Rows`] starts in its text and its ends, and what else is known of it.
#[derive(Debug, Clone, Copy)]
struct Stored {
    text: usize,
    end: usize,
    gap: usize,
    line: u32,
}

/// Many rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    text: String,
    ends: Vec<usize>,
    rows: Vec<Stored>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, row: Row<'_>) {
        self.rows.push(Stored { text: self.text.len(), end: self.ends.len(), gap: row.gap, line: row.line });
        self.text.push_str(row.text);
        self.ends.extend_from_slice(row.ends);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// One row; an empty one past the end.
    pub fn row(&self, at: usize) -> Row<'_> {
        let Some(&Stored { text, end, gap, line }) = self.rows.get(at) else { return Row::new("", &[], 0) };
        let next = self.rows.get(at + 1).map_or((self.text.len(), self.ends.len()), |next| (next.text, next.end));
        Row {
            text: self.text.get(text..next.0).unwrap_or_default(),
            ends: self.ends.get(end..next.1).unwrap_or_default(),
            gap,
            line,
        }
    }

    /// The rows from `first` on.
    pub fn from(&self, first: usize) -> impl Iterator<Item = Row<'_>> {
        (first..self.len()).map(|at| self.row(at))
    }
}
