//! The page's binary, named `page` for trunk.

/// Starts the page.
#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    ratioscope::app::start();
}

/// The page needs a browser; natively there is the program `ratioscope`.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
