//! Repeated data where the unique tokens are known: a function of size and tokens alone, for printed parameters without a
//! file. `U` stands among the parameters, where a person put it; passes over the data are `D/U`, one at least.
//!
//! Not in the catalogue: a fit takes the passes from the file, row by row.

#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
use super::derivatives;
use super::{PARAMETERS, REPEATED, Repeated, carries, value};
use crate::law::points::Column;
use crate::law::{Axis, Carry, Enters, Finding, Held, Input, Law, Need, Parameter, Points, Ranges, Scale};

/// Index of the unique tokens.
pub const U: usize = 7;

/// The law, eight parameters.
#[derive(Debug)]
pub struct OfUnique;

/// The law, eight parameters.
pub static OF_UNIQUE: OfUnique = OfUnique;

static WITH_UNIQUE: [Parameter; U + 1] = {
    let unique = Parameter {
        name: "U",
        symbol: "U",
        meaning: "unique tokens",
        enters: Enters::Shape { low: 0.01, high: 100.0 },
        bounds: (1e-6, f64::INFINITY),
        bounds_reason: "there is some data",
    };
    let mut all = [unique; U + 1];
    let mut at = 0;
    while at < U {
        all[at] = PARAMETERS[at];
        at += 1;
    }
    all
};

impl Law for OfUnique {
    fn id(&self) -> &'static str {
        "repeated-of-unique"
    }

    fn name(&self) -> &'static str {
        Repeated.name()
    }

    fn citation(&self) -> &'static str {
        Repeated.citation()
    }

    fn uncertain(&self) -> &'static str {
        Repeated.uncertain()
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Varies(Input::Size), Need::Varies(Input::Tokens)]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &WITH_UNIQUE
    }

    fn terms(&self) -> &'static [crate::law::Term] {
        &[]
    }

    fn text(&self) -> Option<&'static str> {
        REPEATED.text()
    }

    fn inputs(&self) -> Vec<Input> {
        vec![Input::Size, Input::Tokens]
    }

    fn carries(&self, index: usize) -> Vec<Carry> {
        match index {
            U => vec![Carry { axis: Axis::Tokens, exponent: None, times: 1.0 }],
            _ => carries(index),
        }
    }

    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        let [size, tokens] = [Input::Size, Input::Tokens].map(|input| at.column(input));
        for (i, loss) in loss.iter_mut().enumerate() {
            let of = |column: &Column| column.value[column.at[i] as usize];
            *loss = value(theta, of(size), of(tokens), of(tokens) / theta[U]);
        }
    }

    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        if let Some(tape) = derivatives::of_unique() {
            tape.gradient(theta, at, loss, gradient);
        }
    }

    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        if let Some(tape) = derivatives::of_unique() {
            tape.curvature(theta, at, weight, curvature);
        }
    }

    /// The loss is linear in `E` alone.
    fn basis(&self, _theta: &[f64], _at: &Points, _coefficients: &[usize], basis: &mut [f64]) {
        basis.fill(1.0);
    }

    fn collapse(&self, _single: &[Input]) -> Vec<Held> {
        Vec::new()
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{OF_UNIQUE, U};
    use crate::law::repeated::{DATA_REPETITIONS, SIZE_REPETITIONS, loss};
    use crate::law::{Law, Points, Scale};

    /// The paper's parameters with 25B unique tokens.
    const THETA: [f64; U + 1] = [
        1.8691436784054858,
        520.8249516599187,
        0.3526596,
        1487.716093782861,
        0.3526596,
        DATA_REPETITIONS,
        SIZE_REPETITIONS,
        25e9,
    ];

    #[test]
    fn gives_the_published_values_and_derivatives_that_differences_agree_with() {
        let mut points = Points::default();
        let places = [(6.34e9, 242e9), (8.67e9, 178e9), (1e9, 20e9)];
        for (size, tokens) in places {
            points.push(&Scale { size: 1.0, tokens: 1.0 }, size, tokens, 1.0);
        }
        let mut values = [0.0; 3];
        OF_UNIQUE.predict(&THETA, &points, &mut values);
        for ((size, tokens), found) in places.into_iter().zip(values) {
            let expected = loss(size, tokens, 25e9);
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} for {expected}");
        }
        let mut gradient = [0.0; 3 * (U + 1)];
        OF_UNIQUE.gradient(&THETA, &points, &mut values, &mut gradient);
        for j in 0..=U {
            let at = |by: f64| {
                let mut moved = THETA;
                moved[j] *= 1.0 + by;
                let mut values = [0.0; 3];
                OF_UNIQUE.predict(&moved, &points, &mut values);
                values
            };
            let (up, down) = (at(1e-5), at(-1e-5));
            for i in 0..3 {
                let slope = (up[i] - down[i]) / (2e-5 * THETA[j]);
                let found = gradient[j * 3 + i];
                // Central differences over 1e-5: half of the digits.
                let near = (found - slope).abs() <= 1e-5 * slope.abs() + 1e-9 / THETA[j];
                assert!(near, "parameter {j}, point {i}: {found} for {slope}");
            }
        }
    }
}
