//! Parameters that a person fixes, ties or bounds, in natural units: `N` in parameters, `D` in tokens.
//!
//! A coefficient carries its axis' scale to the power of a fitted exponent (`A` for `N` in parameters is not `A` on the
//! scaled axis times a constant), so a target with a constraint on such a coefficient is fitted with that axis in
//! parameters or tokens: then the person's number is the fit's own.

use crate::law::{Axis, Law};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A constraint, on one target or on all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// Name of the loss; `None` for every loss.
    pub target: Option<String>,
    /// Name of the parameter: `alpha`.
    pub parameter: String,
    /// What is asked of it.
    pub rule: Rule,
}

/// What is asked of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// It has this value.
    Fix(f64),
    /// It equals that other parameter.
    Tie(String),
    /// It lies between these two.
    Bound(f64, f64),
}

/// Why a constraint can't be kept.
#[derive(Debug, Clone, PartialEq)]
pub enum ConstraintError {
    /// The law has no such parameter.
    NoSuchParameter {
        /// What was asked for.
        asked: String,
        /// The law's name.
        law: &'static str,
        /// What it has.
        known: Vec<&'static str>,
    },
    /// A value outside the law's own bounds, or bounds that leave nothing.
    OutOfBounds {
        /// The parameter.
        parameter: &'static str,
        /// The law's bounds.
        bounds: (f64, f64),
    },
    /// Two parameters that can't be equal: one linear and one not, or one tied already.
    CannotTie {
        /// The parameter.
        parameter: &'static str,
        /// What it was to equal.
        to: &'static str,
    },
}

impl fmt::Display for ConstraintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchParameter { asked, law, known } => {
                write!(f, "{law} has no parameter “{asked}”; it has {}.", known.join(", "))
            }
            Self::OutOfBounds { parameter, bounds: (low, high) } if high.is_finite() => {
                write!(f, "{parameter} lies between {low} and {high}: give a value, or two in order, in that range.")
            }
            Self::OutOfBounds { parameter, bounds: (low, _) } => {
                write!(f, "{parameter} is {low} or more: give a value, or two in order, in that range.")
            }
            Self::CannotTie { parameter, to } => write!(
                f,
                "{parameter} can't be tied to {to}: both must be coefficients or both exponents or offsets, and neither tied to another."
            ),
        }
    }
}

impl std::error::Error for ConstraintError {}

/// The constraints of one target in the form the fit uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Fixed values, in natural units.
    pub fixed: Vec<Option<f64>>,
    /// Bounds, the law's own where the person set none.
    pub bounds: Vec<(f64, f64)>,
    /// The parameter each is tied to.
    pub tied: Vec<Option<usize>>,
    /// Axes whose unit must be 1 for these values to be the fit's own.
    pub natural: Vec<Axis>,
}

/// Whether a constraint is about this target.
pub fn concerns(constraint: &Constraint, target: &str) -> bool {
    constraint.target.as_deref().is_none_or(|name| name == target)
}

/// Resolves the constraints on a target.
///
/// # Errors
/// Where one names no parameter of the law or asks for what it can't have. Later ones win over earlier ones.
pub fn resolve(all: &[Constraint], target: &str, law: &dyn Law) -> Result<Resolved, ConstraintError> {
    let parameters = law.parameters();
    let mut resolved = Resolved {
        fixed: vec![None; parameters.len()],
        bounds: parameters.iter().map(|parameter| parameter.bounds).collect(),
        tied: vec![None; parameters.len()],
        natural: Vec::new(),
    };
    for constraint in all.iter().filter(|constraint| concerns(constraint, target)) {
        let j = index(&constraint.parameter, law)?;
        let parameter = &parameters[j];
        let out_of_bounds = || ConstraintError::OutOfBounds { parameter: parameter.name, bounds: parameter.bounds };
        let inside = |value: f64| (parameter.bounds.0..=parameter.bounds.1).contains(&value);
        let mut needs_natural = vec![j];
        match &constraint.rule {
            Rule::Fix(value) if value.is_finite() && inside(*value) => resolved.fixed[j] = Some(*value),
            Rule::Bound(low, high) if low < high && low.max(parameter.bounds.0) < high.min(parameter.bounds.1) => {
                resolved.bounds[j] = (low.max(parameter.bounds.0), high.min(parameter.bounds.1));
            }
            Rule::Fix(_) | Rule::Bound(..) => return Err(out_of_bounds()),
            Rule::Tie(to) => {
                let k = index(to, law)?;
                let other = &parameters[k];
                let chained = resolved.tied[k].is_some() || resolved.tied.contains(&Some(j));
                if j == k || chained || parameter.is_linear() != other.is_linear() {
                    return Err(ConstraintError::CannotTie { parameter: parameter.name, to: other.name });
                }
                resolved.tied[j] = Some(k);
                needs_natural.push(k);
            }
        }
        for index in needs_natural {
            resolved.natural.extend(law.carries(index).iter().map(|carry| carry.axis));
        }
    }
    // Equal to a fixed one is fixed; both bounds hold for a pair.
    for (j, parameter) in parameters.iter().enumerate() {
        if let Some(k) = resolved.tied[j] {
            if resolved.fixed[k].is_some() || resolved.fixed[j].is_some() {
                let value = resolved.fixed[k].or(resolved.fixed[j]);
                (resolved.fixed[j], resolved.fixed[k], resolved.tied[j]) = (value, value, None);
                continue;
            }
            let (a, b) = (resolved.bounds[j], resolved.bounds[k]);
            let both = (a.0.max(b.0), a.1.min(b.1));
            if both.0 >= both.1 {
                return Err(ConstraintError::OutOfBounds { parameter: parameter.name, bounds: b });
            }
            (resolved.bounds[j], resolved.bounds[k]) = (both, both);
        }
    }
    Ok(resolved)
}

fn index(name: &str, law: &dyn Law) -> Result<usize, ConstraintError> {
    let parameters = law.parameters();
    parameters.iter().position(|parameter| parameter.name == name).ok_or_else(|| ConstraintError::NoSuchParameter {
        asked: name.to_owned(),
        law: law.name(),
        known: parameters.iter().map(|parameter| parameter.name).collect(),
    })
}
