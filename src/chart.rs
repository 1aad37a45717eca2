//! The chart: scales, ticks, hit-testing and the scene are pure and tested natively; the painters are thin.
//!
//! [`view`] says what a chart of one axis shows, in the data's own units; [`build`] makes it from a study, with the rows
//! that [`measured`] picks; [`loss`] lays it out as a [`scene`] in CSS pixels; a painter draws it. [`hit`] goes back from
//! a pixel to the data. [`map`] does all that for two axes, on [`contour`]s. [`axis`] is what is shown of an axis, and
//! zooming; [`picture`] what every chart of the page can do, [`words`] what it says. [`plot`] is one curve with marks on
//! it, [`small`] a small chart, view and scene in one; [`mixture`] the picture of several corpora, of three a triangle
//! ([`simplex`]), of more their [`shares`] a row each.

#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
pub mod any;
pub mod axis;
pub mod build;
pub mod contour;
pub mod hit;
pub mod layout;
pub mod loss;
pub mod map;
pub mod measured;
pub mod mixture;
pub mod picture;
pub mod plot;
pub mod scale;
pub mod scene;
pub mod shares;
pub mod simplex;
pub mod small;
pub mod stretch;
pub mod svg;
pub mod ticks;
pub mod view;
pub mod words;

#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub mod canvas;

#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
pub use any::AnyPicture;
pub use axis::AxisView;
pub use build::{loss_view, ratio_view};
pub use layout::Layout;
pub use map::{MapLayout, MapView, map_view};
pub use measured::Rows;
pub use picture::Picture;
pub use plot::PlotView;
pub use scale::Spacing;
pub use view::{ChartView, LimitView, Measured, Panel, View};
