//! Where one value of JSON ends and the next begins, in a text that comes in pieces.

/// Finds the values of a text that comes in chunks: objects and lines' arrays, each from its opening to its closing
/// bracket, inside an outer array or one after the other.
#[derive(Debug, Default)]
pub(super) struct Scanner {
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
    /// Takes a piece of the text; `value` hears each value that ends in it, and the line it begins on.
    pub fn feed(&mut self, text: &str, last: bool, value: &mut dyn FnMut(&str, u32)) {
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
