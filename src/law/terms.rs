//! Computes a law from its list of terms: value, gradient and curvature over a batch of points.
//!
//! A term is `c Π g_f`, and `ln g_f` is a simple function of one axis and at most two parameters. So each factor is
//! tabulated over the distinct values of its axis, with the derivatives `h` and `k` of `ln g_f`, and the rest is products:
//! `∂T/∂p = T h_p`, `∂²T/∂p∂q = T (h_p h_q + k_pq)`. Sums over points that a single factor needs are taken over its
//! distinct values. Columns go parameter by parameter, so that the loops are over plain arrays.
//!
//! A term of exponentials alone, `c e^(Σ t_j r_j)` over many corpora, is one exponential of a sum at each point
//! (`Powers`): its shares hardly ever repeat, and a table for each corpus was most of the time of a draw.

use super::{Base, FITS, Factor, Points, Sign, Term};
use crate::maths::{self, dot};

/// A factor over the distinct values of its axis.
struct Table<'a> {
    /// For each point, the index of its value.
    at: &'a [u32],
    /// `g`.
    value: Vec<f64>,
    parameters: [Option<usize>; 2],
    /// `∂ ln g/∂p` for each of the two parameters; empty where there is none or none was asked for.
    slope: [Vec<f64>; 2],
    /// `∂² ln g` by the first parameter twice, by both, by the second twice; as above.
    bend: [Vec<f64>; 3],
}

/// How many derivatives a table holds.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Order {
    Value,
    Slope,
    Bend,
}

/// The tables of a term's factors, those above the line first.
fn tables<'a>(term: &Term, theta: &[f64], at: &'a Points, order: Order) -> Vec<Table<'a>> {
    term.signed_factors().map(|(factor, sign)| table(factor, sign, theta, at, order)).collect()
}

/// A term of several exponentials and nothing else, point by point: the derivative of its logarithm by a rate is the
/// share itself, and there is no second one.
struct Powers {
    /// `± e^(Σ ± t x)` at each point.
    value: Vec<f64>,
    /// For each factor its rate and `± x` at each point.
    slopes: Vec<(usize, Vec<f64>)>,
}

impl Powers {
    /// The powers of a term, with their slopes where those are asked for; `None` of a term with other factors.
    fn of(term: &Term, theta: &[f64], at: &Points, order: Order) -> Option<Self> {
        if !is_of_powers(term) {
            return None;
        }
        let mut value = vec![0.0; at.len()];
        let mut slopes = Vec::new();
        for (factor, sign) in term.signed_factors() {
            let Factor::Exp { rate, .. } = *factor else { continue };
            let column = at.column(factor.input());
            let x = column.at.iter().map(|&u| sign * column.value[u as usize]);
            if order >= Order::Slope {
                slopes.push((rate, x.collect::<Vec<f64>>()));
                let added = slopes.last().map_or(&[][..], |(_, x)| x);
                value.iter_mut().zip(added).for_each(|(value, x)| *value += x * theta[rate]);
            } else {
                value.iter_mut().zip(x).for_each(|(value, x)| *value += x * theta[rate]);
            }
        }
        value.iter_mut().for_each(|value| *value = term.sign.factor() * maths::exp(*value));
        Some(Self { value, slopes })
    }
}

/// Whether a term is several exponentials and nothing else. The first screen, which fits nothing itself, makes do with
/// tables.
fn is_of_powers(term: &Term) -> bool {
    let of_powers = |(factor, _): (&Factor, f64)| matches!(factor, Factor::Exp { .. });
    FITS && term.above.len() + term.below.len() > 1 && term.signed_factors().all(of_powers)
}

/// The base of a power, its logarithm, and its derivative by the parameter in it.
fn inner(base: Base, (x, ln_x): (f64, f64), theta: &[f64]) -> (f64, f64, f64) {
    match base {
        Base::Plain => (x, ln_x, 0.0),
        Base::Plus(offset) => (x + theta[offset], maths::ln(x + theta[offset]), 1.0),
        Base::Blend(share) => {
            let inner = x + (1.0 - x) * theta[share];
            (inner, maths::ln(inner), 1.0 - x)
        }
        Base::OnePlus(times) => {
            let inner = 1.0 + theta[times] * x;
            (inner, maths::ln(inner), x)
        }
    }
}

/// `0^exponent`: the limit, and 1 of a power held at 0, which does not know its axis.
fn at_zero(exponent: f64) -> f64 {
    match exponent {
        rising if rising > 0.0 => 0.0,
        falling if falling < 0.0 => f64::INFINITY,
        _ => 1.0,
    }
}

/// The table of `factor^sign`.
fn table<'a>(factor: &Factor, sign: f64, theta: &[f64], at: &'a Points, order: Order) -> Table<'a> {
    let column = at.column(factor.input());
    let n = column.value.len();
    let sized = |wanted: Order| Vec::with_capacity(if order >= wanted { n } else { 0 });
    let mut table = Table {
        at: &column.at,
        value: Vec::with_capacity(n),
        parameters: factor.parameters(),
        slope: [sized(Order::Slope), sized(Order::Slope)],
        bend: [sized(Order::Bend), sized(Order::Bend), sized(Order::Bend)],
    };
    let (slopes, bends) = (order >= Order::Slope, order >= Order::Bend);
    match *factor {
        Factor::Power { base, exponent, .. } => {
            let e = theta[exponent];
            for (&x, &ln_x) in column.value.iter().zip(&column.ln) {
                // `0^e ln 0` is 0, the limit for e > 0.
                let (inner, ln, by_inner) = match base {
                    Base::Plain if x == 0.0 => {
                        table.value.push(at_zero(sign * e));
                        if slopes {
                            table.slope[0].push(0.0);
                        }
                        if bends {
                            table.bend[0].push(0.0);
                        }
                        continue;
                    }
                    base => inner(base, (x, ln_x), theta),
                };
                table.value.push(maths::exp(sign * e * ln));
                let relative = by_inner / inner;
                if slopes {
                    table.slope[0].push(sign * ln);
                    table.slope[1].push(sign * e * relative);
                }
                if bends {
                    table.bend[0].push(0.0);
                    table.bend[1].push(sign * relative);
                    table.bend[2].push(-sign * e * relative * relative);
                }
            }
        }
        Factor::Exp { rate, .. } => {
            for &x in &column.value {
                table.value.push(maths::exp(sign * x * theta[rate]));
                if slopes {
                    table.slope[0].push(sign * x);
                }
                if bends {
                    table.bend[0].push(0.0);
                }
            }
        }
        Factor::Fixed { power, .. } => table.value.extend(column.value.iter().map(|x| maths::pow(*x, sign * power))),
        Factor::Where { value, .. } => {
            table.value.extend(column.value.iter().map(|x| f64::from(u8::from(*x == value))));
        }
        Factor::Exponential { base, .. } => {
            let (b, ln_b) = (theta[base], maths::ln(theta[base]));
            for &x in &column.value {
                table.value.push(maths::exp(sign * x * ln_b));
                if slopes {
                    table.slope[0].push(sign * x / b);
                }
                if bends {
                    table.bend[0].push(-sign * x / (b * b));
                }
            }
        }
    }
    table
}

/// `± Π g_f` at each point.
fn whole(term: &Term, tables: &[Table<'_>], out: &mut [f64]) {
    product(tables, out);
    if term.sign == Sign::Minus {
        out.iter_mut().for_each(|value| *value = -*value);
    }
}

/// The same where nothing else is asked of the term.
fn values(term: &Term, theta: &[f64], at: &Points, out: &mut [f64]) {
    match Powers::of(term, theta, at, Order::Value) {
        Some(powers) => out.copy_from_slice(&powers.value),
        None => whole(term, &tables(term, theta, at, Order::Value), out),
    }
}

/// `Π g_f` at each point.
fn product(tables: &[Table<'_>], out: &mut [f64]) {
    match tables {
        [] => out.fill(1.0),
        [one] => {
            for (value, &u) in out.iter_mut().zip(one.at) {
                *value = one.value[u as usize];
            }
        }
        [one, two] => {
            for ((value, &u), &v) in out.iter_mut().zip(one.at).zip(two.at) {
                *value = one.value[u as usize] * two.value[v as usize];
            }
        }
        [first, rest @ ..] => {
            product(std::slice::from_ref(first), out);
            for table in rest {
                for (value, &u) in out.iter_mut().zip(table.at) {
                    *value *= table.value[u as usize];
                }
            }
        }
    }
}

/// `factor^sign` at one value of its axis, whose logarithm is given: what [`table`] has there, to the last digit.
fn value_at(factor: &Factor, sign: f64, theta: &[f64], (x, ln_x): (f64, f64)) -> f64 {
    match *factor {
        Factor::Power { base: Base::Plain, exponent, .. } if x == 0.0 => at_zero(sign * theta[exponent]),
        Factor::Power { base, exponent, .. } => {
            let (_, ln, _) = inner(base, (x, ln_x), theta);
            maths::exp(sign * theta[exponent] * ln)
        }
        Factor::Exp { rate, .. } => maths::exp(sign * x * theta[rate]),
        Factor::Fixed { power, .. } => maths::pow(x, sign * power),
        Factor::Where { value, .. } => f64::from(u8::from(x == value)),
        Factor::Exponential { base, .. } => maths::exp(sign * x * maths::ln(theta[base])),
    }
}

/// The exponent of an exponential factor at a value of its input; 0 of any other.
fn exponent_at(factor: &Factor, sign: f64, theta: &[f64], x: f64) -> f64 {
    if let Factor::Exp { rate, .. } = *factor { sign * x * theta[rate] } else { 0.0 }
}

/// The loss at the only point of a batch: a thousand draws are asked for one loss at each move of a slider, and tables
/// of a single value are mostly their memory.
fn predict_one(terms: &[Term], theta: &[f64], at: &Points) -> f64 {
    let mut loss = 0.0;
    for term in terms {
        let coefficient = theta[term.coefficient];
        if coefficient != 0.0 {
            let place = |factor: &Factor| {
                let column = at.column(factor.input());
                let first = column.at.first().map_or(0, |first| *first as usize);
                (column.value[first], column.ln[first])
            };
            let factors = term.signed_factors();
            let product = if is_of_powers(term) {
                maths::exp(factors.map(|(factor, sign)| exponent_at(factor, sign, theta, place(factor).0)).sum())
            } else {
                factors.map(|(factor, sign)| value_at(factor, sign, theta, place(factor))).product()
            };
            loss += coefficient * if term.sign == Sign::Minus { -product } else { product };
        }
    }
    loss
}

/// Losses at `at` into `loss`.
pub fn predict(terms: &[Term], theta: &[f64], at: &Points, loss: &mut [f64]) {
    if let [one] = loss {
        *one = predict_one(terms, theta, at);
        return;
    }
    loss.fill(0.0);
    let mut column = vec![0.0; loss.len()];
    for term in terms {
        let coefficient = theta[term.coefficient];
        if coefficient != 0.0 {
            values(term, theta, at, &mut column);
            for (loss, value) in loss.iter_mut().zip(&column) {
                *loss += coefficient * value;
            }
        }
    }
}

/// The derivative by each of these coefficients: `basis[k * n + i]`.
pub fn basis(terms: &[Term], theta: &[f64], at: &Points, coefficients: &[usize], basis: &mut [f64]) {
    let n = at.len().max(1);
    for (&coefficient, out) in coefficients.iter().zip(basis.chunks_exact_mut(n)) {
        out.fill(0.0);
        if let Some(term) = terms.iter().find(|term| term.coefficient == coefficient) {
            values(term, theta, at, out);
        }
    }
}

/// Losses, and their derivatives parameter by parameter: `gradient[j * n + i]`.
pub fn gradient(terms: &[Term], theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
    if !FITS {
        return;
    }
    let n = loss.len();
    loss.fill(0.0);
    gradient.fill(0.0);
    let mut column = vec![0.0; n];
    for term in terms {
        let index = term.coefficient;
        let coefficient = theta[index];
        if let Some(powers) = Powers::of(term, theta, at, Order::Slope) {
            for ((loss, out), value) in loss.iter_mut().zip(&mut gradient[index * n..]).zip(&powers.value) {
                *loss += coefficient * value;
                *out += value;
            }
            for (rate, x) in &powers.slopes {
                for ((out, value), x) in gradient[rate * n..(rate + 1) * n].iter_mut().zip(&powers.value).zip(x) {
                    *out += coefficient * value * x;
                }
            }
            continue;
        }
        let tables = tables(term, theta, at, Order::Slope);
        whole(term, &tables, &mut column);
        for ((loss, out), value) in loss.iter_mut().zip(&mut gradient[index * n..]).zip(&column) {
            *loss += coefficient * value;
            *out += value;
        }
        if coefficient == 0.0 {
            continue;
        }
        for table in &tables {
            for (slope, parameter) in table.slope.iter().zip(table.parameters) {
                let Some(parameter) = parameter else { continue };
                let out = &mut gradient[parameter * n..(parameter + 1) * n];
                if let [_] = tables[..] {
                    // A function of one axis: the product is taken once a distinct value.
                    let signed = coefficient * term.sign.factor();
                    let values: Vec<f64> = table.value.iter().zip(slope).map(|(g, h)| signed * g * h).collect();
                    for (out, &u) in out.iter_mut().zip(table.at) {
                        *out += values[u as usize];
                    }
                } else {
                    for ((out, value), &u) in out.iter_mut().zip(&column).zip(table.at) {
                        *out += coefficient * value * slope[u as usize];
                    }
                }
            }
        }
    }
}

/// Adds `Σ_i weight[i] ∇²loss[i]` to the `p * p` matrix `curvature`.
pub fn curvature(terms: &[Term], p: usize, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
    if !FITS {
        return;
    }
    let mut add = |i: usize, j: usize, value: f64| {
        curvature[i * p + j] += value;
        if i != j {
            curvature[j * p + i] += value;
        }
    };
    let mut column = vec![0.0; weight.len()];
    for term in terms {
        let index = term.coefficient;
        let coefficient = theta[index];
        if let Some(powers) = Powers::of(term, theta, at, Order::Slope) {
            let mut scaled = vec![0.0; weight.len()];
            for (k, (rate, x)) in powers.slopes.iter().enumerate() {
                for ((scaled, x), (value, w)) in scaled.iter_mut().zip(x).zip(powers.value.iter().zip(weight)) {
                    *scaled = w * value * x;
                }
                add(index, *rate, scaled.iter().sum());
                for (other, y) in &powers.slopes[k..] {
                    // One rate in two factors stands on the diagonal, where both orders meet.
                    let twice = if rate == other && !std::ptr::eq(x, y) { 2.0 } else { 1.0 };
                    add(*rate, *other, twice * coefficient * maths::dot_by_four(&scaled, y));
                }
            }
            continue;
        }
        let tables = tables(term, theta, at, Order::Bend);
        whole(term, &tables, &mut column);
        for (value, w) in column.iter_mut().zip(weight) {
            *value *= w;
        }
        for (at_factor, table) in tables.iter().enumerate() {
            // What is a function of this factor alone: summed over the points of a distinct value first.
            let mut sums = vec![0.0; table.value.len()];
            for (value, &u) in column.iter().zip(table.at) {
                sums[u as usize] += value;
            }
            for (a, parameter) in table.parameters.iter().enumerate() {
                let Some(parameter) = *parameter else { continue };
                let slope = &table.slope[a];
                add(index, parameter, dot(&sums, slope));
                for b in a..2 {
                    let Some(other) = table.parameters[b] else { continue };
                    let pairs = slope.iter().zip(&table.slope[b]).zip(&table.bend[a + b]);
                    let sum: f64 = sums.iter().zip(pairs).map(|(s, ((h, g), k))| s * (h * g + k)).sum();
                    add(parameter, other, coefficient * sum);
                }
                // What is a function of two factors: point by point.
                for second in &tables[at_factor + 1..] {
                    for (b, other) in second.parameters.iter().enumerate() {
                        let Some(other) = *other else { continue };
                        let mut sum = 0.0;
                        for ((value, &u), &v) in column.iter().zip(table.at).zip(second.at) {
                            sum += value * slope[u as usize] * second.slope[b][v as usize];
                        }
                        // One parameter in both factors stands on the diagonal, where both orders meet.
                        add(parameter, other, coefficient * sum * if parameter == other { 2.0 } else { 1.0 });
                    }
                }
            }
        }
    }
}

/// The loss at one mixture of several corpora, and its derivative by each share in `slope`: what a search over mixtures
/// asks tens of thousands of times, so nothing is allocated and a term's exponentials are taken as one. Of a law of
/// mixtures only, whose terms are functions of the shares in exponentials and of nothing else.
pub fn by_shares(terms: &[Term], theta: &[f64], shares: &[f64], slope: &mut [f64]) -> f64 {
    use super::Input;
    slope.fill(0.0);
    let mut loss = 0.0;
    for term in terms {
        let rates = || {
            term.signed_factors().filter_map(|(factor, sign)| match *factor {
                Factor::Exp { input: Input::Corpus(place), rate } => Some((usize::from(place), sign * theta[rate])),
                _ => None,
            })
        };
        let exponent: f64 = rates().map(|(place, rate)| rate * shares[place]).sum();
        let value = term.sign.factor() * theta[term.coefficient] * maths::exp(exponent);
        loss += value;
        rates().for_each(|(place, rate)| slope[place] += value * rate);
    }
    loss
}
