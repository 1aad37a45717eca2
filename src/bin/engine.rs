//! The worker's binary, named `engine` for trunk: a WebAssembly module that reads and fits, optimised for speed, beside
//! the page's, optimised for size.

/// Starts the loop that answers the page, where this runs inside a worker.
#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::JsCast;
    console_error_panic_hook::set_once();
    if let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        ratioscope::worker::start(scope);
    }
}

/// A file read and fitted as it is without a person's choices, for the page to open on; nothing where that fails.
/// Called when the page is built (`tools/finish.mjs`).
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn fitted(file: &[u8]) -> Option<Vec<u8>> {
    ratioscope::worker::fitted::pack(file)
}

/// A worker needs a browser; natively there is the program `ratioscope`.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
