//! What a person sees under *Explore*: the chart, the two predicted losses, the sliders.

pub mod figure;
pub mod pane;
pub mod slider;
pub mod surface;

#[cfg(feature = "workbench")]
pub mod bench;
#[cfg(feature = "workbench")]
pub mod gestures;
#[cfg(feature = "workbench")]
pub mod measure;
#[cfg(feature = "workbench")]
pub mod readout;
#[cfg(feature = "workbench")]
pub mod shown;
#[cfg(feature = "workbench")]
pub mod side;
#[cfg(feature = "workbench")]
pub mod window;

pub use figure::LossFigure;
pub use slider::{QuantitySlider, SliderKind};
