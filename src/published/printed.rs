//! A printed law as a person has it open: which one, and what a what-if does not say of it; its number at a recipe, what
//! must be known beside it, its curves.
//!
//! A printed law becomes a [`Study`] of one fit without rows and without draws, so that sliders, formula, files and
//! decisions read it as they read a fit, and nothing can show an interval: there is none to show.

use super::{
    CRITICAL_RATIOS, CRITICAL_SOURCE, CRITICAL_UNIT, CriticalRatio, PUBLISHED, Printed, Published, Run, beyond,
};
use crate::chart::PlotView;
use crate::chart::plot::{PlotAxis, PlotMark, PlotPoint, Quantity, Shape};
use crate::fit::{Fit, Options, Study};
use crate::law::chinchilla::CHINCHILLA;
use crate::law::critical_ratio::CRITICAL_RATIO;
use crate::law::repeated::of_unique::{OF_UNIQUE, U};
use crate::law::{Axis, Input, Law, Ranges, Recipe, Scale, Span};
use crate::maths;
use crate::quantity::{Params, Share, Tokens, significant};
use crate::table::{LossKind, Measure, Per};

/// Unique tokens before any are typed: those of the paper's own checks.
pub const UNIQUE: f64 = 25e9;
/// Name of what a printed law gives, among the targets of its study.
pub const TARGET: &str = "loss";
/// The tokens a slider goes through where the source does not say what was measured: a day of one device to the largest
/// runs there are.
pub const TOKENS: (f64, f64) = (1e8, 1e14);
/// From one unit of the printed power to the longest run of Gu et al., as noted; beyond it a critical ratio is a guess.
pub const CRITICAL_TOKENS: (f64, f64) = (CRITICAL_UNIT, 20e9);
/// A value read back from a field may differ from a range's end in the fourth digit.
const ROUNDED: f64 = 1.005;
/// Points of a curve.
const POINTS: u32 = 96;
/// How far the sliders go beyond what was fitted, as with data: see `settings/axes.rs`.
const BELOW: f64 = 8.0;
const ABOVE: f64 = 20.0;

/// A printed law of a loss, or of a share.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// A loss in nats per token.
    Loss(&'static Published),
    /// The critical domain share of one model.
    Share(&'static CriticalRatio),
}

/// Every printed law: id and name, in the order they are offered.
pub fn offered() -> impl Iterator<Item = (&'static str, &'static str)> {
    let losses = PUBLISHED.iter().map(|law| (law.id, law.name));
    losses.chain(CRITICAL_RATIOS.iter().map(|model| (model.id, model.name)))
}

/// A constant as the source prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// Name in files: `alpha`.
    pub name: &'static str,
    /// `α`.
    pub symbol: &'static str,
    /// What it stands for.
    pub meaning: &'static str,
    /// Its value, for `N` in parameters and `D` in tokens unless [`Printed::unit_of_tokens`] says otherwise.
    pub value: f64,
}

impl Printed {
    /// The law of that id as it opens.
    pub fn open(id: &str) -> Option<Self> {
        let printed = Self { id: id.to_owned(), ..Self::default() };
        printed.which().map(|_| printed)
    }

    /// Which law it is; `None` for an id that is none.
    pub fn which(&self) -> Option<Which> {
        let loss = super::by_id(&self.id).map(Which::Loss);
        loss.or_else(|| CRITICAL_RATIOS.iter().find(|model| model.id == self.id).map(Which::Share))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self.which() {
            Some(Which::Loss(law)) => law.name,
            Some(Which::Share(model)) => model.name,
            None => "",
        }
    }

    /// Where its numbers stand.
    pub fn source(&self) -> &'static str {
        match self.which() {
            Some(Which::Loss(law)) => law.source,
            Some(Which::Share(_)) => CRITICAL_SOURCE,
            None => "",
        }
    }

    /// What was trained on what.
    pub fn setting(&self) -> String {
        match self.which() {
            Some(Which::Loss(law)) => law.setting.to_owned(),
            Some(Which::Share(model)) => format!("finance, a model of {}", Params(model.size)),
            None => String::new(),
        }
    }

    /// The sizes and tokens it was fitted to, in a sentence.
    pub fn range(&self) -> String {
        let to = |ends: Option<(f64, f64)>, print: &dyn Fn(f64) -> String| {
            ends.map(|(low, high)| if low == high { print(low) } else { format!("{} to {}", print(low), print(high)) })
        };
        let size = to(self.fitted(Axis::Size), &|v| Params(v).to_string()).map(|text| format!("{text} parameters"));
        if let Some(Which::Share(_)) = self.which() {
            let longest = Tokens(CRITICAL_TOKENS.1);
            return format!("Fitted to runs of up to {longest} tokens, as noted, of this one size.");
        }
        let tokens = to(self.fitted(Axis::Tokens), &|v| Tokens(v).to_string()).map(|text| format!("{text} tokens"));
        match (size, tokens) {
            (Some(size), Some(tokens)) => format!("Fitted to {size}, {tokens}."),
            (Some(size), None) => format!("Fitted to {size}; the tokens it was fitted to are not at hand."),
            (None, Some(tokens)) => format!("Fitted to {tokens}; the sizes it was fitted to are not at hand."),
            (None, None) => "The range it was fitted to is not at hand.".to_owned(),
        }
    }

    /// The range of an axis it was fitted to, where the source says.
    pub fn fitted(&self, axis: Axis) -> Option<(f64, f64)> {
        match (self.which()?, axis) {
            (Which::Loss(law), Axis::Size) => law.sizes,
            (Which::Loss(law), Axis::Tokens) => law.tokens,
            (Which::Share(model), Axis::Size) => Some((model.size, model.size)),
            (Which::Share(_), Axis::Tokens) => Some(CRITICAL_TOKENS),
            (_, Axis::Ratio) => None,
        }
    }

    /// Whether it knows an input beyond size and tokens: unique tokens, or how a run begins.
    pub fn knows(&self, input: Input) -> bool {
        match self.which() {
            Some(Which::Loss(law)) => law.law().is_some_and(|law| law.inputs().contains(&input)),
            _ => false,
        }
    }

    /// The unique tokens, where it knows repetition.
    pub fn unique(&self) -> Option<f64> {
        self.knows(Input::Epochs).then_some(self.unique.unwrap_or(UNIQUE))
    }

    /// Tokens in one unit of `D` in its printed constants.
    pub fn unit_of_tokens(&self) -> f64 {
        if let Some(Which::Share(_)) = self.which() { CRITICAL_UNIT } else { 1.0 }
    }

    /// The law as a function of size and tokens, and its constants.
    fn function(&self) -> Option<(&'static dyn Law, Vec<f64>)> {
        match self.which()? {
            Which::Share(model) => Some((&CRITICAL_RATIO, model.parameters.to_vec())),
            Which::Loss(published) => {
                let law = published.law().filter(|law| law.parameters().len() == published.parameters.len())?;
                let mut theta = published.parameters.to_vec();
                if let Some(unique) = self.unique() {
                    theta.insert(U, unique);
                    return Some((&OF_UNIQUE, theta));
                }
                if self.knows(Input::Start) && self.run == Run::Scratch {
                    // Runs from scratch are Chinchilla in the constants both kinds share and their own two.
                    theta.truncate(CHINCHILLA.parameters().len());
                    return Some((&CHINCHILLA, theta));
                }
                Some((law, theta))
            }
        }
    }

    /// Its constants as printed; what a person sets is not among them.
    pub fn constants(&self) -> Vec<Constant> {
        let (parameters, values) = match self.which() {
            Some(Which::Loss(published)) => {
                (published.law().map_or(&[][..], |law| law.parameters()), published.parameters.to_vec())
            }
            Some(Which::Share(model)) => (CRITICAL_RATIO.parameters(), model.parameters.to_vec()),
            None => (&[][..], Vec::new()),
        };
        let constant = |(parameter, value): (&crate::law::Parameter, f64)| Constant {
            name: parameter.name,
            symbol: parameter.symbol,
            meaning: parameter.meaning,
            value,
        };
        parameters.iter().zip(values).map(constant).collect()
    }

    /// The study it is read as: one fit without rows and draws.
    pub fn study(&self) -> Option<Study> {
        let (law, theta) = self.function()?;
        let scale = Scale { size: 1.0, tokens: self.unit_of_tokens() };
        let span = |(low, high): (f64, f64)| Span { low, high, distinct: if low == high { 1 } else { 2 } };
        let ranges = Ranges {
            size: self.fitted(Axis::Size).map(span),
            // Decisions look for tokens somewhere, also where the source is silent.
            tokens: Some(span(self.fitted(Axis::Tokens).unwrap_or(TOKENS))),
            ..Ranges::default()
        };
        let fit = Fit::of_parameters(TARGET, LossKind::Domain, law, theta, scale, ranges);
        Some(Study::of_one(fit, Options { draws: 0, ..Options::default() }))
    }

    /// The loss, or the share, at a recipe; `None` where there is none, or a share would leave 0 to 1.
    pub fn at(&self, recipe: Recipe) -> Option<f64> {
        let value = self.study()?.predict(TARGET, recipe)?.loss;
        self.sound(value)
    }

    fn sound(&self, value: f64) -> Option<f64> {
        let inside = !matches!(self.which(), Some(Which::Share(_))) || (0.0..=1.0).contains(&value);
        Some(value).filter(|value| value.is_finite() && inside)
    }

    /// The letter of what it gives.
    pub fn letter(&self) -> &'static str {
        if let Some(Which::Share(_)) = self.which() { "R" } else { "L" }
    }

    /// What it gives, as a title.
    pub fn gives(&self) -> &'static str {
        if let Some(Which::Share(_)) = self.which() { "Critical domain share" } else { "Loss" }
    }

    /// Whether it gives a loss; else it gives a share, which is the same in every measure.
    pub fn is_of_a_loss(&self) -> bool {
        matches!(self.which(), Some(Which::Loss(_)))
    }

    /// Its number as it is printed where losses are shown in a measure.
    pub fn figure(&self, value: f64, measure: Measure) -> String {
        if self.is_of_a_loss() { measure.precise(value) } else { Share(value).to_string() }
    }

    /// The unit of its number.
    pub fn unit(&self, measure: Measure) -> &'static str {
        if self.is_of_a_loss() { measure.unit(Per::Token) } else { "of the mixture" }
    }

    /// What must be known before its numbers are used; empty where nothing stands out.
    pub fn caution(&self) -> &'static str {
        match self.which() {
            Some(Which::Loss(law)) => law.caution,
            Some(Which::Share(_)) => "Beyond about 20B tokens, the longest run of the paper as noted, it is a guess.",
            None => "",
        }
    }

    /// How far a recipe lies outside what it was fitted to, a sentence an axis.
    pub fn beyond(&self, recipe: Recipe) -> Vec<String> {
        let mut notes = Vec::new();
        if self.at(recipe).is_none() && matches!(self.which(), Some(Which::Share(_))) {
            notes.push(format!("At {} the printed power leaves the range of a share.", Tokens(recipe.tokens)));
        }
        let axes = [(Axis::Size, "model size", recipe.size), (Axis::Tokens, "token budget", recipe.tokens)];
        for (axis, what, value) in axes {
            let factor = beyond(self.fitted(axis), value).filter(|factor| *factor > ROUNDED);
            notes.extend(
                factor.map(|factor| {
                    format!("The {what} lies outside those it was fitted to, by a factor of {factor:.1}.")
                }),
            );
        }
        notes
    }

    /// What must be known beside its number at a recipe, a sentence each.
    pub fn notes(&self, recipe: Recipe) -> Vec<String> {
        let caution = Some(self.caution()).filter(|caution| !caution.is_empty());
        self.beyond(recipe).into_iter().chain(caution.map(str::to_owned)).collect()
    }

    /// Setting and range in a line.
    pub fn told(&self) -> String {
        let setting = self.setting();
        let first = setting.chars().next().map(char::to_uppercase);
        let rest: String = setting.chars().skip(1).collect();
        format!("{}{rest}. {}", first.map(String::from_iter).unwrap_or_default(), self.range())
    }

    /// Where its sliders end.
    pub fn limits(&self, axis: Axis) -> (f64, f64) {
        let known = self.fitted(axis).filter(|(low, high)| low < high);
        match (axis, known) {
            (Axis::Ratio, _) => (0.0, 1.0),
            (Axis::Size, Some((low, high))) | (Axis::Tokens, Some((low, high))) => {
                (significant(low / BELOW, 1), significant(high * ABOVE, 1))
            }
            (Axis::Size, None) => self.fitted(axis).map_or((1e6, 1e13), |(size, _)| (size / 2.0, size * 2.0)),
            (Axis::Tokens, None) => TOKENS,
        }
    }

    /// Where its sliders start: a size in the middle of those it was fitted to; twenty tokens a parameter, four passes
    /// over the unique ones, or the longest run.
    pub fn start(&self) -> Recipe {
        let (low, high) = self.fitted(Axis::Size).unwrap_or((1e8, 1e10));
        let size = if low == high { low } else { significant(maths::exp(0.5 * maths::ln(low * high)), 1) };
        let tokens = match (self.which(), self.unique()) {
            (Some(Which::Share(_)), _) => CRITICAL_TOKENS.1,
            (_, Some(unique)) => 4.0 * unique,
            _ => 20.0 * size,
        };
        Recipe { domain_share: 1.0, size, tokens }
    }

    /// Its curves through a recipe: along the tokens, and along the size where it knows more than one.
    pub fn curves(&self, at: Recipe, measure: Measure) -> Vec<PlotView> {
        let Some(study) = self.study() else { return Vec::new() };
        let axes = [Axis::Tokens, Axis::Size].into_iter();
        let axes = axes.filter(|axis| self.fitted(*axis).is_none_or(|(low, high)| low < high));
        axes.filter_map(|axis| self.curve(&study, axis, at, measure)).collect()
    }

    fn curve(&self, study: &Study, axis: Axis, at: Recipe, measure: Measure) -> Option<PlotView> {
        let (low, high) = self.limits(axis);
        let place = |k: u32| low * maths::pow(high / low, f64::from(k) / f64::from(POINTS));
        let x: Vec<f64> = (0..=POINTS).map(place).collect();
        let fit = study.targets.get(TARGET)?;
        let (name, print, quantity): (&str, fn(f64) -> String, Quantity) = match axis {
            Axis::Size => ("Model size", |v| Params(v).to_string(), Quantity::Size),
            _ => ("Tokens", |v| format!("{} tokens", Tokens(v)), Quantity::Tokens),
        };
        let curve = fit.curve(axis, at, &x, study.options.level);
        let values = curve.x.iter().zip(&curve.loss).filter_map(|(x, value)| Some((*x, self.sound(*value)?)));
        let height = |value: f64| if self.is_of_a_loss() { measure.from_nats(value) } else { value };
        let points = values.map(|(x, y)| PlotPoint {
            x,
            y: height(y),
            said: format!("{}: {} {}", print(x), self.gives().to_lowercase(), self.figure(y, measure)),
            ..PlotPoint::default()
        });
        let (now, other) = match axis {
            Axis::Size => (at.size, format!("{} tokens", Tokens(at.tokens))),
            _ => (at.tokens, format!("{} parameters", Params(at.size))),
        };
        let mark = self.at(at).map(|value| PlotMark {
            at: (now, height(value)),
            shape: Shape::Answer,
            label: self.figure(value, measure),
        });
        let share = !self.is_of_a_loss();
        Some(PlotView {
            caption: format!("{} against {}, at {other}", self.gives(), name.to_lowercase()),
            x: PlotAxis { name: name.to_owned(), quantity },
            y: PlotAxis {
                name: if share { self.gives().to_owned() } else { format!("{}, {}", self.gives(), self.unit(measure)) },
                quantity: if share { Quantity::Share } else { Quantity::Domain },
            },
            points: points.collect(),
            marks: mark.into_iter().collect(),
            second: Vec::new(),
            best: self.unique().filter(|_| axis == Axis::Tokens).map(|unique| (unique, unique)),
            data: self.fitted(axis),
        })
    }
}
