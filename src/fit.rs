//! Fits laws to observations and says how sure the result is.
//!
//! [`Session`] runs it step by step, so that a worker can report progress and be cancelled; the result is a
//! [`Study`]: for each measured loss a [`Fit`] with parameters, paired draws and [`notes`](note::Note). Predictions of
//! a fit and their intervals are in [`predict`]; [`validation`], [`comparison`], [`diagnostics`] and [`profile`] answer
//! what a person asks of a fit beyond that.

pub mod comparison;
pub mod constraint;
pub mod diagnostics;
pub mod draw;
pub mod error;
pub mod errors;
pub mod layout;
pub mod linear;
pub mod note;
pub mod notes;
pub mod polish;
pub mod predict;
pub mod prepare;
pub mod profile;
pub mod quality;
mod rise;
pub mod sample;
pub mod search;
pub mod seeds;
pub mod session;
pub mod study;
pub mod validation;
pub mod weights;

pub use constraint::{Constraint, ConstraintError, Rule};
pub use error::FitError;
pub use layout::{LayoutError, StudyLayout};
pub use note::{Note, NoteCode, Severity};
pub use predict::{Curve, Prediction};
pub use session::{Draws, Optima, Session, Target};
pub use study::{BaseLoss, Chosen, Corpus, Estimate, Fit, Objective, Options, Quality, Scheme, Study, laws_of};
