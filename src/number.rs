//! Numbers of a fit as people read them, on the page and in what the worker says for it.

use crate::quantity::significant;

/// Three significant digits, plain from 0.001 to 99,999, else as "1.2 × 10⁵"; a true minus sign.
pub fn three(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { "–".into() };
    }
    let size = value.abs();
    let text = if (1e-3..1e5).contains(&size) {
        let rounded = significant(size, 3);
        let decimals = (2 - rounded.log10().floor() as i32).max(0) as usize;
        format!("{rounded:.decimals$}")
    } else {
        let exponent = size.log10().floor() as i32;
        format!("{:.1} × 10{}", size / 10f64.powi(exponent), raised(exponent))
    };
    if value < 0.0 { format!("−{text}") } else { text }
}

/// An integer in superscript digits.
fn raised(exponent: i32) -> String {
    exponent
        .to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
        })
        .collect()
}

/// "0.41–0.48".
pub fn interval((low, high): (f64, f64)) -> String {
    format!("{}–{}", three(low), three(high))
}

/// A loss in whichever measure: three decimals, and from ten up as many as make four digits, so that a perplexity of 19.03
/// says as much as 2.946 nats; two significant digits where three decimals would print 0.
pub fn loss(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.0095 { format!("{}", significant(value, 2)) } else { digits(value, 3) }
}

/// The same with a digit more.
pub fn precise(value: f64) -> String {
    digits(value, 4)
}

/// As many decimals, and from ten up one fewer for each digit before the point.
fn digits(value: f64, mut decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() >= 1e9 {
        return format!("{:e}", significant(value, decimals as i32 + 1));
    }
    // What rounds up to ten has the decimals of ten.
    let mut bound = 10.0;
    while decimals > 0 && value.abs() + 0.5 / 10f64.powi(decimals as i32) >= bound {
        decimals -= 1;
        bound *= 10.0;
    }
    format!("{value:.decimals$}")
}

/// "0.42 %" of 0.0042.
pub fn percent(share: f64) -> String {
    format!("{} %", three(100.0 * share))
}

/// A value with its standard error, both in the value's decimals: "0.42 ± 0.05".
pub fn with_error(value: f64, error: Option<f64>) -> String {
    match error {
        Some(error) if error.is_finite() && error > 0.0 => {
            // Two digits of the error, and the value to the same place.
            let decimals = (1 - error.log10().floor() as i32).clamp(0, 9) as usize;
            format!("{value:.decimals$} ± {error:.decimals$}").replace('-', "−")
        }
        _ => three(value),
    }
}
