//! The simulated experiment: designs, truths and errors.

use ratioscope::law::Recipe;
use ratioscope::table::{LossColumn, LossKind, Observations};

/// A design and a level of noise.
#[derive(Debug)]
pub struct Cell {
    shape: &'static str,
    noise: &'static str,
    sizes: &'static [f64],
    ratios: &'static [f64],
    tokens: &'static [f64],
    /// Standard deviations, in `ln L`: run effect, checkpoint noise, base effect.
    deviations: (f64, f64, f64),
}

const NINE: &[f64] = &[0.0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0];
const TWENTY: &[f64] = &[1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 15., 16., 17., 18., 19., 20.];
const TEN: &[f64] = &[0.3, 0.5, 0.8, 1.4, 2.3, 3.9, 6.5, 11.0, 18.0, 30.0];

/// Low: what a careful group sees between seeds; high: three times that.
const LOW: (f64, f64, f64) = (0.002, 0.001, 0.001);
const HIGH: (f64, f64, f64) = (0.006, 0.003, 0.003);
/// Of neighbouring checkpoints.
const AUTOCORRELATION: f64 = 0.6;
/// Of a run's or a size's effects on its two losses.
const BETWEEN_LOSSES: f64 = 0.5;

const fn cell(
    shape: &'static str,
    noise: &'static str,
    sizes: &'static [f64],
    ratios: &'static [f64],
    tokens: &'static [f64],
    deviations: (f64, f64, f64),
) -> Cell {
    Cell { shape, noise, sizes, ratios, tokens, deviations }
}

/// Three shapes at two levels of noise, N and D in billions.
pub static CELLS: [Cell; 6] = [
    cell("2x4x6", "low", &[0.5, 4.0], &[0.0, 0.2, 0.5, 1.0], &[1., 2., 4., 8., 14., 20.], LOW),
    cell("2x4x6", "high", &[0.5, 4.0], &[0.0, 0.2, 0.5, 1.0], &[1., 2., 4., 8., 14., 20.], HIGH),
    cell("5x5x10", "low", &[0.07, 0.16, 0.41, 1.0, 2.8], &[0.0, 0.1, 0.5, 0.9, 1.0], TEN, LOW),
    cell("5x5x10", "high", &[0.07, 0.16, 0.41, 1.0, 2.8], &[0.0, 0.1, 0.5, 0.9, 1.0], TEN, HIGH),
    cell("3x9x20", "low", &[0.5, 1.8, 4.0], NINE, TWENTY, LOW),
    cell("3x9x20", "high", &[0.5, 1.8, 4.0], NINE, TWENTY, HIGH),
];

/// The true parameters, N and D in billions: those of `tests/fixtures/generated-grid.truth.json`.
fn truth(kind: LossKind) -> [(&'static str, f64); 9] {
    let values = match kind {
        LossKind::General => [1.95, 0.45, 0.32, 0.14, 0.45, 0.40, 0.22, 0.70, 0.12],
        LossKind::Domain => [0.95, 0.30, 0.36, 0.20, 0.40, 0.50, 0.26, 0.60, 0.14],
    };
    let names = ["E", "A", "alpha", "B", "beta", "eta", "C", "gamma", "eps"];
    std::array::from_fn(|j| (names[j], values[j]))
}

impl Cell {
    /// `3x9x20-low`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.shape, self.noise)
    }

    /// A measured size and a measured budget in the middle of the design, in parameters and tokens.
    pub fn middle(&self) -> (f64, f64) {
        (self.sizes[self.sizes.len() / 2] * 1e9, self.tokens[self.tokens.len() / 2] * 1e9)
    }

    /// Recipes inside the data: at a measured size, and between two sizes.
    pub fn inside(&self) -> Vec<(&'static str, Recipe)> {
        let (size, tokens) = self.middle();
        let between = (self.sizes[0] * self.sizes[1]).sqrt() * 1e9;
        let last = self.sizes[self.sizes.len() - 1] * 1e9;
        let most = self.tokens[self.tokens.len() - 1] * 1e9;
        vec![
            ("at a size", Recipe { domain_share: 0.3, size, tokens }),
            ("at the largest", Recipe { domain_share: 0.7, size: last, tokens: most }),
            ("between sizes", Recipe { domain_share: 0.4, size: between, tokens }),
        ]
    }
}

/// One simulated experiment.
pub struct Experiment {
    /// What was measured.
    pub observations: Observations,
    cell: &'static Cell,
    /// Base effects by size, general and domain.
    base: Vec<[f64; 2]>,
    random: std::cell::RefCell<Random>,
}

impl Experiment {
    /// The experiment of that number.
    pub fn new(cell: &'static Cell, number: u64) -> Self {
        let mut random = Random(number.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x00C0_FFEE);
        let (run_effect, noise, base_effect) = cell.deviations;
        let base: Vec<[f64; 2]> = cell.sizes.iter().map(|_| random.pair(base_effect)).collect();
        let mut observations = Observations {
            size: Some(Vec::new()),
            tokens: Some(Vec::new()),
            domain_share: Some(Vec::new()),
            ..Observations::default()
        };
        let mut values = [Vec::new(), Vec::new()];
        for (place, &size) in cell.sizes.iter().enumerate() {
            for &share in cell.ratios {
                let run = observations.runs.len() as u32;
                observations.runs.push(format!("{size}B-{share}"));
                let effect = random.pair(run_effect);
                let mut state = random.independent(noise);
                for (step, &tokens) in cell.tokens.iter().enumerate() {
                    if step > 0 {
                        let fresh = random.independent(noise * (1.0 - AUTOCORRELATION * AUTOCORRELATION).sqrt());
                        state = [0, 1].map(|k| AUTOCORRELATION * state[k] + fresh[k]);
                    }
                    let at = Recipe { domain_share: share, size: size * 1e9, tokens: tokens * 1e9 };
                    for (k, kind) in [LossKind::General, LossKind::Domain].into_iter().enumerate() {
                        values[k].push(law(kind, at) * (base[place][k] + effect[k] + state[k]).exp());
                    }
                    let columns = [&mut observations.size, &mut observations.tokens, &mut observations.domain_share];
                    for (column, value) in columns.into_iter().zip([at.size, at.tokens, at.domain_share]) {
                        column.get_or_insert_default().push(value);
                    }
                    observations.run.push(run);
                    observations.line.push(observations.line.len() as u32 + 2);
                }
            }
        }
        let [general, domain] = values;
        let column = |name: &str, kind: LossKind, values: Vec<f64>| LossColumn {
            name: name.to_owned(),
            kind,
            values,
            ..LossColumn::default()
        };
        observations.losses =
            vec![column("general_loss", LossKind::General, general), column("domain_loss", LossKind::Domain, domain)];
        Self { observations, cell, base, random: std::cell::RefCell::new(random) }
    }

    /// A true parameter, N and D in billions.
    pub fn parameter(&self, kind: LossKind, name: &str) -> f64 {
        truth(kind).into_iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| value)
    }

    /// What runs at a recipe have on average: the law, times the base effect where the size is one that was measured.
    pub fn expected(&self, kind: LossKind, at: Recipe) -> f64 {
        law(kind, at) * self.base_effect(kind, at.size).unwrap_or(0.0).exp()
    }

    /// The loss of a run nobody has made: with its own run effect and checkpoint noise, and, at a size that was not
    /// measured, another base model.
    pub fn new_run(&self, kind: LossKind, at: Recipe) -> f64 {
        let (run, noise, base) = self.cell.deviations;
        let mut random = self.random.borrow_mut();
        let of_base = self.base_effect(kind, at.size).unwrap_or_else(|| base * random.normal());
        law(kind, at) * (of_base + run * random.normal() + noise * random.normal()).exp()
    }

    fn base_effect(&self, kind: LossKind, size: f64) -> Option<f64> {
        let place = self.cell.sizes.iter().position(|known| (known * 1e9 / size - 1.0).abs() < 1e-9)?;
        Some(self.base[place][usize::from(kind == LossKind::Domain)])
    }
}

/// The D-CPT Law at a recipe; at a share of 0 the token term is 0.
fn law(kind: LossKind, at: Recipe) -> f64 {
    let [e, a, alpha, b, beta, eta, c, gamma, eps] = truth(kind).map(|(_, value)| value);
    let r = if kind == LossKind::General { 1.0 - at.domain_share } else { at.domain_share };
    let (n, d) = (at.size / 1e9, at.tokens / 1e9);
    let data = if r > 0.0 { b * r.powf(eta) / d.powf(beta) } else { 0.0 };
    e + a / n.powf(alpha) + data + c / (r + eps).powf(gamma)
}

/// Numbers from a seed: SplitMix64, and Box and Muller's method for normal ones.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn independent(&mut self, deviation: f64) -> [f64; 2] {
        [deviation * self.normal(), deviation * self.normal()]
    }

    /// Effects on the two losses.
    fn pair(&mut self, deviation: f64) -> [f64; 2] {
        let [a, b] = self.independent(deviation);
        [a, BETWEEN_LOSSES * a + (1.0 - BETWEEN_LOSSES * BETWEEN_LOSSES).sqrt() * b]
    }
}
