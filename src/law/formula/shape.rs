//! What a formula is made of: which parameters the loss is linear in, whether it is a list of terms, what each parameter
//! is for.

use super::exponent_like;
use super::parse::{Node, Parsed};
use crate::law::vocabulary;
use crate::law::{Base, Enters, Factor, Held, Input, Parameter, Sign, Term};

/// What a parameter is for: gives it its bounds and the range of its search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The loss is linear in it.
    Coefficient,
    /// A power.
    Exponent,
    /// Added to the ratio below a power.
    Offset,
    /// `b` of `b^r`.
    Base,
    /// `t` of `e^(t r)`.
    Rate,
    /// `b` of `(1 + b r)^α`.
    Worth,
    /// Anything else.
    Other,
}

impl Role {
    /// The parameter of that name.
    pub fn parameter(self, name: &'static str, symbol: &'static str) -> Parameter {
        let shape = |low, high, bounds, meaning, bounds_reason| Parameter {
            name,
            symbol,
            meaning,
            enters: Enters::Shape { low, high },
            bounds,
            bounds_reason,
        };
        match self {
            Self::Coefficient => vocabulary::coefficient(name, symbol, "coefficient"),
            Self::Exponent => exponent_like(name, symbol, "exponent"),
            Self::Offset => Parameter { name, symbol, meaning: "offset", ..vocabulary::RATIO_OFFSET },
            Self::Base => shape(0.01, 10.0, (1e-3, 100.0), "base", "a hundred is more than any share makes of a loss"),
            Self::Rate => vocabulary::rate(name, symbol, "rate"),
            Self::Worth => {
                shape(0.5, 200.0, (0.0, 1e4), "worth of a share", "ten thousand is more than any file tells")
            }
            Self::Other => shape(0.01, 10.0, (1e-4, 1e4), "constant", "say “where … in low..high” for another range"),
        }
    }
}

/// Which parameters the loss is linear in, jointly: none multiplies another, none stands below a line, in a power or in a
/// function. Taken in the order they stand.
pub fn linear(parsed: &Parsed) -> Vec<bool> {
    let mut linear = vec![false; parsed.names.len()];
    for candidate in 0..linear.len() {
        linear[candidate] = true;
        if degree(parsed, &linear).is_none_or(|degree| degree > 1) {
            linear[candidate] = false;
        }
    }
    linear
}

/// The degree of the formula in these parameters; `None` where it is no polynomial.
fn degree(parsed: &Parsed, among: &[bool]) -> Option<u32> {
    let mut degrees: Vec<Option<u32>> = Vec::with_capacity(parsed.nodes.len());
    for node in &parsed.nodes {
        let of = |child: usize| degrees.get(child).copied().flatten();
        let constant =
            |a: usize, b: Option<usize>| (of(a) == Some(0) && b.is_none_or(|b| of(b) == Some(0))).then_some(0);
        degrees.push(match *node {
            Node::Number(_) | Node::Input(_) => Some(0),
            Node::Parameter(index) => Some(u32::from(among[index])),
            Node::Add(a, b) | Node::Subtract(a, b) => of(a).zip(of(b)).map(|(a, b)| a.max(b)),
            Node::Multiply(a, b) => of(a).zip(of(b)).map(|(a, b)| a + b),
            Node::Divide(a, b) => of(a).filter(|_| of(b) == Some(0)),
            Node::Negate(a) => of(a),
            Node::Power(a, b) | Node::Min(a, b) | Node::Max(a, b) => constant(a, Some(b)),
            Node::Exp(a) | Node::Ln(a) => constant(a, None),
        });
    }
    degrees.last().copied().flatten()
}

/// The formula as a list of terms; `None` where it is more than that.
pub fn terms(parsed: &Parsed, linear: &[bool]) -> Option<Vec<Term>> {
    let mut summands = Vec::new();
    flatten(parsed, parsed.root(), Sign::Plus, &mut summands);
    let mut terms: Vec<Term> = Vec::new();
    for (node, sign) in summands {
        let mut product = Product { parsed, linear, sign, coefficient: None, above: Vec::new(), below: Vec::new() };
        product.take(node, true)?;
        let coefficient = product.coefficient?;
        // A coefficient of two terms is a tie: that needs the tape.
        if terms.iter().any(|term| term.coefficient == coefficient) {
            return None;
        }
        terms.push(Term {
            sign: product.sign,
            coefficient,
            above: Vec::leak(product.above),
            below: Vec::leak(product.below),
        });
    }
    // Every parameter the loss is linear in must be a coefficient.
    let is_coefficient = |index: usize| terms.iter().any(|term| term.coefficient == index);
    (0..linear.len()).all(|index| linear[index] == is_coefficient(index)).then_some(terms)
}

/// The summands of a sum, with their signs.
fn flatten(parsed: &Parsed, node: usize, sign: Sign, out: &mut Vec<(usize, Sign)>) {
    let other = if sign == Sign::Plus { Sign::Minus } else { Sign::Plus };
    match parsed.nodes[node] {
        Node::Add(a, b) => {
            flatten(parsed, a, sign, out);
            flatten(parsed, b, sign, out);
        }
        Node::Subtract(a, b) => {
            flatten(parsed, a, sign, out);
            flatten(parsed, b, other, out);
        }
        Node::Negate(a) => flatten(parsed, a, other, out),
        _ => out.push((node, sign)),
    }
}

/// A product in the making.
struct Product<'a> {
    parsed: &'a Parsed,
    linear: &'a [bool],
    sign: Sign,
    coefficient: Option<usize>,
    above: Vec<Factor>,
    below: Vec<Factor>,
}

impl Product<'_> {
    /// Takes a node in, above or below the line; `None` where it is none of the known factors.
    fn take(&mut self, node: usize, above: bool) -> Option<()> {
        let nodes = &self.parsed.nodes;
        match nodes[node] {
            Node::Multiply(a, b) => {
                self.take(a, above)?;
                self.take(b, above)
            }
            Node::Divide(a, b) => {
                self.take(a, above)?;
                self.take(b, !above)
            }
            Node::Negate(a) => {
                self.sign = if self.sign == Sign::Plus { Sign::Minus } else { Sign::Plus };
                self.take(a, above)
            }
            Node::Number(value) => (value == 1.0).then_some(()),
            Node::Parameter(index) if above && self.linear[index] && self.coefficient.is_none() => {
                self.coefficient = Some(index);
                Some(())
            }
            Node::Input(input) => self.push(Factor::Fixed { input, power: 1.0 }, above),
            Node::Power(base, exponent) => self.power(base, exponent, above),
            Node::Exp(inner) => {
                let (Node::Multiply(a, b), flip) = self.bare(inner) else { return None };
                let (rate, input) = match (nodes[a], nodes[b]) {
                    (Node::Parameter(rate), Node::Input(input)) | (Node::Input(input), Node::Parameter(rate)) => {
                        (rate, input)
                    }
                    _ => return None,
                };
                // A rate carries the unit of what it multiplies: only a share has none.
                (input == Input::Ratio).then_some(())?;
                self.push(Factor::Exp { input, rate }, above != flip)
            }
            _ => None,
        }
    }

    fn push(&mut self, factor: Factor, above: bool) -> Option<()> {
        if above {
            self.above.push(factor)
        } else {
            self.below.push(factor)
        }
        Some(())
    }

    /// A node without its sign, and whether it had one.
    fn bare(&self, node: usize) -> (Node, bool) {
        match self.parsed.nodes[node] {
            Node::Negate(inner) => {
                let (node, flip) = self.bare(inner);
                (node, !flip)
            }
            // `-t*r` is read as `-(t)*r`.
            Node::Multiply(a, b) if matches!(self.parsed.nodes[a], Node::Negate(_)) => match self.parsed.nodes[a] {
                Node::Negate(inner) => (Node::Multiply(inner, b), true),
                node => (node, false),
            },
            node => (node, false),
        }
    }

    fn power(&mut self, base: usize, exponent: usize, above: bool) -> Option<()> {
        let nodes = &self.parsed.nodes;
        let (exponent, flip) = self.bare(exponent);
        let above = above != flip;
        match (nodes[base], exponent) {
            (Node::Input(input), Node::Number(power)) => self.push(Factor::Fixed { input, power }, above),
            (Node::Input(input), Node::Parameter(exponent)) => {
                self.push(Factor::Power { input, base: Base::Plain, exponent }, above)
            }
            (Node::Parameter(base), Node::Input(Input::Ratio)) if !self.linear[base] => {
                self.push(Factor::Exponential { input: Input::Ratio, base }, above)
            }
            (Node::Add(a, b), Node::Parameter(exponent)) => {
                let base = self.sum(a, b)?;
                self.push(Factor::Power { input: Input::Ratio, base, exponent }, above)
            }
            // (D*r)^x is D^x r^x.
            (Node::Multiply(a, b), Node::Parameter(index)) => {
                let (Node::Input(first), Node::Input(second)) = (nodes[a], nodes[b]) else { return None };
                self.push(Factor::Power { input: first, base: Base::Plain, exponent: index }, above)?;
                self.push(Factor::Power { input: second, base: Base::Plain, exponent: index }, above)
            }
            _ => None,
        }
    }

    /// `r + ε` or `1 + b r`.
    fn sum(&self, a: usize, b: usize) -> Option<Base> {
        let nodes = &self.parsed.nodes;
        let ratio = |node: Node| node == Node::Input(Input::Ratio);
        let (first, second) = (nodes[a], nodes[b]);
        match (first, second) {
            (input, Node::Parameter(offset)) | (Node::Parameter(offset), input) if ratio(input) => {
                Some(Base::Plus(offset))
            }
            (Node::Number(1.0), Node::Multiply(x, y)) | (Node::Multiply(x, y), Node::Number(1.0)) => {
                match (nodes[x], nodes[y]) {
                    (Node::Parameter(times), input) | (input, Node::Parameter(times)) if ratio(input) => {
                        Some(Base::OnePlus(times))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// What a parameter is for in a list of terms.
pub fn role_in(terms: &[Term], index: usize) -> Role {
    let role = |factor: &Factor| match *factor {
        Factor::Power { exponent, .. } if exponent == index => Some(Role::Exponent),
        Factor::Power { base: Base::Plus(inner), .. } if inner == index => Some(Role::Offset),
        Factor::Power { base: Base::OnePlus(inner), .. } if inner == index => Some(Role::Worth),
        Factor::Exponential { base, .. } if base == index => Some(Role::Base),
        Factor::Exp { rate, .. } if rate == index => Some(Role::Rate),
        _ => None,
    };
    terms.iter().flat_map(Term::factors).find_map(role).unwrap_or(Role::Other)
}

/// What a parameter is for in any formula: the power of something, or else.
pub fn role_on_tape(parsed: &Parsed, index: usize) -> Role {
    let mut found = Role::Other;
    for node in &parsed.nodes {
        if let Node::Power(_, exponent) = *node {
            let inner = match parsed.nodes[exponent] {
                Node::Negate(inner) => parsed.nodes[inner],
                node => node,
            };
            if inner == Node::Parameter(index) {
                found = Role::Exponent;
            }
        }
    }
    found
}

/// For each input of a list of terms, what is held where it has a single value: the parameters of its factors, at values
/// that make the factor a constant, and the weight of a term that is then a constant beside another one.
pub fn collapse(terms: &[Term]) -> Vec<Held> {
    let mut held = Vec::new();
    for factor in terms.iter().flat_map(Term::factors) {
        let because = factor.input();
        let neutral = match *factor {
            Factor::Power { base: Base::OnePlus(_), .. } => [1.0, 0.0],
            Factor::Exp { .. } => [0.0, 0.0],
            _ => [1.0, 1.0],
        };
        for (index, value) in factor.parameters().into_iter().zip(neutral) {
            // A parameter that another input's factor shares stays identified by that one.
            let elsewhere = |other: &Factor| {
                other.input() != because && other.parameters().into_iter().flatten().any(|known| Some(known) == index)
            };
            let shared = terms.iter().flat_map(Term::factors).any(elsewhere);
            if let Some(index) = index.filter(|_| !shared)
                && !held.iter().any(|known: &Held| known.index == index)
            {
                held.push(Held { index, value, because });
            }
        }
    }
    held
}

/// What is held where these inputs have a single value.
pub fn held(terms: &[Term], rules: &[Held], single: &[Input]) -> Vec<Held> {
    let mut found: Vec<Held> = rules.iter().copied().filter(|held| single.contains(&held.because)).collect();
    let is_constant = |term: &Term| term.factors().all(|factor| single.contains(&factor.input()));
    let constants: Vec<&Term> = terms.iter().filter(|term| is_constant(term)).collect();
    for term in constants.iter().skip(1) {
        if let Some(factor) = term.factors().next() {
            found.push(Held { index: term.coefficient, value: 0.0, because: factor.input() });
        }
    }
    found
}
