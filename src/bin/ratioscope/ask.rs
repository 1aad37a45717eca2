//! What `ratioscope decide …` can be asked: the options of its commands, and the texts they read.

use crate::program::Failure;
use clap::Args;
use ratioscope::decide::limited::LEAST_GAIN;
use ratioscope::decide::{Budget, Hardware, Limit, compute, design};
use ratioscope::law::Recipe;
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::Measure;

/// The studies and the loss.
#[derive(Debug, Args)]
pub struct StudyArguments {
    /// Studies written by `ratioscope fit --json`, one a law; `-` reads standard input.
    #[arg(required = true, value_name = "FIT")]
    pub fits: Vec<String>,
    /// The domain loss; without it, the first.
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// What losses are typed and said in: nats, bits or perplexity. JSON and CSV are in nats.
    #[arg(long, default_value = "nats", value_parser = unit)]
    pub unit: Measure,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A measure by its name.
pub fn unit(text: &str) -> Result<Measure, String> {
    let found = Measure::ALL.into_iter().find(|measure| measure.word() == text);
    found.ok_or_else(|| "expected nats, bits or perplexity".to_owned())
}

/// The model size and tokens asked about.
#[derive(Debug, Args)]
pub struct AtArguments {
    /// The model size: 7B, 350M.
    #[arg(long, value_parser = size)]
    pub size: Option<f64>,
    /// The tokens of continual pre-training: 20B.
    #[arg(long, value_parser = tokens)]
    pub tokens: Option<f64>,
}

/// How much the general loss may rise.
#[derive(Debug, Args)]
pub struct LimitArguments {
    /// The most the general loss may rise: 3 %, 0.03, of the loss in nats; over the base model's, or over --start.
    #[arg(long, value_parser = rise, conflicts_with = "limit", allow_hyphen_values = true)]
    pub rise: Option<f64>,
    /// The general loss it starts from, where the file has no base model.
    #[arg(long, value_name = "LOSS", requires = "rise")]
    pub start: Option<f64>,
    /// The most the general loss may be.
    #[arg(long, value_name = "LOSS")]
    pub limit: Option<f64>,
}

/// A device.
#[derive(Debug, Args)]
pub struct HardwareArguments {
    /// A device of the list, by a part of its name: H100 SXM, A100, MI300X; an unknown name prints the list.
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Its peak FLOP/s, instead of the list's: 989e12.
    #[arg(long, value_name = "FLOPS")]
    pub peak: Option<f64>,
    /// The share of the peak that training reaches: 40 %.
    #[arg(long, value_parser = share)]
    pub utilisation: Option<f64>,
    /// The price of an hour of one device.
    #[arg(long)]
    pub price: Option<f64>,
}

/// A budget: one of three.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct BudgetArguments {
    /// Floating-point operations: 1e21.
    #[arg(long)]
    pub flops: Option<f64>,
    /// Hours of one device.
    #[arg(long, value_name = "HOURS")]
    pub gpu_hours: Option<f64>,
    /// Money, by the price of an hour.
    #[arg(long)]
    pub money: Option<f64>,
}

/// What `decide trade-off` is asked.
#[derive(Debug, Args)]
pub struct TradeOffArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    #[command(flatten)]
    pub at: AtArguments,
    #[command(flatten)]
    pub limit: LimitArguments,
}

/// What `decide limited` is asked.
#[derive(Debug, Args)]
pub struct LimitedArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    /// Domain tokens that exist: 5B.
    #[arg(long, value_parser = tokens)]
    pub domain_tokens: f64,
    /// How often each may be seen.
    #[arg(long, default_value_t = 1)]
    pub epochs: u32,
    /// The most tokens in all; without it twenty times the largest measured budget.
    #[arg(long, value_parser = tokens)]
    pub most_tokens: Option<f64>,
    /// The model size: 7B, 350M.
    #[arg(long, value_parser = size)]
    pub size: Option<f64>,
    #[command(flatten)]
    pub limit: LimitArguments,
    /// A pass pays while it lowers the domain loss by more than this, relative.
    #[arg(long, default_value_t = LEAST_GAIN)]
    pub least_gain: f64,
}

/// What `decide allocate` is asked.
#[derive(Debug, Args)]
pub struct AllocateArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    #[command(flatten)]
    pub budget: BudgetArguments,
    #[command(flatten)]
    pub hardware: HardwareArguments,
    #[command(flatten)]
    pub limit: LimitArguments,
    /// The weight of the general loss, 0 to 1, instead of a limit.
    #[arg(long, conflicts_with_all = ["rise", "limit", "ratio"])]
    pub weight: Option<f64>,
    /// This domain share, instead of the best one.
    #[arg(long, value_parser = share, conflicts_with_all = ["rise", "limit"])]
    pub ratio: Option<f64>,
    /// Least and largest size searched: 100M,70B.
    #[arg(long, value_parser = size, value_delimiter = ',', value_name = "LEAST,LARGEST")]
    pub sizes: Vec<f64>,
    /// Sizes to choose among: 1.5B,7B, or a family of the list (Qwen2.5, Llama, Pythia); may be given several times.
    #[arg(long = "models", value_delimiter = ',', value_name = "SIZE|FAMILY")]
    pub models: Vec<String>,
}

/// What `decide frontier` is asked.
#[derive(Debug, Args)]
pub struct FrontierArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    #[command(flatten)]
    pub at: AtArguments,
    /// The weight of the general loss, 0 to 1.
    #[arg(long, default_value_t = 0.5)]
    pub weight: f64,
    /// The CSV the fit was made of: adds the measured runs.
    #[arg(long, value_name = "FILE")]
    pub runs: Option<String>,
}

/// What `decide tasks` is asked.
#[derive(Debug, Args)]
pub struct TasksArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    #[command(flatten)]
    pub at: AtArguments,
    /// The domain's share of the mixture.
    #[arg(long, value_parser = share)]
    pub ratio: Option<f64>,
    /// An evaluation set; may be given several times. Without it, all.
    #[arg(long = "set", value_name = "NAME")]
    pub sets: Vec<String>,
}

/// What `decide compare` is asked.
#[derive(Debug, Args)]
pub struct CompareArguments {
    #[command(flatten)]
    pub study: StudyArguments,
    /// A what-if as NAME=RATIO,SIZE,TOKENS, such as "a=30%,7B,20B"; the first is what the others are compared with.
    #[arg(long = "pin", required = true, value_name = "NAME=RATIO,SIZE,TOKENS", value_parser = pin)]
    pub pins: Vec<(String, Recipe)>,
    #[command(flatten)]
    pub hardware: HardwareArguments,
}

/// What `decide design` is asked.
#[derive(Debug, Args)]
pub struct DesignArguments {
    #[command(flatten)]
    pub budget: BudgetArguments,
    #[command(flatten)]
    pub hardware: HardwareArguments,
    /// Model sizes; without them, open models the budget reaches.
    #[arg(long, value_parser = size, value_delimiter = ',', value_name = "SIZE")]
    pub sizes: Vec<f64>,
    /// Domain shares; without them, four, five or nine.
    #[arg(long, value_parser = share, value_delimiter = ',', value_name = "SHARE")]
    pub ratios: Vec<f64>,
    /// Tokens of every run; without it, what the budget buys.
    #[arg(long, value_parser = tokens)]
    pub tokens: Option<f64>,
    /// Checkpoints of a run.
    #[arg(long, default_value_t = design::CHECKPOINTS)]
    pub checkpoints: usize,
    /// A study whose law is taken as true; without it, the law of the generated example.
    #[arg(long, value_name = "FIT")]
    pub truth: Option<String>,
    /// The size that is to be predicted; without it, ten times the largest of the design.
    #[arg(long, value_parser = size)]
    pub target_size: Option<f64>,
    /// The tokens to be predicted; without it, ten times a run of the design.
    #[arg(long, value_parser = tokens)]
    pub target_tokens: Option<f64>,
    /// The true best ratio there.
    #[arg(long, value_parser = share, default_value = "0.5")]
    pub target_ratio: f64,
    /// Data sets simulated a design.
    #[arg(long, default_value_t = 5)]
    pub repeats: usize,
    /// Print the table to fill in of the best design.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    Share::parse(text).map(|v| v.0).ok_or_else(|| "expected a share such as 0.3, 30 % or 3:7".to_owned())
}

pub fn size(text: &str) -> Result<f64, String> {
    Params::parse(text).map(|v| v.0).ok_or_else(|| "expected a number of parameters above 0, such as 7B".to_owned())
}

pub fn tokens(text: &str) -> Result<f64, String> {
    let read = Tokens::parse(text).map(|v| v.0).filter(|d| *d > 0.0);
    read.ok_or_else(|| "expected a number of tokens above 0, such as 20B".to_owned())
}

/// A relative rise, which may be negative: "3 %", "0.03", "-1%".
fn rise(text: &str) -> Result<f64, String> {
    let (sign, rest) = match text.trim().strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.trim()),
    };
    Share::parse(rest).map(|v| sign * v.0).ok_or_else(|| "expected a rise such as 3 % or 0.03".to_owned())
}

fn pin(text: &str) -> Result<(String, Recipe), String> {
    let wrong = || "expected NAME=RATIO,SIZE,TOKENS, such as a=30%,7B,20B".to_owned();
    let (name, recipe) = text.split_once('=').ok_or_else(wrong)?;
    let parts: Vec<&str> = recipe.split(',').collect();
    let [ratio, n, d] = parts[..] else { return Err(wrong()) };
    Ok((name.to_owned(), Recipe { domain_share: share(ratio)?, size: size(n)?, tokens: tokens(d)? }))
}

impl LimitArguments {
    /// The limit asked for, if one; its losses are typed in a measure.
    pub fn limit(&self, unit: Measure) -> Option<Limit> {
        let nats = |typed: Option<f64>| typed.map(|loss| unit.to_nats(loss));
        match (self.rise, nats(self.start), nats(self.limit)) {
            (Some(rise), Some(start), _) => Some(Limit::OverStart { rise, start }),
            (Some(rise), None, _) => Some(Limit::OverBase { rise }),
            (None, _, Some(loss)) => Some(Limit::Absolute { loss }),
            (None, _, None) => None,
        }
    }
}

impl HardwareArguments {
    /// The device.
    ///
    /// # Errors
    /// Where the list has none of that name.
    pub fn hardware(&self) -> Result<Hardware, Failure> {
        let mut hardware = Hardware::default();
        if let Some(name) = &self.device {
            let presets = compute::presets();
            let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
            let known = presets.iter().find(|preset| preset.name.to_lowercase().contains(&name.to_lowercase()));
            let unknown = || Failure::Usage(format!("No device called “{name}”; there are {}.", names.join(", ")));
            hardware = known.cloned().ok_or_else(unknown)?;
        }
        if let Some(peak) = self.peak {
            (hardware.peak, hardware.source) = (peak, "given".to_owned());
        }
        hardware.utilisation = self.utilisation.unwrap_or(hardware.utilisation);
        hardware.price = self.price.unwrap_or(hardware.price);
        Ok(hardware)
    }
}

impl BudgetArguments {
    /// The budget.
    ///
    /// # Errors
    /// Where none was given.
    pub fn budget(&self) -> Result<Budget, Failure> {
        match (self.flops, self.gpu_hours, self.money) {
            (Some(flops), _, _) => Ok(Budget::Flops(flops)),
            (_, Some(hours), _) => Ok(Budget::GpuHours(hours)),
            (_, _, Some(money)) => Ok(Budget::Money(money)),
            _ => Err(Failure::Usage("A budget is needed: --flops, --gpu-hours or --money.".to_owned())),
        }
    }
}
