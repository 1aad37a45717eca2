//! Columns of numbers in few bytes: each between its own ends, in steps of one size, or of one ratio where all are above 0
//! and far apart. What stands at an end comes back as it was; a column of one value takes no room at all.

use crate::maths;
use crate::quantity::significant;
use serde::{Deserialize, Serialize};

/// From this ratio of the ends on, steps are of one ratio.
const FAR: f64 = 4.0;
/// Digits of an end: a hundredth of the finest step.
const DIGITS: i32 = 6;

/// How a column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ends(f64, f64);

impl Ends {
    /// The ends of values; `None` where one is no number.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut ends: Option<(f64, f64)> = None;
        for value in values {
            if !value.is_finite() {
                return None;
            }
            ends = Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))));
        }
        // Rounded as it is written.
        ends.map(|(low, high)| Self(significant(low, DIGITS), significant(high, DIGITS)))
    }

    fn is_far(self) -> bool {
        self.0 > 0.0 && self.1 / self.0 >= FAR
    }

    fn code(self, value: f64, bits: u32) -> u64 {
        let part = if self.is_far() {
            maths::ln(value / self.0) / maths::ln(self.1 / self.0)
        } else {
            (value - self.0) / (self.1 - self.0)
        };
        (part.clamp(0.0, 1.0) * steps(bits)).round() as u64
    }

    fn value(self, code: u64, bits: u32) -> f64 {
        let part = code as f64 / steps(bits);
        if code == 0 {
            self.0
        } else if part >= 1.0 {
            self.1
        } else if self.is_far() {
            self.0 * maths::pow(self.1 / self.0, part)
        } else {
            self.0 + part * (self.1 - self.0)
        }
    }

    /// The value as it is read back after it was written.
    pub fn nearest(self, value: f64, bits: u32) -> f64 {
        let bits = self.bits(bits);
        if bits == 0 { self.0 } else { self.value(self.code(value, bits), bits) }
    }

    /// How far apart the values about one are that can be written.
    pub fn step(self, value: f64, bits: u32) -> f64 {
        match self.bits(bits) {
            0 => 0.0,
            bits if self.is_far() => value.clamp(self.0, self.1) * maths::ln(self.1 / self.0) / steps(bits),
            bits => (self.1 - self.0) / steps(bits),
        }
    }

    /// Whether the two ends can be the ends of a column.
    pub fn is_sound(self) -> bool {
        self.0.is_finite() && self.1.is_finite() && self.0 <= self.1
    }

    /// Bits a value takes.
    pub fn bits(self, bits: u32) -> u32 {
        if self.0 == self.1 { 0 } else { bits }
    }
}

fn steps(bits: u32) -> f64 {
    ((1u64 << bits) - 1) as f64
}

/// Bits, the first in the highest place of a byte.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Writer {
    /// Writes a value of a column with `bits` bits, 24 at most.
    pub fn put(&mut self, value: f64, ends: Ends, bits: u32) {
        let wide = ends.bits(bits);
        if wide == 0 {
            return;
        }
        self.held = (self.held << wide) | ends.code(value, wide);
        self.count += wide;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.held >> self.count) as u8);
        }
    }

    /// The bytes.
    pub fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push((self.held << (8 - self.count)) as u8);
        }
        self.bytes
    }
}

/// Reads what a [`Writer`] wrote.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    held: u64,
    count: u32,
}

impl<'a> Reader<'a> {
    /// Reads from the first bit on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, held: 0, count: 0 }
    }

    /// The next value of a column; `None` at the end of the bytes.
    pub fn take(&mut self, ends: Ends, bits: u32) -> Option<f64> {
        let wide = ends.bits(bits);
        if wide == 0 {
            return Some(ends.0);
        }
        while self.count < wide {
            let (first, rest) = self.bytes.split_first()?;
            self.held = (self.held << 8) | u64::from(*first);
            self.bytes = rest;
            self.count += 8;
        }
        self.count -= wide;
        let code = (self.held >> self.count) & ((1u64 << wide) - 1);
        Some(ends.value(code, wide))
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Reader, Writer};

    #[test]
    fn ends_come_back_exactly_and_the_rest_within_half_a_step() {
        let columns = [vec![0.01, 0.3, 2.9, 3.0], vec![-1.0, 0.2, 0.9, 1.5], vec![7.0; 4]];
        let ends: Vec<Ends> = columns.iter().map(|c| Ends::of(c.iter().copied()).expect("numbers")).collect();
        let mut writer = Writer::default();
        for row in 0..4 {
            for (column, ends) in columns.iter().zip(&ends) {
                writer.put(column[row], *ends, 12);
            }
        }
        let bytes = writer.finish();
        assert_eq!(bytes.len(), 12);
        let mut reader = Reader::new(&bytes);
        for row in 0..4 {
            let got: Vec<f64> = ends.iter().map(|ends| reader.take(*ends, 12).expect("there")).collect();
            assert!((got[0] / columns[0][row]).ln().abs() <= 300f64.ln() / 4095.0 / 2.0 + 1e-12);
            assert!((got[1] - columns[1][row]).abs() <= 2.5 / 4095.0 / 2.0 + 1e-12);
            assert_eq!(got[2], 7.0);
            if row == 0 || row == 3 {
                assert_eq!(got, columns.iter().map(|c| c[row]).collect::<Vec<_>>());
            }
        }
        assert_eq!(reader.take(ends[0], 12), None);
        assert!(Ends::of([1.0, f64::NAN]).is_none());
    }
}
