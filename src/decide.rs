//! The answers people came for, each with its interval.
//!
//! A decision is asked of one or more [`Study`](crate::fit::Study)s, one a law, and answers with a
//! [`Decision`]: under each law the answer, the interval of the answers re-solved on every paired
//! draw, the share of draws that end in a corner, plain words and notes; or why it is withheld. Answers are plain data:
//! the page shows them, the program prints them.
//!
//! - [`trade_off`]: the best ratio within a limit on the general loss.
//! - [`limited`]: the best ratio and total where only so many domain tokens exist, with repetition.
//! - [`allocate`]: the best size, tokens and ratio of a budget; [`compute`] has budgets and devices, [`models`] sizes.
//! - [`frontier`]: general against domain loss, its knee, two weights.
//! - [`tasks`]: what changes on every evaluation set.
//! - [`pins`]: what-ifs kept and compared.
//! - [`design`]: what to run first, without any data; [`simulate`] tells what a design can identify.
//! - [`choices`]: what a person chose for all of them, part of the settings.

pub mod allocate;
pub mod choices;
pub mod compute;
pub mod design;
pub mod frontier;
pub mod limit;
pub mod limited;
mod line;
pub mod mixture;
pub mod models;
pub mod outcome;
pub mod pair;
pub mod pins;
mod plane;
pub mod simulate;
pub mod solve;
pub mod start;
pub mod tasks;
pub mod trade_off;
mod under;
pub mod words;

pub use allocate::{Allocate, Rule};
pub use choices::Choices;
pub use compute::{Budget, Cost, Hardware};
pub use frontier::Frontier;
pub use limit::{Bound, Limit};
pub use limited::Limited;
pub use outcome::{Decision, Infeasible, Outcome, Places, Reason, Solved, UnderLaw};
pub use pins::{Comparison, Pin, Pins};
pub use solve::Place;
pub use tasks::{Tasks, TasksAnswer};
pub use trade_off::TradeOff;
