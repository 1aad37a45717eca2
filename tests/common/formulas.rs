//! Every law's formula written anew, over numbers that carry their derivatives: what the laws are checked against.

use std::ops::{Add, Mul};

/// A hyper-dual number: a value, its derivatives along two directions, and the mixed second derivative, all exact.
#[derive(Debug, Clone, Copy)]
pub struct HyperDual {
    pub value: f64,
    pub first: f64,
    pub second: f64,
    pub mixed: f64,
}

impl HyperDual {
    pub fn constant(value: f64) -> Self {
        Self { value, first: 0.0, second: 0.0, mixed: 0.0 }
    }

    /// `f(self)` from the value and the first two derivatives of `f`.
    fn apply(self, f: f64, df: f64, ddf: f64) -> Self {
        Self {
            value: f,
            first: df * self.first,
            second: df * self.second,
            mixed: df * self.mixed + ddf * self.first * self.second,
        }
    }

    fn exp(self) -> Self {
        let e = self.value.exp();
        self.apply(e, e, e)
    }

    fn ln(self) -> Self {
        let v = self.value;
        self.apply(v.ln(), 1.0 / v, -1.0 / (v * v))
    }

    fn recip(self) -> Self {
        let v = self.value;
        self.apply(1.0 / v, -1.0 / (v * v), 2.0 / (v * v * v))
    }

    /// `self` to the power of another number; the base is positive.
    fn pow(self, exponent: Self) -> Self {
        (exponent * self.ln()).exp()
    }
}

impl Add for HyperDual {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self {
            value: self.value + o.value,
            first: self.first + o.first,
            second: self.second + o.second,
            mixed: self.mixed + o.mixed,
        }
    }
}

impl Mul for HyperDual {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Self {
            value: self.value * o.value,
            first: self.first * o.value + self.value * o.first,
            second: self.second * o.value + self.value * o.second,
            mixed: self.mixed * o.value + self.first * o.second + self.second * o.first + self.value * o.mixed,
        }
    }
}

/// Where a formula is asked, on scaled axes.
#[derive(Debug, Clone, Copy)]
pub struct At {
    pub n: f64,
    pub d: f64,
    pub r: f64,
    pub start: f64,
    pub epochs: f64,
}

pub type Formula = fn(&[HyperDual], At) -> HyperDual;

/// E + A/N^alpha + B r^eta/D^beta + C/(r + eps)^gamma, as printed; at r = 0 the token term is 0.
fn d_cpt(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    let mut loss = t[0] + t[1] * c(n).pow(t[2]).recip() + t[6] * (c(r) + t[8]).pow(t[7]).recip();
    if r > 0.0 {
        loss = loss + t[3] * c(r).pow(t[5]) * c(d).pow(t[4]).recip();
    }
    loss
}

/// E + A/N^alpha + B/D^beta.
fn chinchilla(t: &[HyperDual], At { n, d, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * c(d).pow(t[4]).recip()
}

/// E + A/N^alpha + B/D^beta + C/(r + eps)^gamma.
fn additive_ratio(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * c(d).pow(t[4]).recip() + t[5] * (c(r) + t[7]).pow(t[6]).recip()
}

/// E + A/N^alpha + B b^r/D^beta + C c^r.
fn exponential_ratio(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * t[5].pow(c(r)) * c(d).pow(t[4]).recip() + t[6] * t[7].pow(c(r))
}

/// E + A/N^alpha + B/(r D + (1 - r) sigma D)^beta.
fn effective_tokens(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * (c(r * d) + c((1.0 - r) * d) * t[5]).pow(t[4]).recip()
}

/// E + A/N^alpha + C r^theta + F D^s + G r^theta D^u.
fn critical_mixture(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    let of_ratio = c(r).pow(t[4]);
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * of_ratio + t[5] * c(d).pow(t[6]) + t[7] * of_ratio * c(d).pow(t[8])
}

/// E + A/N^alpha + B/D^beta from scratch, E + A/N^alpha + B2/(D^beta2 N^gamma) continued.
fn cross_lingual(t: &[HyperDual], At { n, d, start, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    let of_tokens = match start {
        0.0 => t[3] * c(d).pow(t[4]).recip(),
        _ => t[5] * (c(d).pow(t[6]) * c(n).pow(t[7])).recip(),
    };
    t[0] + t[1] * c(n).pow(t[2]).recip() + of_tokens
}

/// c + k exp(t r).
fn data_mixing(t: &[HyperDual], At { r, .. }: At) -> HyperDual {
    t[0] + t[1] * (t[2] * HyperDual::constant(r)).exp()
}

/// (B/D^beta + C) / r^alpha.
fn bimix(t: &[HyperDual], At { d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    (t[0] * c(d).pow(t[1]).recip() + t[2]) * c(r).pow(t[3]).recip()
}

/// E + A/N'^alpha + B/D'^beta as Muennighoff et al. write it: U_N from G, repetitions of data and of parameters.
fn repeated(t: &[HyperDual], At { n, d, epochs, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    let minus = |x: HyperDual| c(-1.0) * x;
    let (e, a, alpha, b, beta, rd, rn) = (t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
    let unique = d / epochs.max(1.0);
    let g = (alpha * a * (beta * b).recip()).pow((alpha + beta).recip());
    let ratio = beta * alpha.recip();
    let fed = (c(unique) * g).pow(ratio) * g;
    let base = if fed.value < n { fed } else { c(n) };
    let worth = |seen: f64, base: HyperDual, constant: HyperDual| {
        let repetitions = c(seen) * base.recip() + c(-1.0);
        base + base * constant * (c(1.0) + minus((minus(repetitions) * constant.recip()).exp()))
    };
    e + a * worth(n, base, rn).pow(alpha).recip() + b * worth(d, c(unique), rd).pow(beta).recip()
}

/// E + C/N^delta + A D^beta/((1 + b r) N)^alpha.
fn forgetting(t: &[HyperDual], At { n, d, r, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    let shield = ((c(1.0) + t[5] * c(r)) * c(n)).pow(t[6]);
    t[0] + t[1] * c(n).pow(t[2]).recip() + t[3] * c(d).pow(t[4]) * shield.recip()
}

/// S - A/N^alpha - B/D^beta.
fn saturating_score(t: &[HyperDual], At { n, d, .. }: At) -> HyperDual {
    let c = HyperDual::constant;
    t[0] + c(-1.0) * t[1] * c(n).pow(t[2]).recip() + c(-1.0) * t[3] * c(d).pow(t[4]).recip()
}

/// a + b w + c w^2.
fn quadratic_merge(t: &[HyperDual], At { r, .. }: At) -> HyperDual {
    let w = HyperDual::constant(r);
    t[0] + t[1] * w + t[2] * w * w
}

/// The formula of each law of the catalogue.
pub const LAWS: [(&str, Formula); 13] = [
    ("d-cpt", d_cpt),
    ("chinchilla", chinchilla),
    ("additive-ratio", additive_ratio),
    ("exponential-ratio", exponential_ratio),
    ("effective-tokens", effective_tokens),
    ("critical-mixture", critical_mixture),
    ("cross-lingual", cross_lingual),
    ("data-mixing", data_mixing),
    ("bimix", bimix),
    ("repeated", repeated),
    ("forgetting", forgetting),
    ("saturating-score", saturating_score),
    ("quadratic-merge", quadratic_merge),
];
