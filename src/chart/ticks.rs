//! Ticks: three to five round values along an axis, and how many decimals tell them apart.

/// Round values along an axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticks {
    /// The values, smallest first, inside the range asked for.
    pub values: Vec<f64>,
    /// Decimals that print them exactly.
    pub decimals: usize,
}

/// Three to five ticks at multiples of 1, 2, 2.5 or 5 times a power of ten; none where the range is empty.
pub fn linear(low: f64, high: f64) -> Ticks {
    counted(low, high, 3.0..=5.0)
}

/// Six to twelve of them: levels of contours.
pub fn levels(low: f64, high: f64) -> Ticks {
    counted(low, high, 6.0..=12.0)
}

fn counted(low: f64, high: f64, wanted: std::ops::RangeInclusive<f64>) -> Ticks {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Ticks::default();
    }
    let power = span.log10().floor() as i32;
    let steps = (power - 2..=power).flat_map(|p| [(1.0, p), (2.0, p), (2.5, p), (5.0, p)]);
    let mut best = Ticks::default();
    for (mantissa, p) in steps {
        let step = mantissa * 10f64.powi(p);
        // A hair of tolerance: 0.1 * 3 is a little more than 0.3, and the end of the range is still a tick.
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        let count = last - first + 1.0;
        if wanted.contains(&count) {
            let own = if mantissa == 2.5 { 1 - p } else { -p };
            let values = (0..count as usize).map(|k| (first + k as f64) * step).collect();
            best = Ticks { values, decimals: own.max(0) as usize };
            break;
        }
    }
    best
}

/// Ticks of a logarithmic axis: powers of ten, thinned to five; between them 2 and 5 where there are few.
pub fn log(low: f64, high: f64) -> Vec<f64> {
    if !(low > 0.0 && high > low && high.is_finite()) {
        return Vec::new();
    }
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let within = |v: &f64| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(v);
    let powers: Vec<f64> = (first..=last).map(|p| 10f64.powi(p)).filter(within).collect();
    if powers.len() >= 3 {
        let every = powers.len().div_ceil(5);
        return powers.into_iter().step_by(every).collect();
    }
    let fine: Vec<f64> =
        (first..=last).flat_map(|p| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(p))).filter(within).collect();
    if fine.len() >= 2 { fine } else { linear(low, high).values }
}

/// A loss on an axis: as many decimals as tell the ticks apart; two at least, but for axes that reach ten and above, as those
/// of perplexities do.
pub fn loss_label(value: f64, ticks: &Ticks) -> String {
    let large = ticks.values.last().is_some_and(|last| *last >= 10.0);
    let decimals = if large { ticks.decimals } else { ticks.decimals.max(2) };
    format!("{value:.decimals$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::{Ticks, linear, log, loss_label};

    #[test]
    fn three_to_five_round_ticks_inside_any_range() {
        for i in 0..4000 {
            let span = 10f64.powf(-6.0 + f64::from(i % 97) / 10.0);
            let low = (f64::from(i) * 0.7315).sin() * 7.0 * span;
            let ticks = linear(low, low + span);
            assert!((3..=5).contains(&ticks.values.len()), "{low} {span} {ticks:?}");
            assert!(ticks.values.iter().all(|v| *v >= low - 1e-6 * span && *v <= low + span * (1.0 + 1e-6)));
            let labels: Vec<String> = ticks.values.iter().map(|v| loss_label(*v, &ticks)).collect();
            assert!(labels.windows(2).all(|w| w[0] != w[1]), "{labels:?}");
        }
    }

    #[test]
    fn prints_losses_with_two_decimals_or_more() {
        let ticks = linear(2.79, 3.41);
        assert_eq!(
            ticks.values.iter().map(|v| loss_label(*v, &ticks)).collect::<Vec<_>>(),
            ["2.80", "3.00", "3.20", "3.40"]
        );
        let ticks = linear(2.001, 2.010);
        assert_eq!(loss_label(ticks.values[0], &ticks), "2.002");
    }

    #[test]
    fn perplexities_of_ten_to_a_thousand_are_printed_without_noughts() {
        let labels = |low, high| {
            let ticks = linear(low, high);
            ticks.values.iter().map(|v| loss_label(*v, &ticks)).collect::<Vec<_>>()
        };
        assert_eq!(labels(8.3, 12.1), ["9", "10", "11", "12"]);
        assert_eq!(labels(11.2, 11.9), ["11.2", "11.4", "11.6", "11.8"]);
        assert_eq!(labels(150.0, 1100.0), ["200", "400", "600", "800", "1000"]);
        assert_eq!(labels(6.2, 7.4), ["6.25", "6.50", "6.75", "7.00", "7.25"]);
    }

    #[test]
    fn log_ticks_are_few_and_round() {
        assert_eq!(log(1e8, 3e10), [1e8, 1e9, 1e10]);
        assert_eq!(log(0.9, 6.0), [1.0, 2.0, 5.0]);
        assert!(log(1e-9, 1e9).len() <= 5);
        assert_eq!(log(0.0, 1.0), Vec::<f64>::new());
        assert_eq!(linear(1.0, 1.0), Ticks::default());
    }
}
