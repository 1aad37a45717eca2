//! The laws' formulas, gradients and curvatures against automatic differentiation of formulas written here anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/formulas.rs"]
mod formulas;

use formulas::{At, Formula, HyperDual, LAWS};
use ratioscope::law::{self, Axis, Input, Law, Need, Place, Points, Recipe, Scale};

/// Numbers evenly in 0..1 from a seed (splitmix64), for points and parameters.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

#[test]
fn every_law_of_the_catalogue_is_checked_here() {
    let checked: Vec<&str> = LAWS.iter().map(|(id, _)| *id).collect();
    assert_eq!(law::CATALOGUE.iter().map(|law| law.id()).collect::<Vec<_>>(), checked);
}

fn law(id: &str) -> &'static dyn Law {
    law::by_id(id).unwrap()
}

/// Parameters where a fit looks for them: coefficients of the size of a loss, the others over their bounds, or over what
/// the search covers where the bounds are so wide that a power would leave the doubles.
fn random_theta(law: &dyn Law, random: &mut Uniform) -> Vec<f64> {
    let one = |p: &law::Parameter| match p.enters {
        law::Enters::Linear if p.bounds.0 < 0.0 => random.between(-3.0, 3.0),
        law::Enters::Linear => random.between(0.0, p.bounds.1.min(3.0)),
        law::Enters::Shape { .. } if p.bounds.1 <= 100.0 && law.text().is_none() => {
            random.between(p.bounds.0, p.bounds.1)
        }
        law::Enters::Shape { low, high } => random.between(low, high),
    };
    law.parameters().iter().map(one).collect()
}

const SCALE: Scale = Scale { size: 1.3e9, tokens: 4e9 };

/// Points over three decades of size and tokens, both kinds of runs, up to eight passes, every fifth at r = 0 where the
/// law has a value there; and the same as plain scaled numbers.
fn random_points(law: &dyn Law, count: usize, random: &mut Uniform) -> (Points, Vec<At>) {
    let mut points = Points::default();
    let mut plain = Vec::new();
    // The power of the critical mixture may be negative.
    let finite_at_zero = !law.needs().contains(&Need::AboveZero(Input::Ratio)) && law.id() != "critical-mixture";
    for i in 0..count {
        let n = random.between(-3.5, 3.5).exp();
        let d = random.between(-3.5, 3.5).exp();
        let r = match i % 5 {
            0 if finite_at_zero => 0.0,
            1 => 1.0,
            _ => random.between(0.01, 1.0),
        };
        let (start, epochs) = (f64::from(u8::from(i % 3 != 0)), random.between(0.5, 8.0));
        let (size, tokens) = (n * SCALE.size, d * SCALE.tokens);
        points.push_place(&SCALE, &Place { size, tokens, ratio: r, start, epochs, corpora: &[] });
        plain.push(At { n, d, r, start, epochs });
    }
    (points, plain)
}

/// `formula` with a unit step along parameter `i` in the first direction and `j` in the second.
fn differentiate(formula: Formula, theta: &[f64], i: usize, j: usize, at: At) -> HyperDual {
    let mut t: Vec<HyperDual> = theta.iter().map(|&v| HyperDual::constant(v)).collect();
    t[i].first = 1.0;
    t[j].second = 1.0;
    formula(&t, at)
}

fn assert_close(ours: f64, exact: f64, scale: f64, what: impl Fn() -> String) {
    // Both sides are exact formulas: only rounding is between them.
    assert!((ours - exact).abs() <= 1e-11 * (1.0 + scale), "{}: ours {ours}, automatic {exact}", what());
}

#[test]
fn gradients_equal_automatic_differentiation() {
    let mut random = Uniform(11);
    for (id, formula) in LAWS {
        let law = law(id);
        let p = law.parameters().len();
        for _ in 0..50 {
            let theta = random_theta(law, &mut random);
            let (points, plain) = random_points(law, 25, &mut random);
            let (mut loss, mut value) = (vec![0.0; 25], vec![0.0; 25]);
            let mut gradient = vec![0.0; 25 * p];
            law.gradient(&theta, &points, &mut loss, &mut gradient);
            law.predict(&theta, &points, &mut value);
            for (i, &at) in plain.iter().enumerate() {
                for j in 0..p {
                    let exact = differentiate(formula, &theta, j, j, at);
                    let scale = exact.value.abs().max(exact.first.abs());
                    assert_close(loss[i], exact.value, scale, || format!("{id} loss at {at:?}"));
                    assert_close(value[i], exact.value, scale, || format!("{id} prediction at {at:?}"));
                    assert_close(gradient[j * 25 + i], exact.first, scale, || {
                        format!("{id} by {} at {at:?} {theta:?}", law.parameters()[j].name)
                    });
                }
            }
        }
    }
}

#[test]
fn curvatures_equal_automatic_differentiation() {
    let mut random = Uniform(12);
    for (id, formula) in LAWS {
        let law = law(id);
        let p = law.parameters().len();
        for _ in 0..50 {
            let theta = random_theta(law, &mut random);
            let (points, plain) = random_points(law, 10, &mut random);
            // One weight zero, some negative: the curvature of a kinked objective has both.
            let weight: Vec<f64> = (0..10).map(|i| if i == 3 { 0.0 } else { random.between(-1.0, 1.0) }).collect();
            let mut curvature = vec![0.5; p * p];
            law.curvature(&theta, &points, &weight, &mut curvature);
            for i in 0..p {
                for j in 0..p {
                    let (mut exact, mut scale) = (0.5, 0.5);
                    for (&at, w) in plain.iter().zip(&weight) {
                        let d = differentiate(formula, &theta, i, j, at);
                        exact += w * d.mixed;
                        scale += d.mixed.abs() + d.value.abs();
                    }
                    let name = |k: usize| law.parameters()[k].name;
                    assert_close(curvature[i * p + j], exact, scale, || {
                        format!("{id} by {} and {}, added to what was there", name(i), name(j))
                    });
                }
            }
        }
    }
}

#[test]
fn a_point_alone_has_the_loss_it_has_among_others() {
    let mut random = Uniform(7);
    for law in law::CATALOGUE {
        let theta = random_theta(*law, &mut random);
        let mut together = Points::default();
        let mut alone = Vec::new();
        for (k, ratio) in [0.0, 0.3, 1.0, 0.3].into_iter().enumerate() {
            let [size, tokens] = [0.4 + k as f64, 2.5 / (k + 1) as f64];
            let scale = Scale { size: 1.0, tokens: 1.0 };
            together.push(&scale, size, tokens, ratio);
            let (mut one, mut loss) = (Points::default(), [0.0]);
            one.push(&scale, size, tokens, ratio);
            law.predict(&theta, &one, &mut loss);
            alone.push(loss[0].to_bits());
        }
        let mut losses = [0.0; 4];
        law.predict(&theta, &together, &mut losses);
        assert_eq!(losses.map(f64::to_bits).to_vec(), alone, "{}", law.id());
    }
}

#[test]
fn linear_parameters_are_linear() {
    let mut random = Uniform(13);
    for (id, _) in LAWS {
        let law = law(id);
        let theta = random_theta(law, &mut random);
        let (points, _) = random_points(law, 20, &mut random);
        let (mut at, mut moved, mut twice) = (vec![0.0; 20], vec![0.0; 20], vec![0.0; 20]);
        for (j, parameter) in law.parameters().iter().enumerate().filter(|(_, p)| p.is_linear()) {
            let mut shifted = theta.clone();
            law.predict(&shifted, &points, &mut at);
            shifted[j] += 0.5;
            law.predict(&shifted, &points, &mut moved);
            shifted[j] += 0.5;
            law.predict(&shifted, &points, &mut twice);
            for i in 0..20 {
                let bend = twice[i] - 2.0 * moved[i] + at[i];
                assert!(bend.abs() <= 1e-12 * (1.0 + twice[i].abs()), "{id}: {} bends the loss", parameter.name);
            }
        }
    }
}

#[test]
fn natural_parameters_give_the_same_loss_in_counts() {
    let mut random = Uniform(14);
    for (id, formula) in LAWS {
        let law = law(id);
        for _ in 0..20 {
            let theta = random_theta(law, &mut random);
            let natural: Vec<f64> = (0..theta.len()).map(|j| law::natural(law, j, &theta, &SCALE)).collect();
            let (points, plain) = random_points(law, 10, &mut random);
            let mut loss = vec![0.0; 10];
            law.predict(&theta, &points, &mut loss);
            let constants: Vec<HyperDual> = natural.iter().map(|&v| HyperDual::constant(v)).collect();
            for (i, at) in plain.into_iter().enumerate() {
                let counts = formula(&constants, At { n: at.n * SCALE.size, d: at.d * SCALE.tokens, ..at }).value;
                assert!((counts / loss[i] - 1.0).abs() < 1e-12, "{id}: {counts} in counts, {} scaled", loss[i]);
            }
        }
    }
}

/// Where an axis has one value, the held parameters lose nothing: any loss the whole law can reach there, the rest of
/// the parameters reach too. Checked by moving the constant terms into E by hand.
#[test]
fn a_collapsed_law_reaches_every_loss_of_the_whole_one() {
    let mut random = Uniform(15);
    let law = law("d-cpt");
    let theta = random_theta(law, &mut random);
    let index = |name: &str| law.parameters().iter().position(|p| p.name == name).unwrap();
    let hold = |axis: Axis| {
        let mut held = theta.clone();
        for h in law.collapse(&[Input::from(axis)]) {
            assert_eq!(h.because, Input::from(axis));
            held[h.index] = h.value;
        }
        held
    };
    let scale = Scale { size: 2e9, tokens: 4e9 };
    let losses = |theta: &[f64], at: &[Recipe]| {
        let mut points = Points::default();
        for recipe in at {
            points.push(&scale, recipe.size, recipe.tokens, recipe.domain_share);
        }
        let mut loss = vec![0.0; at.len()];
        law.predict(theta, &points, &mut loss);
        loss
    };
    let compare = |held: &[f64], at: &[Recipe]| {
        for (whole, part) in losses(&theta, at).into_iter().zip(losses(held, at)) {
            assert!((whole - part).abs() < 1e-12 * whole, "the collapsed law says {part}, the whole one {whole}");
        }
    };
    let shares = [0.1, 0.4, 0.75, 1.0];
    let tokens = [1e9, 5e9, 2e10];

    // One size: A/N^alpha is a constant.
    let n = 7e8;
    let mut held = hold(Axis::Size);
    held[index("E")] += theta[index("A")] * (n / scale.size).powf(-theta[index("alpha")]);
    let at: Vec<Recipe> =
        shares.iter().flat_map(|&r| tokens.map(|d| Recipe { domain_share: r, size: n, tokens: d })).collect();
    compare(&held, &at);

    // One ratio: Chinchilla.
    let r: f64 = 0.3;
    let mut held = hold(Axis::Ratio);
    held[index("E")] += theta[index("C")] * (r + theta[index("eps")]).powf(-theta[index("gamma")]);
    held[index("B")] = theta[index("B")] * r.powf(theta[index("eta")] - held[index("eta")]);
    let at: Vec<Recipe> = [1e8, 1e9, 7e9]
        .into_iter()
        .flat_map(|size| tokens.map(|d| Recipe { domain_share: r, size, tokens: d }))
        .collect();
    compare(&held, &at);
}

#[test]
fn the_check_finds_where_the_loss_rises_with_the_ratio() {
    use ratioscope::law::{Finding, Ranges, Span};
    let law = law("d-cpt");
    let span = |low, high| Some(Span { low, high, distinct: 5 });
    let ranges = Ranges { size: span(1e8, 1e10), tokens: span(1e9, 2e10), ratio: span(0.0, 1.0), ..Ranges::default() };
    let scale = Scale { size: 1e9, tokens: 1e9 };
    // E, A, alpha, B, beta, eta, C, gamma, eps: the ratio's own term falls by 0.4, the token term is small.
    let falls = [1.0, 0.3, 0.35, 0.01, 0.4, 0.9, 0.26, 0.6, 0.14];
    assert_eq!(law.check(&falls, &scale, &ranges), []);
    // A token term that outweighs it rises to the end of the range.
    let mut rises = falls;
    rises[3] = 1.0;
    assert_eq!(law.check(&rises, &scale, &ranges), [Finding::RisesWithRatio { falls_from: None }]);
    // The same token term with a steep end near 0 rises at first, then falls.
    let hump = [1.0, 0.3, 0.35, 0.5, 0.4, 0.05, 1.0, 1.0, 0.8];
    match law.check(&hump, &scale, &ranges)[..] {
        [Finding::RisesWithRatio { falls_from: Some(r) }] => assert!(r > 0.0 && r < 0.2, "falls from {r}"),
        ref other => panic!("{other:?}"),
    }
}

/// The law of several corpora, whose formula is short enough for derivatives by hand: `c + k e^(Σ t_j r_j)`.
#[test]
fn derivatives_of_the_law_of_several_corpora() {
    let mut random = Uniform(17);
    for corpora in [3usize, 7, 17] {
        let law = law(&format!("data-mixing-{corpora}"));
        let p = law.parameters().len();
        assert_eq!(p, corpora + 1, "the first corpus is what the others are relative to");
        for _ in 0..20 {
            let theta = random_theta(law, &mut random);
            let shares: Vec<f64> = (0..corpora).map(|_| random.between(0.0, 1.0) / corpora as f64).collect();
            let place = Place { size: 1.0, tokens: 1.0, ratio: 1.0, start: 1.0, epochs: 1.0, corpora: &shares };
            let mut points = Points::default();
            points.push_place(&Scale { size: 1.0, tokens: 1.0 }, &place);
            let (mut loss, mut gradient, mut curvature) = ([0.0], vec![0.0; p], vec![0.0; p * p]);
            law.gradient(&theta, &points, &mut loss, &mut gradient);
            law.curvature(&theta, &points, &[1.0], &mut curvature);
            let e = theta[2..].iter().zip(&shares[1..]).map(|(t, r)| t * r).sum::<f64>().exp();
            let close = |ours: f64, exact: f64| (ours - exact).abs() <= 1e-11 * (1.0 + exact.abs());
            assert!(close(loss[0], theta[0] + theta[1] * e));
            // By t_i, what the exponential is multiplied by; by k once more, without k.
            let by = |i: usize| if i < 2 { 0.0 } else { shares[i - 1] };
            for i in 0..p {
                let exact = [1.0, e].get(i).copied().unwrap_or(theta[1] * by(i) * e);
                assert!(close(gradient[i], exact), "{i}: {} {exact}", gradient[i]);
                for j in 0..p {
                    let exact = match (i.min(j), i.max(j)) {
                        (0, _) | (1, 1) => 0.0,
                        (1, j) => by(j) * e,
                        (i, j) => theta[1] * by(i) * by(j) * e,
                    };
                    assert!(close(curvature[i * p + j], exact), "{i} {j}: {} {exact}", curvature[i * p + j]);
                }
            }
        }
    }
}

/// What a search over mixtures asks of the law of several corpora: the same loss as a prediction, and slopes by the
/// shares. Central differences with a step of 1e-6 are off by 1e-12 of the third derivative, at most `64³` of the loss
/// here, and by rounding of 1e-10 of it.
#[test]
fn losses_by_shares_are_the_predictions_and_their_slopes() {
    let mut random = Uniform(16);
    for corpora in [2usize, 3, 7, 17] {
        let law = law(&format!("data-mixing-{corpora}"));
        for _ in 0..20 {
            let theta = random_theta(law, &mut random);
            let raw: Vec<f64> = (0..corpora).map(|_| random.between(0.0, 1.0)).collect();
            let shares: Vec<f64> = raw.iter().map(|share| share / raw.iter().sum::<f64>()).collect();
            let predicted = |shares: &[f64]| {
                let place = Place { size: 1.0, tokens: 1.0, ratio: 1.0, start: 1.0, epochs: 1.0, corpora: shares };
                let mut points = Points::default();
                points.push_place(&Scale { size: 1.0, tokens: 1.0 }, &place);
                let mut loss = [0.0];
                law.predict(&theta, &points, &mut loss);
                loss[0]
            };
            let mut slope = vec![7.0; corpora];
            let loss = law::terms::by_shares(law.terms(), &theta, &shares, &mut slope);
            assert!((loss - predicted(&shares)).abs() < 1e-12 * (1.0 + loss.abs()), "{loss}");
            for j in 0..corpora {
                let moved = |by: f64| {
                    let mut shares = shares.clone();
                    shares[j] += by;
                    predicted(&shares)
                };
                let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                assert!((slope[j] - difference).abs() < 1e-6 * (1.0 + loss.abs()), "{j}: {} {difference}", slope[j]);
            }
        }
    }
}
