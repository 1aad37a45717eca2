//! How numbers are printed in the decisions' sentences; losses by [`Measure`].

use super::outcome::Solved;
use crate::fit::Prediction;
use crate::quantity::{Share, significant};
use crate::table::Measure;

/// A number with that many decimals, trailing zeros kept.
pub fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// A share as "92.4 %".
pub fn share(value: f64) -> String {
    Share(value).to_string()
}

/// A relative number as "3.1 %": two significant digits below 10 %.
pub fn percent(value: f64) -> String {
    let percent = 100.0 * value;
    let digits = if percent.abs() < 10.0 { 2 } else { 3 };
    format!("{} %", significant(percent, digits))
}

/// "92.4 % (90 % interval 91.8 % to 93 %)".
pub fn with_interval(solved: Solved, name: &str, print: impl Fn(f64) -> String) -> String {
    match solved.interval {
        Some((low, high)) if print(low) == print(high) && print(low) == print(solved.value) => {
            format!("{} ({name} the same)", print(solved.value))
        }
        Some((low, high)) => format!("{} ({name} {} to {})", print(solved.value), print(low), print(high)),
        None => print(solved.value),
    }
}

/// The losses of an answer, where the general one is known: "There the domain loss is predicted at 1.7."
pub fn there(measure: Measure, domain: &Prediction, general: Option<&Prediction>) -> String {
    let domain = measure.loss(domain.loss);
    match general {
        Some(general) => {
            let general = measure.loss(general.loss);
            format!("There the domain loss is predicted at {domain} and the general loss at {general}.")
        }
        None => format!("There the domain loss is predicted at {domain}."),
    }
}

/// "a", "a and b", "a, b and c".
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
