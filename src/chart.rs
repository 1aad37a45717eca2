//! The chart: scales, ticks, hit-testing and the scene are pure and tested natively; the painters are thin.
//!
//! [`view`] says what a chart shows, in the data's own units; [`build`] makes it from a study; [`loss`] lays it out as a
//! [`scene`] in CSS pixels; a painter draws it. [`hit`] goes back from a pixel to the data. [`plot`] is one curve with
//! marks on it, view and scene in one.

pub mod build;
pub mod hit;
pub mod layout;
pub mod loss;
pub mod plot;
pub mod scale;
pub mod scene;
pub mod simplex;
pub mod small;
pub mod svg;
pub mod ticks;
pub mod view;

#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod canvas;

pub use build::ratio_view;
pub use layout::Layout;
pub use plot::PlotView;
pub use view::{ChartView, LimitView, Measured, Panel};
