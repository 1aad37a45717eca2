//! A law of a person's own: a formula as it is typed, `E + A/N^alpha + B*r^eta/D^beta`.
//!
//! Known names are columns ([`NAMES`]), all others become parameters. A sum of products of the kinds the catalogue is
//! made of becomes a list of [`Term`]s and is then a law like any other, on scaled axes and as fast; anything else runs
//! on a [`tape`] with exact first and second derivatives, with `N` and `D` in billions. Parameters the loss is linear in
//! are found from the formula, never fitted by search.
//!
//! Signs and ranges follow the formula: `where A free, B <= 0, alpha in 0.1..0.9`. A coefficient is not negative, an
//! exponent lies in 0.01 to 3, unless said so.
//!
//! The text is the law's id: it is what is saved, linked and sent to a worker. Laws are kept for as long as the program
//! runs, a few hundred bytes for each formula that was ever typed.

pub mod error;
mod parse;
mod shape;
pub mod tape;

pub use error::{Mistake, Wrong};
pub use parse::NAMES;

use super::checks::rises_with_ratio;
use super::{
    Carry, Enters, Finding, Held, Input, Law, Need, Parameter, Points, Ranges, Scale, Term, form, terms, vocabulary,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tape::Tape;

/// Most characters of a formula: the D-CPT Law has 60.
const LONGEST: usize = 2000;
/// Most parameters of a formula: with more no file would identify them.
const MOST_PARAMETERS: usize = 40;

/// `N` and `D` in billions: the numbers of a formula that is no list of terms.
const BILLIONS: Scale = Scale { size: 1e9, tokens: 1e9 };

/// A typed law.
#[derive(Debug)]
pub struct Formula {
    id: &'static str,
    parameters: &'static [Parameter],
    terms: &'static [Term],
    /// Where it is no list of terms.
    tape: Option<Tape>,
    inputs: Vec<Input>,
    needs: &'static [Need],
    held: Vec<Held>,
    /// The units each parameter carries.
    carries: Vec<Vec<Carry>>,
}

static KNOWN: Mutex<BTreeMap<String, &'static Formula>> = Mutex::new(BTreeMap::new());

/// The law of a formula.
///
/// # Errors
/// The first mistake, with its place in the text.
pub fn law(text: &str) -> Result<&'static dyn Law, Mistake> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(law) = known.get(text) {
        return Ok(*law);
    }
    let law: &'static Formula = Box::leak(Box::new(Formula::read(text)?));
    known.insert(text.to_owned(), law);
    Ok(law)
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The symbol of a name: `alpha` is α.
fn symbol(name: &str) -> String {
    const GREEK: [(&str, &str); 16] = [
        ("alpha", "α"),
        ("beta", "β"),
        ("gamma", "γ"),
        ("delta", "δ"),
        ("epsilon", "ε"),
        ("eps", "ε"),
        ("eta", "η"),
        ("theta", "θ"),
        ("kappa", "κ"),
        ("lambda", "λ"),
        ("mu", "μ"),
        ("nu", "ν"),
        ("rho", "ρ"),
        ("sigma", "σ"),
        ("tau", "τ"),
        ("phi", "φ"),
    ];
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let tail = &name[stem.len()..];
    GREEK.iter().find(|(word, _)| *word == stem).map_or_else(|| name.to_owned(), |(_, sign)| format!("{sign}{tail}"))
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// The first mistake.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        if text.chars().count() > LONGEST {
            return Err(Mistake { at: LONGEST, wrong: Wrong::TooLong });
        }
        let parsed = parse::parse(text)?;
        if parsed.names.is_empty() {
            return Err(Mistake { at: 0, wrong: Wrong::NoParameter });
        }
        if parsed.names.len() > MOST_PARAMETERS {
            return Err(Mistake { at: parsed.names[MOST_PARAMETERS].at, wrong: Wrong::TooManyParameters });
        }
        let inputs = parsed.inputs();
        if inputs.is_empty() {
            return Err(Mistake { at: 0, wrong: Wrong::NoColumn });
        }
        let linear = shape::linear(&parsed);
        let terms = shape::terms(&parsed, &linear);
        let mut parameters: Vec<Parameter> = Vec::new();
        for (index, name) in parsed.names.iter().enumerate() {
            let role = match (linear[index], &terms) {
                (true, _) => shape::Role::Coefficient,
                (false, Some(terms)) => shape::role_in(terms, index),
                (false, None) => shape::role_on_tape(&parsed, index),
            };
            parameters.push(role.parameter(leak(name.name.clone()), leak(symbol(&name.name))));
        }
        for limit in &parsed.limits {
            let parameter = &mut parameters[limit.parameter];
            limit.apply(parameter)?;
        }
        let (terms, tape): (&'static [Term], Option<Tape>) = match terms {
            Some(terms) => (Vec::leak(terms), None),
            None => (&[], Some(Tape::of(&parsed))),
        };
        let needs: Vec<Need> =
            inputs.iter().filter(|input| matches!(input, Input::Start)).map(|&input| Need::Varies(input)).collect();
        let held = shape::collapse(terms);
        let carries = (0..parameters.len()).map(|index| form::carries(terms, index)).collect();
        Ok(Self {
            id: leak(text.to_owned()),
            parameters: Vec::leak(parameters),
            terms,
            tape,
            inputs,
            needs: Vec::leak(needs),
            held,
            carries,
        })
    }

    /// What runs it, where it is no list of terms.
    pub(super) fn tape(&self) -> Option<&Tape> {
        self.tape.as_ref()
    }
}

impl Law for Formula {
    fn id(&self) -> &'static str {
        self.id
    }

    fn name(&self) -> &'static str {
        "Your own law"
    }

    fn citation(&self) -> &'static str {
        "typed by you"
    }

    fn needs(&self) -> &'static [Need] {
        self.needs
    }

    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }

    fn terms(&self) -> &'static [Term] {
        self.terms
    }

    fn text(&self) -> Option<&'static str> {
        self.tape.is_some().then_some(self.id)
    }

    fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    fn carries(&self, index: usize) -> Vec<Carry> {
        self.carries.get(index).cloned().unwrap_or_default()
    }

    fn fixed_scale(&self) -> Option<Scale> {
        self.tape.is_some().then_some(BILLIONS)
    }

    fn may_rise_with_tokens(&self) -> bool {
        // What a formula on a tape does with tokens is not known before it is fitted.
        let on_tape = self.tape.is_some() && self.inputs.contains(&Input::Tokens);
        on_tape || terms_rise(self.terms, self.parameters)
    }

    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        match &self.tape {
            Some(tape) => tape.predict(theta, at, loss),
            None => terms::predict(self.terms, theta, at, loss),
        }
    }

    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        match &self.tape {
            Some(tape) => tape.gradient(theta, at, loss, gradient),
            None => terms::gradient(self.terms, theta, at, loss, gradient),
        }
    }

    fn basis(&self, theta: &[f64], at: &Points, coefficients: &[usize], basis: &mut [f64]) {
        match &self.tape {
            Some(tape) => tape.basis(theta, at, coefficients, basis),
            None => terms::basis(self.terms, theta, at, coefficients, basis),
        }
    }

    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        match &self.tape {
            Some(tape) => tape.curvature(theta, at, weight, curvature),
            None => terms::curvature(self.terms, self.parameters.len(), theta, at, weight, curvature),
        }
    }

    fn collapse(&self, single: &[Input]) -> Vec<Held> {
        shape::held(self.terms, &self.held, single)
    }

    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
        rises_with_ratio(self, theta, scale, ranges)
    }
}

/// Whether a sum of terms can rise with tokens.
fn terms_rise(terms: &[Term], parameters: &[Parameter]) -> bool {
    terms.iter().any(|term| {
        let negative = term.sign == form::Sign::Minus || parameters[term.coefficient].bounds.0 < 0.0;
        let of_tokens = |factor: &form::Factor| factor.input() == Input::Tokens;
        let signed = |factor: &form::Factor| {
            factor.parameters().into_iter().flatten().any(|index| parameters[index].bounds.0 < 0.0)
        };
        term.factors().any(of_tokens)
            && (negative
                || term.above.iter().any(of_tokens)
                || term.factors().any(|factor| of_tokens(factor) && signed(factor)))
    })
}

/// The bounds and the search of an exponent, for what else makes parameters.
fn exponent_like(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter { enters: Enters::Shape { low: 0.05, high: 1.5 }, ..vocabulary::exponent(name, symbol, meaning) }
}
