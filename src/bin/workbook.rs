//! Workbooks to CSV text, named `workbook` for trunk: a small WebAssembly module that is fetched when somebody opens an
//! .xlsx, .xls or .ods file, so that nobody else pays for it.

/// The first sheet that holds a table, as CSV text in UTF-8. The worker calls it (`assets/worker.js`).
///
/// # Errors
/// One sentence for the person, where the workbook can't be read.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn to_text(bytes: &[u8]) -> Result<Vec<u8>, String> {
    match ratioscope::table::workbook::to_text(bytes) {
        Ok(text) => Ok(text.into_bytes()),
        Err(error) => Err(error.to_string()),
    }
}

/// Nothing runs by itself: the module's function is called.
fn main() {}
