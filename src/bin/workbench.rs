//! The whole page's binary, named `workbench` for trunk: takes over from the first screen once it is loaded.

/// Starts the page in place of the first screen.
#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    ratioscope::app::start();
}

/// The page needs a browser; natively there is the program `ratioscope`.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
