//! What a design can and can't identify, found by trying: losses are drawn from a law the person picks, with noise, at
//! the design's runs; the fit is made of them; and what it says is read: notes, widths, and how far the answer to a
//! known question is off.
//!
//! The question is a trade-off with a known answer: the limit is the true general loss at a target recipe, so that the
//! true best ratio is the target's own. Noise is a run's own level and a checkpoint's, both normal in `ln L`.

use super::design::Plan;
use super::limit::Limit;
use super::trade_off::TradeOff;
use super::words::{list, percent, share};
use crate::fit::prepare::own_share;
use crate::fit::weights::uniform;
use crate::fit::{FitError, NoteCode, Options, Session, Study};
use crate::law::{self, Law, Points, Recipe, Scale};
use crate::maths;
use crate::order;
use crate::table::{LossColumn, LossKind, Observations};
use serde::{Deserialize, Serialize};

const BILLIONS: Scale = Scale { size: 1e9, tokens: 1e9 };
/// A parameter is not identified where so large a share of the simulated fits says so.
const OFTEN: f64 = 0.5;
/// What two runs of one recipe differ by, and two checkpoints of one run, as deviations of `ln L`: chosen; real seeds of
/// small runs differ by 0.2 %.
const RUN_NOISE: f64 = 2e-3;
const CHECKPOINT_NOISE: f64 = 1e-3;

/// The law that is taken as true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// What it is, for people.
    pub name: String,
    /// The general loss.
    pub general: TrueLoss,
    /// The domain loss.
    pub domain: TrueLoss,
    /// Deviation of a run's level.
    pub run_noise: f64,
    /// Deviation of a checkpoint.
    pub checkpoint_noise: f64,
}

/// A loss's law, taken as true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrueLoss {
    /// The law's id.
    pub law: String,
    /// Parameters in the law's order, `N` and `D` in billions.
    pub parameters: Vec<f64>,
}

impl TrueLoss {
    fn law(&self) -> Result<&'static dyn Law, String> {
        let law = law::by_id(&self.law).ok_or_else(|| format!("No law called “{}”.", self.law))?;
        let count = law.parameters().len();
        if self.parameters.len() != count {
            return Err(format!("The {} has {count} parameters for each loss.", law.name()));
        }
        Ok(law)
    }
}

impl Default for Truth {
    /// The D-CPT Law of the generated example (`tools/generate_grid.py`): losses like the D-CPT paper's, no one's data.
    fn default() -> Self {
        let d_cpt =
            |parameters: [f64; 9]| TrueLoss { law: law::d_cpt::D_CPT.id.to_owned(), parameters: parameters.into() };
        Self {
            name: "the law of the generated example".to_owned(),
            // E, A, alpha, B, beta, eta, C, gamma, eps.
            general: d_cpt([1.95, 0.45, 0.32, 0.14, 0.45, 0.40, 0.22, 0.70, 0.12]),
            domain: d_cpt([0.95, 0.30, 0.36, 0.20, 0.40, 0.50, 0.26, 0.60, 0.14]),
            run_noise: RUN_NOISE,
            checkpoint_noise: CHECKPOINT_NOISE,
        }
    }
}

impl Truth {
    /// The fitted laws of a study, of its general loss and of the domain loss named (`None` for the first).
    ///
    /// # Errors
    /// A sentence where it lacks one.
    pub fn of(study: &Study, domain: Option<&str>) -> Result<Self, String> {
        let general = super::pair::general_of(study).map_err(|reason| reason.to_string())?;
        let domain = super::pair::domain_of(study, domain).map_err(|reason| reason.to_string())?;
        let of = |loss: &super::pair::Loss<'_>| TrueLoss {
            law: loss.fit.law.clone(),
            parameters: loss.fit.parameters.iter().map(|p| p.value_billions).collect(),
        };
        let name = format!("the fit of {}", domain.fit.target);
        Ok(Self { name, general: of(&general), domain: of(&domain), ..Self::default() })
    }

    fn loss(&self, kind: LossKind) -> &TrueLoss {
        match kind {
            LossKind::General => &self.general,
            LossKind::Domain => &self.domain,
        }
    }
}

/// Both laws, looked up once.
struct Laws<'a> {
    truth: &'a Truth,
    general: &'static dyn Law,
    domain: &'static dyn Law,
}

impl Laws<'_> {
    fn of(&self, kind: LossKind) -> &'static dyn Law {
        match kind {
            LossKind::General => self.general,
            LossKind::Domain => self.domain,
        }
    }

    fn loss(&self, kind: LossKind, at: Recipe) -> f64 {
        let mut point = Points::default();
        point.push(&BILLIONS, at.size, at.tokens, own_share(kind, at.domain_share));
        let mut out = [0.0];
        self.of(kind).predict(&self.truth.loss(kind).parameters, &point, &mut out);
        out[0]
    }
}

/// How it is tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Simulation {
    /// The law taken as true.
    pub truth: Truth,
    /// The recipe that is predicted from the design; its ratio is the answer to be found.
    pub target: Recipe,
    /// How many data sets are drawn.
    pub repeats: usize,
    /// Draws of each fit.
    pub draws: usize,
    /// Seed.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Data sets drawn and fitted.
    pub repeats: usize,
    /// Every parameter of both losses.
    pub parameters: Vec<ParameterFinding>,
    /// Notes of the fits about the design, with the share of data sets that raise them.
    pub notes: Vec<(NoteCode, f64)>,
    /// Median relative width of the general loss's interval at the target.
    pub general_width: f64,
    /// The same of the domain loss.
    pub domain_width: f64,
    /// Median relative error of the general loss at the target.
    pub general_error: f64,
    /// The same of the domain loss.
    pub domain_error: f64,
    /// Median width of the best ratio's interval, in shares; `None` where most fits had no answer.
    pub ratio_width: Option<f64>,
    /// Median distance of the best ratio found from the true one.
    pub ratio_error: Option<f64>,
    /// Share of data sets whose fit answered the question at all.
    pub answered: f64,
    /// In plain words.
    pub words: Vec<String>,
}

/// Whether a parameter can be told from the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterFinding {
    /// Which loss.
    pub kind: LossKind,
    /// Name in files.
    pub name: String,
    /// Symbol on the page.
    pub symbol: String,
    /// Share of data sets whose fit says that it is not identified or at a bound.
    pub not_identified: f64,
}

impl Simulation {
    /// Draws, fits and reads every data set of a design.
    ///
    /// # Errors
    /// A sentence where the law is not known or the design is too small to be fitted.
    pub fn run(&self, plan: &Plan) -> Result<Findings, String> {
        let truth = &self.truth;
        let laws = Laws { truth, general: truth.general.law()?, domain: truth.domain.law()? };
        let repeats = self.repeats.max(1);
        let studies = (0..repeats)
            .map(|repeat| self.study(plan, &laws, repeat as u64))
            .collect::<Result<Vec<Study>, FitError>>()
            .map_err(|error| error.to_string())?;
        Ok(self.read(&laws, &studies))
    }

    fn study(&self, plan: &Plan, laws: &Laws<'_>, repeat: u64) -> Result<Study, FitError> {
        let options = Options { draws: self.draws, seed: self.seed.wrapping_add(repeat), ..Options::default() };
        let observations = self.observations(plan, laws, repeat);
        // Draws are paired by their index, whichever session makes them.
        let of = |kind: LossKind| {
            let (law, target) = (self.truth.loss(kind).law.as_str(), named(kind).to_owned());
            let mut session = Session::of_observations(&observations, Some(law), &[target], &options, Vec::new())?;
            while session.step().0 < self.draws {}
            Ok::<Study, FitError>(session.study())
        };
        Ok(of(LossKind::General)?.beside(of(LossKind::Domain)?))
    }

    /// One drawn data set.
    fn observations(&self, plan: &Plan, laws: &Laws<'_>, repeat: u64) -> Observations {
        let mut out = Observations::default();
        let (mut sizes, mut tokens, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        let mut losses = [Vec::new(), Vec::new()];
        let mut stream = 0u64;
        let mut normal = || {
            // Box and Muller 1958, from two uniform numbers of the counter-based generator.
            stream += 2;
            let u = |k: u64| uniform(self.seed, repeat, stream + k);
            (-2.0 * maths::ln(u(0))).sqrt() * maths::cos(std::f64::consts::TAU * u(1))
        };
        for (run, (name, recipe)) in plan.recipes().into_iter().enumerate() {
            out.runs.push(name);
            let levels = [normal(), normal()].map(|z| z * self.truth.run_noise);
            for &d in &plan.tokens {
                let at = Recipe { tokens: d, ..recipe };
                for ((kind, level), column) in
                    [LossKind::General, LossKind::Domain].into_iter().zip(levels).zip(&mut losses)
                {
                    let noise = level + normal() * self.truth.checkpoint_noise;
                    column.push(laws.loss(kind, at) * maths::exp(noise));
                }
                sizes.push(recipe.size);
                tokens.push(d);
                shares.push(recipe.domain_share);
                out.run.push(run as u32);
                out.line.push(out.line.len() as u32 + 1);
            }
        }
        let column = |kind, values| LossColumn { name: named(kind).to_owned(), kind, values, ..LossColumn::default() };
        let [general, domain] = losses;
        out.losses = vec![column(LossKind::General, general), column(LossKind::Domain, domain)];
        (out.size, out.tokens, out.domain_share) = (Some(sizes), Some(tokens), Some(shares));
        out
    }

    fn read(&self, laws: &Laws<'_>, studies: &[Study]) -> Findings {
        let repeats = studies.len() as f64;
        let fits =
            |kind: LossKind| studies.iter().flat_map(move |s| s.targets.values().filter(move |f| f.kind == kind));
        let mut parameters = Vec::new();
        for kind in [LossKind::General, LossKind::Domain] {
            for parameter in laws.of(kind).parameters() {
                let open = |code| matches!(code, NoteCode::Unidentified | NoteCode::AtBound);
                let says = fits(kind)
                    .filter(|fit| {
                        fit.notes.iter().any(|n| open(n.code) && n.about.as_deref() == Some(parameter.name))
                            || fit.parameters.iter().any(|p| p.held && p.name == parameter.name)
                    })
                    .count();
                parameters.push(ParameterFinding {
                    kind,
                    name: parameter.name.to_owned(),
                    symbol: parameter.symbol.to_owned(),
                    not_identified: says as f64 / repeats,
                });
            }
        }
        let about_design = [
            NoteCode::TooFewSizes,
            NoteCode::TooFewRatios,
            NoteCode::TooFewTokens,
            NoteCode::FewRuns,
            NoteCode::SizeTermSaturated,
            NoteCode::NotMonotone,
            NoteCode::DrawsDisagree,
        ];
        let raises = |study: &&Study, code| study.targets.values().any(|fit| fit.notes.iter().any(|n| n.code == code));
        let notes = about_design
            .into_iter()
            .map(|code| (code, studies.iter().filter(|study| raises(study, code)).count() as f64 / repeats))
            .filter(|(_, often)| *often > 0.0)
            .collect();
        let at_target = |kind: LossKind| {
            let truth = laws.loss(kind, self.target);
            let predicted: Vec<_> =
                studies.iter().filter_map(|study| study.predict(named(kind), self.target)).collect();
            let widths = predicted.iter().filter_map(|p| p.law.map(|(low, high)| (high - low) / truth));
            let errors = predicted.iter().map(|p| (p.loss / truth - 1.0).abs());
            (median(widths.collect()).unwrap_or(f64::NAN), median(errors.collect()).unwrap_or(f64::NAN))
        };
        let (general_width, general_error) = at_target(LossKind::General);
        let (domain_width, domain_error) = at_target(LossKind::Domain);
        let ask = TradeOff {
            domain: None,
            size: self.target.size,
            tokens: self.target.tokens,
            limit: Limit::Absolute { loss: laws.loss(LossKind::General, self.target) },
        };
        let decisions: Vec<_> = studies.iter().map(|study| ask.decide(&[study])).collect();
        let ratios: Vec<_> = decisions
            .iter()
            .filter_map(|decision| decision.laws.first()?.outcome.answer().map(|answer| answer.ratio))
            .collect();
        let answered = ratios.len() as f64 / repeats;
        let told = |values: Vec<f64>| median(values).filter(|_| answered > OFTEN);
        let ratio_width = told(ratios.iter().filter_map(|r| r.interval.map(|(low, high)| high - low)).collect());
        let ratio_error = told(ratios.iter().map(|r| (r.value - self.target.domain_share).abs()).collect());
        let mut findings = Findings {
            repeats: studies.len(),
            parameters,
            notes,
            general_width,
            domain_width,
            general_error,
            domain_error,
            ratio_width,
            ratio_error,
            answered,
            words: Vec::new(),
        };
        findings.words = self.words(&findings);
        findings
    }

    fn words(&self, findings: &Findings) -> Vec<String> {
        let named = |kind: LossKind, open: bool| -> Vec<String> {
            let of_kind = findings.parameters.iter().filter(|p| p.kind == kind);
            of_kind.filter(|p| (p.not_identified >= OFTEN) == open).map(|p| p.symbol.clone()).collect()
        };
        let mut words = vec![format!(
            "Simulated {} times from {}, with {} between runs and {} between checkpoints.",
            findings.repeats,
            self.truth.name,
            percent(self.truth.run_noise),
            percent(self.truth.checkpoint_noise)
        )];
        for (kind, name) in [(LossKind::General, "general"), (LossKind::Domain, "domain")] {
            let (told, open) = (named(kind, false), named(kind, true));
            words.push(match (told.as_slice(), open.as_slice()) {
                (_, []) => format!("It identifies every parameter of the {name} loss."),
                ([], _) => format!("It identifies no parameter of the {name} loss."),
                _ => format!("Of the {name} loss it identifies {}, and not {}.", list(&told), list(&open)),
            });
        }
        words.push(format!(
            "At the target the intervals are {} (general) and {} (domain) of the loss wide; the predictions are off by {} and {}.",
            percent(findings.general_width),
            percent(findings.domain_width),
            percent(findings.general_error),
            percent(findings.domain_error)
        ));
        words.push(match (findings.ratio_width, findings.ratio_error) {
            (Some(width), Some(error)) => format!(
                "The best ratio, truly {}, is found to within {} with an interval {} wide (points of share).",
                share(self.target.domain_share),
                share(error),
                share(width)
            ),
            _ => format!("It answers the trade-off in {} of the simulations only.", percent(findings.answered)),
        });
        words
    }
}

/// The name of a simulated loss.
fn named(kind: LossKind) -> &'static str {
    match kind {
        LossKind::General => "general_loss",
        LossKind::Domain => "domain_loss",
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    order::ascending(&mut values);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(0.5 * (values[middle - 1] + values[middle])),
    }
}
