//! A link as a code for cameras.

use qrcodegen::{QrCode, QrCodeEcc};

/// Characters up to which a code is read from a slide by a phone: version 25 of 40, 117 squares a side.
pub const EASY_TO_SCAN: usize = 1200;
/// Squares of margin that cameras need.
const MARGIN: i32 = 4;

/// The side of a code in squares, its margin included, and its dark squares as the path of an SVG; `None` where the text
/// is too long for any code.
pub fn drawn(text: &str) -> Option<(u32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN));
            }
        }
    }
    Some(((code.size() + 2 * MARGIN) as u32, path))
}
