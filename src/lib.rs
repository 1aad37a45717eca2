//! Ratioscope: scaling laws of continual pre-training, fitted where the page is open.
//!
//! The crate's map, in the order the data flows; nothing reaches back up.
//!
//! - [`order`]: sorting by a few shared routines.
//! - [`quantity`]: parameters, tokens, shares and FLOPs: read "1.8B", "33 %", "1:2" and print them.
//! - [`table`]: bytes to cells, cells to columns with roles and units, columns to observations.
//! - [`shown`]: what losses are shown in: nats, bits or perplexity.
//! - [`law`]: the trait [`law::Law`] and the catalogue, one file a law.
//! - [`fit`]: the objective, the search, the polish, the paired draws, the notes; predictions of a fit.
//! - [`decide`]: trade-off, limited data, allocation, frontier, tasks, pins, a first design; each re-solved on every draw.
//! - [`published`]: laws with the parameters that papers print.
//! - [`settings`]: everything a person can choose, in one struct.
//! - [`link`]: the whole view as text that fits into an address.
//! - [`chart`]: scales, ticks, hit-testing and the scene, all pure; then the thin painters.
//! - [`reply`]: a decision as a panel of the page shows it: figure, sentences, tables, a plot.
//! - [`inquiry`]: what is asked of a fit beyond its numbers, done in small units, and the answer as the page shows it.
//! - [`number`]: numbers of a fit as people read them.
//! - `app`, `worker`: the page and its worker, a WebAssembly module each; the only places that know the browser.

pub mod chart;
pub mod decide;
pub mod export;
pub mod fit;
pub mod inquiry;
pub mod law;
pub mod link;
mod maths;
pub mod number;
pub mod order;
pub mod published;
pub mod quantity;
pub mod reply;
pub mod settings;
pub mod shown;
pub mod table;

#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod worker;
