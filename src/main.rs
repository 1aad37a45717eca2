//! The page's binary, named `page` for trunk: one WebAssembly module in two modes, the page and its worker.

/// Starts the worker where this runs inside one, else the page.
#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::JsCast;
    console_error_panic_hook::set_once();
    match js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        Ok(scope) => ratioscope::worker::start(scope),
        Err(_) => ratioscope::app::start(),
    }
}

/// The page needs a browser; natively there is the program `ratioscope`.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
