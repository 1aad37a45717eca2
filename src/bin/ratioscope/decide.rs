//! `ratioscope decide …`: the decisions of the page in a terminal, on studies written by `fit --json`.
//!
//! Several studies of one file, each fitted with another law, are answered side by side; the first one's answer leads.
//! An answer that is withheld or infeasible is an answer: exit code 0, with the reason in its place.

use crate::ask::{
    AllocateArguments, AtArguments, CompareArguments, DesignArguments, FrontierArguments, LimitedArguments,
    StudyArguments, TasksArguments, TradeOffArguments,
};
use crate::program::{self, Failure};
use crate::start::StartArguments;
use clap::Subcommand;
use ratioscope::decide::allocate::{Allocate, Listed, Rule};
use ratioscope::decide::design::{Design, Plan};
use ratioscope::decide::frontier::{Frontier, MeasuredRun, measured_runs};
use ratioscope::decide::limited::Limited;
use ratioscope::decide::models::MODELS;
use ratioscope::decide::outcome::Headline;
use ratioscope::decide::simulate::{Findings, Simulation, Truth};
use ratioscope::decide::tasks::{Tasks, TasksAnswer};
use ratioscope::decide::trade_off::TradeOff;
use ratioscope::decide::{Decision, Pins, pins};
use ratioscope::fit::{Study, StudyLayout};
use ratioscope::law::{Axis, Recipe};
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::{self, Reading};
use serde::Serialize;
use std::fmt::Write;

/// What `ratioscope decide` is asked.
#[derive(Debug, Subcommand)]
pub enum Arguments {
    /// The best domain ratio within a limit on the general loss.
    TradeOff(TradeOffArguments),
    /// The best ratio and total where only so many domain tokens exist.
    Limited(LimitedArguments),
    /// The best model size, tokens and ratio of a budget.
    Allocate(AllocateArguments),
    /// General against domain loss over all ratios, with the knee.
    Frontier(FrontierArguments),
    /// What a recipe changes on every evaluation set, against the base model.
    Tasks(TasksArguments),
    /// What-ifs side by side, by paired differences, as CSV.
    Compare(CompareArguments),
    /// What to run first: a design under a budget, and what it can identify.
    Design(DesignArguments),
    /// Continued or from scratch: tokens and compute saved, break-even, the best size for each.
    Start(StartArguments),
}

/// A study from a file.
fn study(file: &str) -> Result<Study, Failure> {
    let bytes = program::read(file)?;
    let no_fit = |error: &dyn std::fmt::Display| Failure::Data(format!("“{file}” is no fit of ratioscope: {error}."));
    let layout: StudyLayout = serde_json::from_slice(&bytes).map_err(|error| no_fit(&error))?;
    Study::try_from(layout).map_err(|error| no_fit(&error))
}

impl StudyArguments {
    fn studies(&self) -> Result<Vec<Study>, Failure> {
        let studies = self.fits.iter().map(|file| study(file)).collect::<Result<Vec<Study>, Failure>>()?;
        if let (Some(name), Some(first)) = (&self.domain, studies.first())
            && !first.targets.contains_key(name)
        {
            let known: Vec<&str> = first.domains.iter().map(String::as_str).collect();
            let sentence = format!("There is no domain loss “{name}” in the fit; there are {}.", known.join(", "));
            return Err(Failure::Usage(sentence));
        }
        Ok(studies)
    }
}

/// The value asked for, or the only one in the data; any positive one where the data has none, as nothing depends on it.
fn value(asked: Option<f64>, study: &Study, axis: Axis, option: &str) -> Result<f64, Failure> {
    match (asked, study.ranges.span(axis)) {
        (Some(value), _) => Ok(value),
        (None, Some(span)) if span.distinct == 1 => Ok(span.low),
        (None, Some(_)) => Err(Failure::Usage(format!("{option} is needed: the data has several values of it."))),
        (None, None) => Ok(1.0),
    }
}

impl AtArguments {
    fn at(&self, study: &Study) -> Result<(f64, f64), Failure> {
        Ok((value(self.size, study, Axis::Size, "--size")?, value(self.tokens, study, Axis::Tokens, "--tokens")?))
    }
}

/// The question beside its answer, as JSON.
#[derive(Debug, Serialize)]
struct Asked<Q, A> {
    asked: Q,
    #[serde(flatten)]
    answer: A,
}

/// Decides, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    match arguments {
        Arguments::TradeOff(arguments) => trade_off(arguments),
        Arguments::Limited(arguments) => limited(arguments),
        Arguments::Allocate(arguments) => allocate(arguments),
        Arguments::Frontier(arguments) => frontier(arguments),
        Arguments::Tasks(arguments) => tasks(arguments),
        Arguments::Compare(arguments) => compare(arguments),
        Arguments::Design(arguments) => design(arguments),
        Arguments::Start(arguments) => start(arguments),
    }
}

fn start(arguments: &StartArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let answers = studies.iter().map(|study| arguments.answer(study)).collect::<Result<Vec<_>, Failure>>()?;
    match arguments.study.json {
        true => program::json(&answers),
        false => Ok(answers.iter().map(|answer| arguments.words(answer)).collect()),
    }
}

/// The decision as JSON or in words.
fn printed<Q: Serialize, T: Serialize + Headline>(
    study: &StudyArguments,
    asked: Q,
    decision: Decision<T>,
) -> Result<String, Failure> {
    if study.json {
        return program::json(&Asked { asked, answer: decision });
    }
    let mut out = String::new();
    if let Some(headline) = &decision.headline {
        push(&mut out, format_args!("{headline}\n\n"));
    }
    for (k, law) in decision.laws.iter().enumerate() {
        if decision.laws.len() > 1 {
            push(&mut out, format_args!("{}{}\n", if k > 0 { "\n" } else { "" }, law.name));
        }
        for words in &law.words {
            push(&mut out, format_args!("{words}\n"));
        }
        for note in &law.notes {
            push(&mut out, format_args!("note {}: {}\n", note.code, note.text));
        }
    }
    Ok(out)
}

fn trade_off(arguments: &TradeOffArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let studies: Vec<&Study> = studies.iter().collect();
    let (size, tokens) = arguments.at.at(first(&studies)?)?;
    let limit = arguments.limit.limit(arguments.study.unit).unwrap_or_default();
    let ask = TradeOff { domain: arguments.study.domain.clone(), size, tokens, limit };
    let decision = ask.decide_in(arguments.study.unit, &studies);
    printed(&arguments.study, ask, decision)
}

fn limited(arguments: &LimitedArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let studies: Vec<&Study> = studies.iter().collect();
    let ask = Limited {
        domain: arguments.study.domain.clone(),
        size: value(arguments.size, first(&studies)?, Axis::Size, "--size")?,
        domain_tokens: arguments.domain_tokens,
        epochs: arguments.epochs,
        most_tokens: arguments.most_tokens,
        limit: arguments.limit.limit(arguments.study.unit),
        least_gain: arguments.least_gain,
    };
    let decision = ask.decide_in(arguments.study.unit, &studies);
    printed(&arguments.study, ask, decision)
}

fn allocate(arguments: &AllocateArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let studies: Vec<&Study> = studies.iter().collect();
    let rule = match (arguments.limit.limit(arguments.study.unit), arguments.weight, arguments.ratio) {
        (Some(limit), _, _) => Rule::Limited(limit),
        (_, Some(general), _) => Rule::Weighted { general },
        (_, _, Some(share)) => Rule::Fixed { share },
        _ => Rule::DomainAlone,
    };
    let sizes = match arguments.sizes[..] {
        [] => None,
        [least, largest] => Some((least, largest)),
        _ => return Err(Failure::Usage("--sizes takes the least and the largest, such as 100M,70B.".to_owned())),
    };
    let ask = Allocate {
        domain: arguments.study.domain.clone(),
        budget: arguments.budget.budget()?,
        hardware: arguments.hardware.hardware()?,
        rule,
        sizes,
        models: arguments.models.iter().map(|asked| models(asked)).collect::<Result<Vec<_>, _>>()?.concat(),
    };
    let decision = ask.decide_in(arguments.study.unit, &studies);
    printed(&arguments.study, ask, decision)
}

/// A size, or the models of the list whose name begins so.
fn models(asked: &str) -> Result<Vec<Listed>, Failure> {
    if let Some(size) = Params::parse(asked) {
        return Ok(vec![Listed { name: size.to_string(), size: size.0 }]);
    }
    let found: Vec<Listed> = MODELS
        .iter()
        .filter(|model| model.name.to_lowercase().starts_with(&asked.to_lowercase()))
        .map(|model| Listed { name: model.name.to_owned(), size: model.size })
        .collect();
    if found.is_empty() {
        let names: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        return Err(Failure::Usage(format!("No model called “{asked}”; there are {}.", names.join(", "))));
    }
    Ok(found)
}

/// A frontier with the measured runs beside it.
#[derive(Debug, Serialize)]
struct WithRuns<T> {
    #[serde(flatten)]
    decision: T,
    measured: Vec<MeasuredRun>,
}

fn frontier(arguments: &FrontierArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let studies: Vec<&Study> = studies.iter().collect();
    let study = first(&studies)?;
    let (size, tokens) = arguments.at.at(study)?;
    let ask = Frontier { domain: arguments.study.domain.clone(), size, tokens, weight: arguments.weight };
    let decision = ask.decide_in(arguments.study.unit, &studies);
    let Some(file) = &arguments.runs else { return printed(&arguments.study, ask, decision) };
    let bytes = program::read(file)?;
    let table = table::read(&bytes, &Reading::default()).map_err(|error| Failure::Data(error.to_string()))?;
    let domain = ask.domain.as_ref().or(study.domains.first());
    let measured = match (&study.general, domain) {
        (Some(general), Some(domain)) => measured_runs(&table.observations, general, domain, size, tokens),
        _ => Vec::new(),
    };
    if arguments.study.json {
        return program::json(&Asked { asked: ask, answer: WithRuns { decision, measured } });
    }
    let mut out = printed(&arguments.study, ask, decision)?;
    for run in measured {
        let at = run.recipe;
        let (share, size, tokens) = (Share(at.domain_share), Params(at.size), Tokens(at.tokens));
        let print = |nats: f64| study.measure(arguments.study.unit).precise(nats);
        let (name, general, domain) = (run.run, print(run.general), print(run.domain));
        push(
            &mut out,
            format_args!("measured {name}: {share} at {size}, {tokens}: {general} general, {domain} domain\n"),
        );
    }
    Ok(out)
}

fn tasks(arguments: &TasksArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let studies: Vec<&Study> = studies.iter().collect();
    let study = first(&studies)?;
    let (size, tokens) = arguments.at.at(study)?;
    let domain_share = value(arguments.ratio, study, Axis::Ratio, "--ratio")?;
    let ask = Tasks { recipe: Recipe { domain_share, size, tokens }, sets: arguments.sets.clone() };
    let answer: TasksAnswer = ask.decide_in(arguments.study.unit, &studies);
    if arguments.study.json {
        return program::json(&answer);
    }
    let mut out = String::new();
    for words in &answer.words {
        push(&mut out, format_args!("{words}\n"));
    }
    for note in &answer.notes {
        push(&mut out, format_args!("note {}: {}\n", note.code, note.text));
    }
    Ok(out)
}

fn compare(arguments: &CompareArguments) -> Result<String, Failure> {
    let studies = arguments.study.studies()?;
    let study = studies.first().ok_or_else(no_study)?;
    let mut kept = Pins::default();
    for (name, recipe) in &arguments.pins {
        kept.add(name, *recipe);
    }
    let hardware = arguments.hardware.hardware()?;
    let compared = pins::compare(study, arguments.study.domain.as_deref(), &kept, &hardware);
    if arguments.study.json { program::json(&compared) } else { Ok(compared.csv()) }
}

/// A design with what it can identify.
#[derive(Debug, Serialize)]
struct Designed {
    plan: Plan,
    findings: Findings,
}

/// Draws of a simulated fit: enough for a 90 % interval's ends.
const SIMULATED_DRAWS: usize = 40;

fn design(arguments: &DesignArguments) -> Result<String, Failure> {
    let hardware = arguments.hardware.hardware()?;
    let ask = Design {
        budget: arguments.budget.budget()?,
        hardware,
        sizes: arguments.sizes.clone(),
        ratios: arguments.ratios.clone(),
        tokens: arguments.tokens,
        checkpoints: arguments.checkpoints,
    };
    let truth = match &arguments.truth {
        Some(file) => Truth::of(&study(file)?, None).map_err(Failure::Data)?,
        None => Truth::default(),
    };
    let plans = ask.plans().map_err(Failure::Usage)?;
    // One target for all designs, or their widths could not be compared.
    let largest = |of: &dyn Fn(&Plan) -> Option<f64>| plans.iter().filter_map(of).fold(0.0, f64::max);
    let target = Recipe {
        domain_share: arguments.target_ratio,
        size: arguments.target_size.unwrap_or_else(|| 10.0 * largest(&|plan| plan.sizes.last().copied())),
        tokens: arguments.target_tokens.unwrap_or_else(|| 10.0 * largest(&|plan| plan.tokens.last().copied())),
    };
    let simulation = Simulation { truth, target, repeats: arguments.repeats, draws: SIMULATED_DRAWS, seed: 1 };
    let mut designed = plans
        .into_iter()
        .map(|plan| simulation.run(&plan).map(|findings| Designed { plan, findings }))
        .collect::<Result<Vec<Designed>, String>>()
        .map_err(Failure::Data)?;
    // The design that finds the best ratio best comes first; one that has no answer last.
    designed.sort_by(|a, b| {
        let error = |d: &Designed| d.findings.ratio_error.unwrap_or(f64::INFINITY);
        error(a).total_cmp(&error(b))
    });
    if arguments.json {
        return program::json(&designed);
    }
    if arguments.csv {
        return Ok(designed.first().map(|best| best.plan.csv()).unwrap_or_default());
    }
    let mut out = String::new();
    let at = (Params(target.size), Tokens(target.tokens), Share(target.domain_share));
    push(&mut out, format_args!("To be predicted: {} and {} tokens, where the best ratio is {}.\n", at.0, at.1, at.2));
    for one in &designed {
        push(&mut out, format_args!("\n{}\n", one.plan.name));
        for words in one.plan.words().iter().chain(&one.findings.words) {
            push(&mut out, format_args!("  {words}\n"));
        }
        for (code, often) in &one.findings.notes {
            push(&mut out, format_args!("  note {code} in {:.0} % of the simulations\n", often * 100.0));
        }
    }
    Ok(out)
}

fn no_study() -> Failure {
    Failure::Usage("A fit is needed.".to_owned())
}

fn first<'a>(studies: &[&'a Study]) -> Result<&'a Study, Failure> {
    studies.first().copied().ok_or_else(no_study)
}

/// Writing to a string can't fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
