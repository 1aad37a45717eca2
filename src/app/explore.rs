//! What a person sees under *Explore*: the chart, the two predicted losses, the sliders.

pub mod figure;
pub mod loss_chart;
pub mod readout;
pub mod slider;
pub mod surface;

pub use figure::LossFigure;
pub use loss_chart::LossChart;
pub use slider::{QuantitySlider, SliderKind};
