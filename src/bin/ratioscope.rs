//! The headless program `ratioscope`: the page's engine in a terminal, with the same results.
//!
//! `ratioscope fit FILE` fits the laws, `validate FILE` scores one on what it has not seen, `compare FILE` sets law against
//! law, `laws` lists them, `predict FIT.json` asks a fit, `decide` answers a question with it. Exit codes: 0; 1 for wrong usage
//! (an unknown option, law, column or target); 2 for data that can't be used, with one sentence on standard error.

#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/ask.rs"]
mod ask;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/compare.rs"]
mod compare;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/decide.rs"]
mod decide;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/fit.rs"]
mod fit;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/laws.rs"]
mod laws;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/mix.rs"]
mod mix;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/predict.rs"]
mod predict;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/program.rs"]
mod program;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/published.rs"]
mod published;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/reading.rs"]
mod reading;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/report.rs"]
mod report;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/source.rs"]
mod source;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/start.rs"]
mod start;
#[cfg(not(target_arch = "wasm32"))]
#[path = "ratioscope/validate.rs"]
mod validate;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    program::main()
}

/// Nothing to run in a browser: the page is the other binary.
#[cfg(target_arch = "wasm32")]
fn main() {}
