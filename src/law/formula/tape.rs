//! Runs any formula over a batch of points, with exact first and second derivatives.
//!
//! The tree's nodes in order are the tape: one column of values a node. Derivatives go forwards, a column for each
//! parameter below a node. Curvature needs one sweep back: with `a` the derivative of the weighted sum by a node
//! `f(x, y)`, its share of the Hessian is `a (f_xx ∇x∇xᵀ + f_xy (∇x∇yᵀ + ∇y∇xᵀ) + f_yy ∇y∇yᵀ)`.

use super::parse::{Node, Parsed};
use crate::law::Points;
use crate::maths;

/// A formula ready to run.
#[derive(Debug, Clone)]
pub struct Tape {
    nodes: Vec<Node>,
    /// Parameters below each node.
    below: Vec<Vec<usize>>,
    parameters: usize,
}

/// A function of one or two numbers at a point: its value's derivatives.
#[derive(Clone, Copy, Default)]
struct Local {
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

/// The columns of every node.
struct Run {
    value: Vec<Vec<f64>>,
    /// For each node a column for each parameter below it.
    slope: Vec<Vec<Vec<f64>>>,
}

impl Tape {
    /// The tape of a formula.
    pub fn of(parsed: &Parsed) -> Self {
        let mut below: Vec<Vec<usize>> = Vec::with_capacity(parsed.nodes.len());
        for node in &parsed.nodes {
            let mut own: Vec<usize> = match node {
                Node::Parameter(index) => vec![*index],
                _ => Vec::new(),
            };
            for child in node.children().into_iter().flatten() {
                for &index in &below[child] {
                    if !own.contains(&index) {
                        own.push(index);
                    }
                }
            }
            below.push(own);
        }
        Self { nodes: parsed.nodes.clone(), below, parameters: parsed.names.len() }
    }

    /// Values of every node.
    fn values(&self, theta: &[f64], at: &Points) -> Vec<Vec<f64>> {
        let n = at.len();
        let mut all: Vec<Vec<f64>> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let two = |a: usize, b: usize, f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
                all[a].iter().zip(&all[b]).map(|(x, y)| f(*x, *y)).collect()
            };
            let one = |a: usize, f: &dyn Fn(f64) -> f64| -> Vec<f64> { all[a].iter().map(|x| f(*x)).collect() };
            let column = match *node {
                Node::Number(value) => vec![value; n],
                Node::Parameter(index) => vec![theta[index]; n],
                Node::Input(input) => {
                    let column = at.column(input);
                    column.at.iter().map(|&place| column.value[place as usize]).collect()
                }
                Node::Add(a, b) => two(a, b, &|x, y| x + y),
                Node::Subtract(a, b) => two(a, b, &|x, y| x - y),
                Node::Multiply(a, b) => two(a, b, &|x, y| x * y),
                Node::Divide(a, b) => two(a, b, &|x, y| x / y),
                Node::Power(a, b) => two(a, b, &power),
                Node::Min(a, b) => two(a, b, &f64::min),
                Node::Max(a, b) => two(a, b, &f64::max),
                Node::Negate(a) => one(a, &|x| -x),
                Node::Exp(a) => one(a, &maths::exp),
                Node::Ln(a) => one(a, &maths::ln),
            };
            all.push(column);
        }
        all
    }

    /// The local derivatives of a node at a point, from its own value and its children's.
    fn local(node: Node, value: f64, x: f64, y: f64) -> Local {
        let zero = Local::default();
        match node {
            Node::Number(_) | Node::Parameter(_) | Node::Input(_) => zero,
            Node::Add(..) => Local { x: 1.0, y: 1.0, ..zero },
            Node::Subtract(..) => Local { x: 1.0, y: -1.0, ..zero },
            Node::Negate(_) => Local { x: -1.0, ..zero },
            Node::Multiply(..) => Local { x: y, y: x, xy: 1.0, ..zero },
            Node::Divide(..) => {
                let inverse = 1.0 / y;
                let by_y = -value * inverse;
                Local { x: inverse, y: by_y, xy: -inverse * inverse, yy: -2.0 * by_y * inverse, ..zero }
            }
            // 0 to a power is 0 near there too, and a power of nothing is 1: the limits that a law's terms take.
            Node::Power(..) if x == 0.0 => zero,
            Node::Power(..) => {
                let (relative, ln) = (y / x, maths::ln(x));
                Local {
                    x: value * relative,
                    y: value * ln,
                    xx: value * relative * (y - 1.0) / x,
                    xy: value * (1.0 / x + relative * ln),
                    yy: value * ln * ln,
                }
            }
            Node::Min(..) => {
                if x <= y {
                    Local { x: 1.0, ..zero }
                } else {
                    Local { y: 1.0, ..zero }
                }
            }
            Node::Max(..) => {
                if x >= y {
                    Local { x: 1.0, ..zero }
                } else {
                    Local { y: 1.0, ..zero }
                }
            }
            Node::Exp(_) => Local { x: value, xx: value, ..zero },
            Node::Ln(_) => Local { x: 1.0 / x, xx: -1.0 / (x * x), ..zero },
        }
    }

    /// The local derivatives of a node over all points.
    fn locals(&self, at: usize, value: &[Vec<f64>]) -> Vec<Local> {
        let node = self.nodes[at];
        let [a, b] = node.children();
        let child = |child: Option<usize>, i: usize| child.map_or(0.0, |child| value[child][i]);
        (0..value[at].len()).map(|i| clean(Self::local(node, value[at][i], child(a, i), child(b, i)), node)).collect()
    }

    fn run(&self, theta: &[f64], at: &Points) -> Run {
        let value = self.values(theta, at);
        let mut slope: Vec<Vec<Vec<f64>>> = Vec::with_capacity(self.nodes.len());
        for (place, node) in self.nodes.iter().enumerate() {
            if let Node::Parameter(_) = node {
                slope.push(vec![vec![1.0; at.len()]]);
                continue;
            }
            if self.below[place].is_empty() {
                slope.push(Vec::new());
                continue;
            }
            let locals = self.locals(place, &value);
            let [a, b] = node.children();
            let columns = self.below[place].iter().map(|parameter| {
                let mut out = vec![0.0; at.len()];
                for (child, by) in [(a, (|local: &Local| local.x) as fn(&Local) -> f64), (b, |local| local.y)] {
                    let Some(child) = child else { continue };
                    let Some(at) = self.below[child].iter().position(|known| known == parameter) else { continue };
                    for ((out, local), slope) in out.iter_mut().zip(&locals).zip(&slope[child][at]) {
                        *out += by(local) * slope;
                    }
                }
                out
            });
            let columns = columns.collect();
            slope.push(columns);
        }
        Run { value, slope }
    }

    /// Losses.
    pub fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        if let Some(column) = self.values(theta, at).last() {
            loss.copy_from_slice(column);
        }
    }

    /// Losses and their derivatives.
    pub fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        let run = self.run(theta, at);
        let n = at.len();
        gradient.fill(0.0);
        if let (Some(value), Some(slopes), Some(below)) = (run.value.last(), run.slope.last(), self.below.last()) {
            loss.copy_from_slice(value);
            for (&parameter, slope) in below.iter().zip(slopes) {
                gradient[parameter * n..(parameter + 1) * n].copy_from_slice(slope);
            }
        }
    }

    /// Derivatives by these parameters.
    pub fn basis(&self, theta: &[f64], at: &Points, coefficients: &[usize], basis: &mut [f64]) {
        let n = at.len();
        let (mut loss, mut gradient) = (vec![0.0; n], vec![0.0; n * self.parameters]);
        self.gradient(theta, at, &mut loss, &mut gradient);
        for (&coefficient, out) in coefficients.iter().zip(basis.chunks_exact_mut(n.max(1))) {
            out.copy_from_slice(&gradient[coefficient * n..(coefficient + 1) * n]);
        }
    }

    /// Adds the weighted sum of the Hessians.
    pub fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        let run = self.run(theta, at);
        let (n, p) = (at.len(), self.parameters);
        let mut adjoint: Vec<Vec<f64>> = vec![Vec::new(); self.nodes.len()];
        if let Some(last) = adjoint.last_mut() {
            *last = weight.to_vec();
        }
        for place in (0..self.nodes.len()).rev() {
            let own = std::mem::take(&mut adjoint[place]);
            if own.is_empty() || self.below[place].is_empty() {
                continue;
            }
            let [a, b] = self.nodes[place].children();
            if a.is_none() {
                continue;
            }
            let locals = self.locals(place, &run.value);
            for (child, by) in [(a, (|local: &Local| local.x) as fn(&Local) -> f64), (b, |local| local.y)] {
                let Some(child) = child.filter(|child| !self.below[*child].is_empty()) else { continue };
                let out = &mut adjoint[child];
                out.resize(n, 0.0);
                for ((out, local), own) in out.iter_mut().zip(&locals).zip(&own) {
                    *out += by(local) * own;
                }
            }
            let mut add = |first: Option<usize>, second: Option<usize>, by: fn(&Local) -> f64, mirrored: bool| {
                let (Some(first), Some(second)) = (first, second) else { return };
                let scaled: Vec<f64> = locals.iter().zip(&own).map(|(local, own)| by(local) * own).collect();
                if scaled.iter().all(|value| *value == 0.0) {
                    return;
                }
                for (i, x) in self.below[first].iter().zip(&run.slope[first]) {
                    for (j, y) in self.below[second].iter().zip(&run.slope[second]) {
                        let sum: f64 = scaled.iter().zip(x).zip(y).map(|((s, x), y)| s * x * y).sum();
                        curvature[i * p + j] += sum;
                        if mirrored {
                            curvature[j * p + i] += sum;
                        }
                    }
                }
            };
            add(a, a, |local| local.xx, false);
            add(b, b, |local| local.yy, false);
            add(a, b, |local| local.xy, true);
        }
    }
}

/// `x^y` with the limits that a law's terms take: 0 to any power is 0, and to the power 0 it is 1.
fn power(x: f64, y: f64) -> f64 {
    if x == 0.0 && y > 0.0 { 0.0 } else { maths::pow(x, y) }
}

/// A negative base knows only whole powers: what its logarithm would give is left out.
fn clean(mut local: Local, node: Node) -> Local {
    if matches!(node, Node::Power(..)) {
        for value in [&mut local.y, &mut local.xy, &mut local.yy] {
            if value.is_nan() {
                *value = 0.0;
            }
        }
    }
    local
}
