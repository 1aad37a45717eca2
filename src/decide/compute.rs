//! What a recipe costs, and what a budget buys: FLOPs, GPU-hours and money.
//!
//! Training costs `C = 6 N D` FLOPs (Kaplan et al. 2020, arXiv 2001.08361, section 2.1), `N` parameters and `D` tokens;
//! continual pre-training counts its own tokens only. Everything about the hardware can be edited: it is plain data.

use crate::law::Recipe;
use crate::quantity::significant;
use serde::{Deserialize, Serialize};

/// FLOPs a parameter and token: forward 2, backward 4.
pub const FLOPS_A_TOKEN: f64 = 6.0;
const SECONDS_AN_HOUR: f64 = 3600.0;

/// The share of the peak that training reaches where nothing else is known: Llama 3 405B reports 38 to 43 % (Grattafiori
/// et al. 2024, arXiv 2407.21783, table 4), PaLM 46 % (Chowdhery et al. 2022, arXiv 2204.02311).
pub const UTILISATION: f64 = 0.4;

/// A device, and what an hour of it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hardware {
    /// Its name.
    pub name: String,
    /// Peak FLOP/s for dense 16-bit matrix products.
    pub peak: f64,
    /// Where the peak was read.
    pub source: String,
    /// Share of the peak that training reaches (model FLOPs utilisation), 0 to 1.
    pub utilisation: f64,
    /// Price of an hour of one device; 0 where it is not known.
    pub price: f64,
    /// The price's currency.
    pub currency: String,
}

/// Name, peak dense BF16 (FP16 where there is no BF16) FLOP/s, source, a price to replace.
///
/// Vendors print the peak with structured sparsity, twice the dense one, in some of these: halved here. The prices are
/// round figures to start from, of the order of clouds' hourly prices in 2025, not quotes.
static PRESETS: [(&str, f64, &str, f64); 12] = [
    ("NVIDIA H100 SXM", 989e12, "NVIDIA H100 datasheet: 1,979 TFLOPS BF16 with sparsity", 2.5),
    ("NVIDIA H100 PCIe", 756e12, "NVIDIA H100 datasheet: 1,513 TFLOPS BF16 with sparsity", 2.0),
    ("NVIDIA H200 SXM", 989e12, "NVIDIA H200 datasheet: 1,979 TFLOPS BF16 with sparsity", 3.0),
    ("NVIDIA B200", 2250e12, "NVIDIA DGX B200 datasheet: 4.5 PFLOPS BF16 a GPU with sparsity", 4.5),
    ("NVIDIA A100", 312e12, "NVIDIA A100 datasheet: 312 TFLOPS BF16", 1.5),
    ("NVIDIA L40S", 362e12, "NVIDIA L40S datasheet: 362 TFLOPS BF16", 1.0),
    ("NVIDIA RTX 4090", 165.2e12, "NVIDIA Ada architecture paper: 165.2 TFLOPS FP16, FP32 sums", 0.4),
    ("NVIDIA V100 SXM", 125e12, "NVIDIA V100 datasheet: 125 TFLOPS FP16", 0.5),
    ("AMD MI300X", 1307.4e12, "AMD Instinct MI300X data sheet: 1,307.4 TFLOPS BF16", 2.5),
    ("AMD MI250X", 383e12, "AMD Instinct MI250X data sheet: 383 TFLOPS BF16", 1.5),
    ("Google TPU v5e", 197e12, "Google Cloud TPU documentation: 197 TFLOPS BF16 a chip", 1.2),
    ("Google TPU v5p", 459e12, "Google Cloud TPU documentation: 459 TFLOPS BF16 a chip", 4.0),
];

/// The presets to start from.
pub fn presets() -> Vec<Hardware> {
    PRESETS
        .iter()
        .map(|&(name, peak, source, price)| Hardware {
            name: name.to_owned(),
            peak,
            source: source.to_owned(),
            utilisation: UTILISATION,
            price,
            currency: "USD".to_owned(),
        })
        .collect()
}

impl Default for Hardware {
    /// The first preset.
    fn default() -> Self {
        let (name, peak, source, price) = PRESETS[0];
        Self {
            name: name.to_owned(),
            peak,
            source: source.to_owned(),
            utilisation: UTILISATION,
            price,
            currency: "USD".to_owned(),
        }
    }
}

/// What may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// Floating-point operations.
    Flops(f64),
    /// Hours of one device.
    GpuHours(f64),
    /// In the hardware's currency.
    Money(f64),
}

/// What a recipe costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Floating-point operations, `6 N D`.
    pub flops: f64,
    /// Hours of one device.
    pub gpu_hours: f64,
    /// In `currency`; `None` where the hardware has no price.
    pub price: Option<f64>,
    /// The price's currency.
    pub currency: String,
}

impl Hardware {
    /// FLOPs an hour of one device does.
    pub fn flops_an_hour(&self) -> f64 {
        self.peak * self.utilisation * SECONDS_AN_HOUR
    }

    /// Whether its numbers can be reckoned with.
    pub fn is_usable(&self) -> bool {
        self.flops_an_hour() > 0.0 && self.flops_an_hour().is_finite() && self.utilisation <= 1.0 && self.price >= 0.0
    }

    /// What that many FLOPs cost.
    pub fn cost(&self, flops: f64) -> Cost {
        let gpu_hours = flops / self.flops_an_hour();
        let price = (self.price > 0.0).then_some(gpu_hours * self.price);
        Cost { flops, gpu_hours, price, currency: self.currency.clone() }
    }

    /// What a recipe costs.
    pub fn cost_of(&self, recipe: Recipe) -> Cost {
        self.cost(FLOPS_A_TOKEN * recipe.size * recipe.tokens)
    }
}

impl Budget {
    /// The budget in FLOPs.
    ///
    /// # Errors
    /// A sentence where it buys nothing that can be reckoned: a price of 0, a budget that is not above 0.
    pub fn flops(&self, hardware: &Hardware) -> Result<f64, String> {
        let flops = match *self {
            Self::Flops(flops) => flops,
            Self::GpuHours(hours) => hours * hardware.flops_an_hour(),
            Self::Money(amount) if hardware.price > 0.0 => amount / hardware.price * hardware.flops_an_hour(),
            Self::Money(_) => return Err("A budget in money needs the price of an hour.".to_owned()),
        };
        let needs_hardware = !matches!(self, Self::Flops(_));
        if needs_hardware && !hardware.is_usable() {
            return Err(
                "The device needs a peak above 0, a utilisation above 0 and up to 1, and no negative price.".to_owned()
            );
        }
        if flops > 0.0 && flops.is_finite() { Ok(flops) } else { Err("The budget has to be above 0.".to_owned()) }
    }
}

impl Cost {
    /// "1.08e21 FLOPs, 758 GPU-hours, 1,900 USD".
    pub fn words(&self) -> String {
        let mut text = format!("{:e} FLOPs, {} GPU-hours", significant(self.flops, 3), thousands(self.gpu_hours));
        if let Some(price) = self.price {
            text = format!("{text}, {} {}", thousands(price), self.currency);
        }
        text
    }
}

/// Three significant digits, thousands apart: 1,900.
pub fn thousands(value: f64) -> String {
    let plain = format!("{}", significant(value, 3));
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut text = String::new();
    for (k, digit) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if rest.is_empty() { text } else { format!("{text}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Hardware, presets, thousands};
    use crate::law::Recipe;

    #[test]
    fn a_budget_buys_what_it_costs() {
        let hardware = Hardware { peak: 1e15, utilisation: 0.5, price: 2.0, ..Hardware::default() };
        let cost = hardware.cost_of(Recipe { domain_share: 0.5, size: 1e9, tokens: 6e9 });
        assert_eq!(cost.flops, 3.6e19);
        assert_eq!(cost.gpu_hours, 20.0);
        assert_eq!(cost.price, Some(40.0));
        for budget in [Budget::Flops(3.6e19), Budget::GpuHours(20.0), Budget::Money(40.0)] {
            assert_eq!(budget.flops(&hardware), Ok(3.6e19));
        }
        assert_eq!(cost.words(), "3.6e19 FLOPs, 20 GPU-hours, 40 USD");
        let free = Hardware { price: 0.0, ..hardware };
        assert!(Budget::Money(40.0).flops(&free).is_err() && free.cost(1e20).price.is_none());
        assert!(Budget::GpuHours(-1.0).flops(&free).is_err());
    }

    #[test]
    fn presets_are_usable_and_say_their_source() {
        for preset in presets() {
            assert!(preset.is_usable() && !preset.source.is_empty() && preset.peak > 1e14, "{preset:?}");
        }
        assert_eq!(thousands(1234567.0), "1,230,000");
        assert_eq!(thousands(0.25), "0.25");
        assert_eq!(thousands(999.0), "999");
    }
}
