//! The chart: scales, ticks, hit-testing and the scene are pure and tested natively; the painters are thin.
//!
//! [`view`] says what a chart shows, in the data's own units; `scene` lays it out in CSS pixels; a painter draws it.

pub mod view;

pub use view::{ChartView, Measured, Panel};
