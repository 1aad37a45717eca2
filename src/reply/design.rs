//! What to run first, as it is shown: the designs a budget buys, and what simulating them tells.

use super::{File, Grid, Question, Reply, Standing, print};
use crate::decide::choices::TruthBy;
use crate::decide::design::Plan;
use crate::decide::simulate::{Findings, Simulation, Truth};
use crate::fit::Study;
use crate::law::Recipe;

/// Data sets simulated a design, and draws of each fit: enough for a 90 % interval's ends, in seconds.
const REPEATS: usize = 3;
const DRAWS: usize = 40;
/// What is to be predicted lies this far beyond the designs, in size and in tokens.
const BEYOND: f64 = 10.0;
/// The best ratio that is to be found there: the middle.
const RATIO: f64 = 0.5;

/// The designs of a budget.
pub(super) fn reply(question: &Question) -> Reply {
    let mut reply = Reply { asked: "No data yet: what to run first".to_owned(), ..Reply::default() };
    let plans = match question.choices.design().plans() {
        Ok(plans) => plans,
        Err(sentence) => return without(reply, sentence),
    };
    let Some(first) = plans.first() else { return reply };
    reply.standing = Standing::Answered;
    reply.figure = format!("{} runs", range(plans.iter().map(|plan| plan.runs)));
    reply.words = vec![format!(
        "{} designs of {} or less. Every run is one model at one ratio with {} checkpoints.",
        plans.len(),
        first.cost.words(),
        first.tokens.len()
    )];
    let rows = plans.iter().map(|plan| {
        let sizes: Vec<String> = plan.sizes.iter().map(|n| print::size(*n)).collect();
        let ratios: Vec<String> = plan.ratios.iter().map(|r| print::share(*r)).collect();
        vec![
            plan.name.clone(),
            plan.runs.to_string(),
            sizes.join(", "),
            ratios.join(", "),
            print::tokens(plan.tokens.last().copied().unwrap_or(0.0)),
            print::number(plan.cost.gpu_hours),
            plan.cost
                .price
                .map_or_else(|| "–".to_owned(), |price| format!("{} {}", print::number(price), plan.cost.currency)),
        ]
    });
    let head = ["Design", "Runs", "Sizes", "Domain ratios", "Tokens a run", "GPU-hours", "Price"];
    reply.tables.push(Grid {
        caption: "Designs".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    });
    reply.files = plans
        .iter()
        .map(|plan| File {
            label: format!("{} (CSV)", plan.name),
            name: format!("ratioscope-{}.csv", plan.name.replace(", ", "-").replace(' ', "-")),
            text: plan.csv(),
        })
        .collect();
    reply
}

fn without(mut reply: Reply, sentence: String) -> Reply {
    reply.standing = Standing::Infeasible;
    reply.figure = "not possible".to_owned();
    reply.words = vec![sentence];
    reply
}

/// "12–18", or one number.
fn range(values: impl Iterator<Item = usize> + Clone) -> String {
    let (low, high) = (values.clone().min().unwrap_or(0), values.max().unwrap_or(0));
    if low == high { low.to_string() } else { format!("{low}–{high}") }
}

/// What each design can identify, by drawing data of a known law and fitting it.
pub(super) fn simulate(question: &Question, study: &Study) -> Reply {
    let reply = Reply { asked: "What these designs can identify".to_owned(), ..Reply::default() };
    let plans = match question.choices.design().plans() {
        Ok(plans) => plans,
        Err(sentence) => return without(reply, sentence),
    };
    let truth = match question.choices.design.truth {
        TruthBy::Example => Ok(Truth::default()),
        TruthBy::Fit => Truth::of(study, question.domain.as_deref()),
    };
    let truth = match truth {
        Ok(truth) => truth,
        Err(sentence) => return without(reply, sentence),
    };
    // One target for all designs, or their widths could not be compared.
    let largest = |of: &dyn Fn(&Plan) -> Option<f64>| plans.iter().filter_map(of).fold(0.0, f64::max);
    let target = Recipe {
        domain_share: RATIO,
        size: BEYOND * largest(&|plan| plan.sizes.last().copied()),
        tokens: BEYOND * largest(&|plan| plan.tokens.last().copied()),
    };
    let at = (print::size(target.size), print::tokens(target.tokens));
    let simulation = Simulation { truth, target, repeats: REPEATS, draws: DRAWS, seed: 1 };
    let mut found: Vec<(&Plan, Findings)> = Vec::new();
    for plan in &plans {
        match simulation.run(plan) {
            Ok(findings) => found.push((plan, findings)),
            Err(sentence) => return without(reply, format!("{}: {sentence}", plan.name)),
        }
    }
    // The design that finds the best ratio best comes first; one that has no answer last.
    let error = |findings: &Findings| findings.ratio_error.unwrap_or(f64::INFINITY);
    crate::order::sort_by(&mut found, |a, b| error(&a.1).total_cmp(&error(&b.1)));
    let best = found.first().map(|(plan, _)| plan.name.clone()).unwrap_or_default();
    let mut words = vec![format!(
        "Tried on a run of {} and {} tokens, ten times the largest of the designs, where the best ratio is {}.",
        at.0,
        at.1,
        print::share(RATIO)
    )];
    for (plan, findings) in &found {
        words.push(format!("{}: {}", plan.name, findings.words.join(" ")));
    }
    Reply { standing: Standing::Answered, figure: best, words, ..reply }
}
