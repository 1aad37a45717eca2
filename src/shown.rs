//! What losses are shown in: nats, bits or perplexity, as a person chose or as the file writes them.
//!
//! Losses are stored, fitted and solved in nats; only what is shown is another number. Each measure rises with the nats, so
//! the ends of an interval over draws become those of the interval over the same draws shown: to the digit where an end is a
//! draw, and where it lies between draws (`fit::percentile`) to the square of how far those are apart, which no digit shows.

use crate::fit::{Curve, Fit, Prediction, Study};
use crate::maths;
use crate::number;
use crate::quantity::significant;
use crate::table::{Measure, Per};
use serde::{Deserialize, Serialize};

/// What a loss is shown in, and what it is counted per.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The measure.
    pub measure: Measure,
    /// As the file counts it: nothing shown changes that.
    pub per: Per,
}

impl Shown {
    /// "bits per token".
    pub fn unit(self) -> &'static str {
        self.measure.unit(self.per)
    }
}

impl Measure {
    /// Every measure, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Nats, Self::Bits, Self::Perplexity];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Bits => "bits",
            Self::Perplexity => "perplexity",
        }
    }

    /// The unit for people: "nats per token".
    pub fn unit(self, per: Per) -> &'static str {
        match (self, per) {
            (Self::Nats, Per::Token) => "nats per token",
            (Self::Nats, Per::Byte) => "nats per byte",
            (Self::Bits, Per::Token) => "bits per token",
            (Self::Bits, Per::Byte) => "bits per byte",
            (Self::Perplexity, Per::Token) => "perplexity per token",
            (Self::Perplexity, Per::Byte) => "perplexity per byte",
        }
    }

    /// Both ends of an interval in nats.
    pub fn ends(self, (low, high): (f64, f64)) -> (f64, f64) {
        (self.from_nats(low), self.from_nats(high))
    }

    /// A loss in nats as it is printed.
    pub fn loss(self, nats: f64) -> String {
        number::loss(self.from_nats(nats))
    }

    /// The same with a digit more, where a number is to be compared with another tool's.
    pub fn precise(self, nats: f64) -> String {
        number::precise(self.from_nats(nats))
    }

    /// The ends of an interval in nats as they are printed: "2.340–2.350".
    pub fn range(self, ends: (f64, f64)) -> String {
        let (low, high) = self.ends(ends);
        format!("{}–{}", number::loss(low), number::loss(high))
    }

    /// A loss in nats as a field holds it: six digits, which read back as the same to what is printed.
    pub fn typed(self, nats: f64) -> String {
        match self {
            Self::Nats => nats.to_string(),
            Self::Bits | Self::Perplexity => significant(self.from_nats(nats), 6).to_string(),
        }
    }

    /// A loss as it was typed, in nats; `None` where it is none: a perplexity is above 1, the others above 0.
    pub fn read(self, typed: f64) -> Option<f64> {
        Some(self.to_nats(typed)).filter(|nats| nats.is_finite() && *nats > 0.0)
    }

    /// What to type for a loss.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Nats => "Type a loss above 0 such as 2.865.",
            Self::Bits => "Type a loss above 0 bits such as 4.133.",
            Self::Perplexity => "Type a perplexity above 1 such as 17.5.",
        }
    }

    /// How much of a loss lies between two, from their difference in nats. Perplexities are compared by their ratio, which
    /// that difference alone tells: "1.2 %".
    pub fn amount(self, nats: f64) -> String {
        match self {
            Self::Nats | Self::Bits => number::loss(self.from_nats(nats)),
            Self::Perplexity => number::percent(maths::exp_m1(nats)),
        }
    }

    /// The same with its sign: "−0.012", "+1.2 %".
    pub fn difference(self, nats: f64) -> String {
        let text = self.amount(nats);
        match text.strip_prefix(['-', '−']) {
            Some(size) => format!("−{size}"),
            None if nats > 0.0 => format!("+{text}"),
            None => text,
        }
    }

    /// A relative change of a loss, from its relative change in nats and the loss it starts from, in nats.
    pub fn change(self, relative: f64, from: f64) -> f64 {
        match self {
            Self::Nats | Self::Bits => relative,
            Self::Perplexity => maths::exp_m1(from * relative),
        }
    }
}

impl Study {
    /// The measure that decisions weighing the general loss are shown in; see [`Fit::measure`].
    pub fn measure(&self, asked: Measure) -> Measure {
        let general = self.general.as_ref().and_then(|name| self.targets.get(name));
        general.map_or(asked, |fit| fit.measure(asked))
    }
}

impl Fit {
    /// The measure it is shown in where losses are shown in `asked`: a score is no loss and stays as it is.
    pub fn measure(&self, asked: Measure) -> Measure {
        if self.ranges.scores { Measure::Nats } else { asked }
    }

    /// The unit of what it predicts, as it is shown.
    pub fn unit(&self, shown: Shown) -> &'static str {
        if self.ranges.scores { "of one" } else { shown.unit() }
    }
}

impl Prediction {
    /// The same in another measure than nats; see the module's text for the ends of intervals.
    #[must_use]
    pub fn shown_in(self, measure: Measure) -> Self {
        Self {
            loss: measure.from_nats(self.loss),
            law: self.law.map(|ends| measure.ends(ends)),
            new_run: self.new_run.map(|ends| measure.ends(ends)),
            without_a_size: self.without_a_size.map(|ends| measure.ends(ends)),
            base: self.base.map(|base| measure.from_nats(base)),
        }
    }
}

impl Curve {
    /// The same in another measure than nats, as a prediction.
    #[must_use]
    pub fn shown_in(mut self, measure: Measure) -> Self {
        if measure != Measure::Nats {
            self.loss.iter_mut().for_each(|loss| *loss = measure.from_nats(*loss));
            self.law.iter_mut().chain(&mut self.new_run).for_each(|ends| *ends = measure.ends(*ends));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Measure;

    #[test]
    fn losses_are_printed_in_three_decimals_or_four_digits() {
        let perplexity = |value: f64| Measure::Perplexity.loss(value.ln());
        assert_eq!(Measure::Nats.loss(2.3456), "2.346");
        assert_eq!(Measure::Bits.loss(2.3456), "3.384");
        assert_eq!(perplexity(6.3984), "6.398");
        assert_eq!(perplexity(9.9996), "10.00");
        assert_eq!(perplexity(19.0297), "19.03");
        assert_eq!(perplexity(104.26), "104.3");
        assert_eq!(perplexity(1043.2), "1043");
        assert_eq!(Measure::Perplexity.precise(2.946), "19.030");
        assert_eq!(Measure::Perplexity.range((2.0, 3.0)), "7.389–20.09");
        assert_eq!(Measure::Perplexity.loss(1000.0), "–", "nothing is said of what is no number");
    }

    #[test]
    fn differences_of_perplexities_are_ratios() {
        assert_eq!(Measure::Nats.difference(-0.0123), "−0.012");
        assert_eq!(Measure::Nats.difference(0.00012), "+0.00012");
        assert_eq!(Measure::Bits.difference(0.0123), "+0.018");
        assert_eq!(Measure::Perplexity.difference(0.0123), "+1.24 %");
        assert_eq!(Measure::Perplexity.difference(-0.0123), "−1.22 %");
        assert_eq!(Measure::Perplexity.difference(0.0), "0 %");
        // 3 % of 2.8602 nats is 9 % of a perplexity of 17.5.
        assert!((Measure::Perplexity.change(0.03, 2.8602) - ((0.03f64 * 2.8602).exp() - 1.0)).abs() < 1e-12);
        assert_eq!(Measure::Bits.change(0.03, 2.8602), 0.03, "a ratio of bits is one of nats");
    }

    #[test]
    fn what_is_typed_is_a_loss_in_that_measure() {
        assert_eq!(Measure::Perplexity.read(17.5), Some(17.5f64.ln()));
        assert_eq!(Measure::Perplexity.typed(17.5f64.ln()), "17.5");
        assert_eq!(Measure::Bits.typed(3.0), "4.32809");
        assert_eq!(Measure::Nats.typed(2.946), "2.946");
        assert_eq!(Measure::Bits.read(4.25), Some(4.25 * std::f64::consts::LN_2));
        for (measure, none) in
            [(Measure::Perplexity, 1.0), (Measure::Perplexity, -2.0), (Measure::Bits, 0.0), (Measure::Nats, -1.0)]
        {
            assert_eq!(measure.read(none), None, "{measure:?} {none}");
        }
    }

    #[test]
    fn there_and_back() {
        for measure in Measure::ALL {
            for nats in [0.1, 1.0, 2.946, 7.0] {
                assert!((measure.to_nats(measure.from_nats(nats)) - nats).abs() < 1e-12);
            }
            let (low, high) = measure.ends((1.5, 1.6));
            assert!(low < high, "{measure:?} keeps the order");
        }
    }
}
