//! What several tests share: where the real data lies.

use std::path::PathBuf;

/// A file of the real data: under `RATIOSCOPE_DATA`, else `../shared/data` beside the repository.
///
/// `None`, and one line on standard error that the summary of `script/test` counts, where it is absent.
pub fn real_data(test_name: &str, relative_path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("RATIOSCOPE_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    let path = folder.join(relative_path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {test_name}: no real data at {}", path.display());
    None
}
