//! What integration tests share: where the real data lies.
#![allow(dead_code)] // each test binary uses a part of this

use std::path::PathBuf;

/// The folder of real data: `RATIOSCOPE_DATA`, else `../shared/data` beside the project.
pub fn data_folder() -> PathBuf {
    match std::env::var_os("RATIOSCOPE_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    }
}

/// A file of the real data, or `None` with a line that says the test was skipped.
pub fn real(test: &str, file: &str) -> Option<Vec<u8>> {
    let path = data_folder().join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            eprintln!("skipped: {test}: no real data at {}", path.display());
            None
        }
    }
}
