//! From bytes to text, chunk by chunk: UTF-8, UTF-16 (told by its byte order mark, else by its zeros), and Windows-1252 where the bytes are no
//! UTF-8. Windows-1252 is a table of 32 letters here; a crate for all encodings would cost 200 KB of WebAssembly.

use super::found::Encoding;
use super::problem::ReadError;

/// Bytes looked at before anything is decoded: enough for every mark and to tell text from pictures and archives.
const MARKS: usize = 4096;

/// Decodes a file's bytes as they come.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// What the text is read as, once enough bytes are there.
    encoding: Option<Encoding>,
    /// What a person says it is.
    wanted: Option<Encoding>,
    /// Bytes that wait for the next chunk: all of them before the encoding is known, then an unfinished letter.
    waiting: Vec<u8>,
    /// Whether letters beyond ASCII were read as UTF-8: then a bad byte is a slip, and not another encoding.
    beyond_ascii: bool,
    /// Bytes that do not belong to the encoding.
    slips: usize,
    /// Whether the encoding is UTF-16 that no byte order mark says.
    unmarked: bool,
}

impl Decoder {
    /// A decoder of what is `wanted`, or of what the bytes tell.
    pub fn new(wanted: Option<Encoding>) -> Self {
        // Where UTF-8 is asked for, a bad byte is a slip from the first on.
        Self { wanted, beyond_ascii: wanted == Some(Encoding::Utf8), ..Self::default() }
    }

    /// The encoding; UTF-8 before any text is known.
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or_default()
    }

    /// Bytes that do not belong to the encoding: of a UTF-8 file, read as letters of Windows-1252; of UTF-16, left out.
    pub fn slips(&self) -> usize {
        self.slips
    }

    /// Whether the text is read as UTF-16 for its zeros alone: no mark says so.
    pub fn is_unmarked(&self) -> bool {
        self.unmarked
    }

    /// Decodes the next bytes; `last` where no more come.
    ///
    /// # Errors
    /// Where the file is a workbook or no text.
    pub fn feed(&mut self, bytes: &[u8], last: bool, emit: &mut dyn FnMut(&str)) -> Result<(), ReadError> {
        let Some(encoding) = self.encoding else {
            self.waiting.extend_from_slice(bytes);
            if self.waiting.len() < MARKS && !last {
                return Ok(());
            }
            let held = std::mem::take(&mut self.waiting);
            let (encoding, mark) = match self.wanted {
                Some(wanted) if !is_workbook(&held) => (wanted, mark_of(wanted, &held)),
                _ => detect(&held)?,
            };
            let utf16 = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
            self.unmarked = utf16 && mark == 0 && self.wanted.is_none();
            self.encoding = Some(encoding);
            return self.feed(held.get(mark..).unwrap_or_default(), last, emit);
        };
        let joined;
        let bytes = if self.waiting.is_empty() {
            bytes
        } else {
            let mut held = std::mem::take(&mut self.waiting);
            held.extend_from_slice(bytes);
            joined = held;
            &joined
        };
        match encoding {
            Encoding::Utf8 => self.utf8(bytes, last, emit),
            Encoding::Windows1252 => windows_1252(bytes, emit),
            Encoding::Utf16Le => self.utf16(bytes, last, u16::from_le_bytes, emit),
            Encoding::Utf16Be => self.utf16(bytes, last, u16::from_be_bytes, emit),
        }
        Ok(())
    }

    fn utf8(&mut self, mut bytes: &[u8], last: bool, emit: &mut dyn FnMut(&str)) {
        while !bytes.is_empty() {
            let (good, bad) = match std::str::from_utf8(bytes) {
                Ok(text) => (text, None),
                Err(error) => {
                    let (good, rest) = bytes.split_at(error.valid_up_to());
                    // The part before the error is valid: this can't fail.
                    (std::str::from_utf8(good).unwrap_or_default(), Some((rest, error.error_len())))
                }
            };
            self.beyond_ascii |= !good.is_ascii();
            if !good.is_empty() {
                emit(good);
            }
            match bad {
                None => return,
                Some((rest, None)) if !last => {
                    self.waiting.extend_from_slice(rest);
                    return;
                }
                // Nothing but ASCII so far: the whole file is of the older encoding.
                Some((rest, _)) if !self.beyond_ascii => {
                    self.encoding = Some(Encoding::Windows1252);
                    return windows_1252(rest, emit);
                }
                Some((rest, length)) => {
                    let (slip, after) = rest.split_at(length.unwrap_or(rest.len()));
                    self.slips += slip.len();
                    windows_1252(slip, emit);
                    bytes = after;
                }
            }
        }
    }

    fn utf16(&mut self, bytes: &[u8], last: bool, unit: fn([u8; 2]) -> u16, emit: &mut dyn FnMut(&str)) {
        let mut units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        let mut kept = bytes.len() % 2;
        // The first half of a letter of two units waits for the second.
        if !last && units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
            kept += 2;
        }
        if last {
            self.slips += kept;
        } else {
            self.waiting.extend_from_slice(bytes.get(bytes.len() - kept..).unwrap_or_default());
        }
        let text: String = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{FFFD}')).collect();
        emit(&text);
    }
}

/// Whether the bytes are a workbook's: the magic numbers of ZIP (xlsx, ods) and OLE2 (xls).
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

/// Length of an encoding's byte order mark, where the bytes start with it.
fn mark_of(encoding: Encoding, bytes: &[u8]) -> usize {
    let mark: &[u8] = match encoding {
        Encoding::Utf8 => &[0xEF, 0xBB, 0xBF],
        Encoding::Utf16Le => &[0xFF, 0xFE],
        Encoding::Utf16Be => &[0xFE, 0xFF],
        Encoding::Windows1252 => &[],
    };
    if bytes.starts_with(mark) { mark.len() } else { 0 }
}

/// The encoding, and the length of the byte order mark.
fn detect(bytes: &[u8]) -> Result<(Encoding, usize), ReadError> {
    if is_workbook(bytes) {
        return Err(ReadError::Workbook);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return Ok((Encoding::Utf16Le, 2));
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return Ok((Encoding::Utf16Be, 2));
    }
    let head = bytes.get(..bytes.len().min(MARKS)).unwrap_or_default();
    if let Some(encoding) = unmarked_utf16(head) {
        return Ok((encoding, 0));
    }
    // Text has few control characters; a picture or an archive has many. A PDF is mostly text, and no table.
    let control = head.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte)).count();
    if head.contains(&0) || bytes.starts_with(b"%PDF-") || (control > 8 && std::str::from_utf8(head).is_err()) {
        return Err(ReadError::Binary);
    }
    Ok((Encoding::Utf8, if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 }))
}

/// UTF-16 without a mark: a table is mostly digits and Latin letters, whose high bytes are zero and whose low bytes are
/// not.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let units = head.len() / 2;
    let zeros = |at: usize| head.chunks_exact(2).filter(|unit| unit[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let mostly = |zeros: usize| units > 0 && 10 * zeros >= 7 * units;
    match (first, second) {
        (0, second) if mostly(second) => Some(Encoding::Utf16Le),
        (first, 0) if mostly(first) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Letters 0x80 to 0x9F (WHATWG Encoding Standard, index windows-1252); the rest is Latin-1, which is Unicode's own.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

fn windows_1252(bytes: &[u8], emit: &mut dyn FnMut(&str)) {
    let text: String = bytes
        .iter()
        .map(|byte| match byte {
            0x80..0xA0 => UPPER[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        })
        .collect();
    emit(&text);
}

#[cfg(test)]
mod tests {
    use super::Decoder;
    use crate::table::found::Encoding;

    /// What comes out when the bytes come in pieces of every length.
    fn decoded(bytes: &[u8]) -> (String, Encoding, usize) {
        let mut results = Vec::new();
        for piece in 1..=bytes.len().max(1) {
            let mut decoder = Decoder::default();
            let mut text = String::new();
            let mut pieces = bytes.chunks(piece).peekable();
            while let Some(piece) = pieces.next() {
                let last = pieces.peek().is_none();
                // Small pieces wait for the marks; a long prefix makes the rest come piece by piece.
                decoder.feed(piece, last, &mut |t| text.push_str(t)).map_err(|e| e.to_string()).unwrap_or_default();
            }
            results.push((text, decoder.encoding(), decoder.slips()));
        }
        results.dedup();
        assert_eq!(results.len(), 1, "the pieces must not matter: {results:?}");
        results.remove(0)
    }

    #[test]
    fn every_encoding_in_pieces_of_any_length() {
        let long = "a,b\n".repeat(1030); // past the marks, so that later pieces are decoded as they come
        let text = format!("{long}größe „é“ 𝄞\n");
        assert_eq!(decoded(text.as_bytes()), (text.clone(), Encoding::Utf8, 0));
        let mut little = vec![0xFF, 0xFE];
        let mut big = vec![0xFE, 0xFF];
        for unit in "größe 𝄞\n".encode_utf16() {
            little.extend(unit.to_le_bytes());
            big.extend(unit.to_be_bytes());
        }
        assert_eq!(decoded(&little).0, "größe 𝄞\n");
        assert_eq!(decoded(&big), ("größe 𝄞\n".into(), Encoding::Utf16Be, 0));
        // Without a mark, by their zeros; in binary both halves have some.
        let plain: Vec<u8> = "run,loss\ngrö,1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&plain), ("run,loss\ngrö,1\n".into(), Encoding::Utf16Le, 0));
        let plain: Vec<u8> = "run,loss\ngrö,1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&plain), ("run,loss\ngrö,1\n".into(), Encoding::Utf16Be, 0));
        assert!(Decoder::default().feed(&[0, 1, 2, 0, 0, 0, 7, 1], true, &mut |_| {}).is_err());
        let mut old = long.clone().into_bytes();
        old.extend(b"gr\xF6\xDFe \x80 \x93\n");
        assert_eq!(decoded(&old), (format!("{long}größe € “\n"), Encoding::Windows1252, 0));
        let mut slip = format!("{long}é ").into_bytes();
        slip.extend(b"\xF6 a");
        assert_eq!(decoded(&slip), (format!("{long}é ö a"), Encoding::Utf8, 1));
    }
}
