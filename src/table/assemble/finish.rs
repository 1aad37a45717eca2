//! The end of assembling: what is asked about the file as a whole, and the observations of all its rows.

use super::{Assembled, Builder, long};
use crate::table::decay;
use crate::table::found::{Axis, AxisFound};
use crate::table::plan::Origin;
use crate::table::problem::{Problem, Problems};
use crate::table::{CorpusShares, Observations};
use std::collections::HashSet;

impl Builder {
    /// The observations of all rows.
    pub fn finish(mut self, problems: &mut Problems) -> Assembled {
        if self.sets.is_some() {
            let corpora: Vec<&CorpusShares> = self.corpora.iter().map(|(_, corpus)| corpus).collect();
            long::sides(&mut self.losses, &corpora, self.domain_chosen, problems);
        }
        if let (Some(at), Some(shown)) = (self.plan.domain, &self.domains.shown)
            && self.domains.all.len() > 1
        {
            let (column, other_rows) = (self.columns[at].header.clone(), self.left_out.other_domain);
            problems.ask(Problem::Domains { column, shown: shown.clone(), other_rows });
        }
        if let (Some(at), Some(shown)) = (self.plan.tokenizer, &self.tokenizers.shown)
            && self.tokenizers.several()
        {
            let (column, other_rows) = (self.columns[at].header.clone(), self.left_out.other_tokenizer);
            let others = self.tokenizers.all.iter().filter(|name| *name != shown).cloned().collect();
            problems.ask(Problem::Tokenizers { column, shown: shown.clone(), others, other_rows });
        }
        if self.left_out.no_loss > 0 {
            problems.ask(Problem::NoLossRows { rows: self.left_out.no_loss });
        }
        if self.sets.as_ref().is_some_and(|sets| sets.too_many) {
            let column = self.plan.set.map(|at| self.columns[at].header.clone()).unwrap_or_default();
            problems.ask(Problem::TooManySets { column, read: self.losses.len() });
        }
        let column = |origin: &Origin, values: Vec<f64>| (*origin != Origin::Missing).then_some(values);
        let tokens = column(&self.plan.tokens, self.tokens);
        let step = self.plan.step.is_some().then_some(self.step);
        let learning_rate = self.plan.learning_rate.is_some().then_some(self.learning_rate);
        let decay = decay::flags(&decay::Known {
            run: &self.run,
            place: step.as_deref().or(tokens.as_deref()),
            learning_rate: learning_rate.as_deref(),
            schedule: &self.runs.schedules(),
        });
        let recipe = match self.plan.seed {
            Some(_) => self.runs.recipes(&self.run, learning_rate.as_deref()),
            None => Vec::new(),
        };
        let observations = Observations {
            size: column(&self.plan.size, self.size),
            domain_share: column(&self.plan.share, self.share),
            tokens,
            weight: None,
            run: self.run,
            runs: self.runs.into_names(),
            runs_inferred: self.plan.run.is_none(),
            line: self.lines,
            losses: self.losses,
            step,
            learning_rate,
            decay,
            recipe,
            start: self.plan.begun.is_some().then_some(self.begun),
            epochs: self.plan.unique.is_some().then_some(self.epochs),
            corpora: self.corpora.into_iter().map(|(_, corpus)| corpus).collect(),
            domain_chosen: self.domain_chosen,
        };
        for found in &mut self.axes_found {
            found.distinct = match found.axis {
                Axis::Size => distinct(observations.size.as_deref()),
                Axis::Tokens => distinct(observations.tokens.as_deref()),
                Axis::Ratio => distinct(observations.domain_share.as_deref()),
                Axis::LearningRate => distinct(observations.learning_rate.as_deref()),
            };
        }
        Assembled {
            observations,
            domains: self.domains.all,
            domain: self.domains.shown,
            axes: self.axes_found,
            left_out: self.left_out,
        }
    }
}

/// Distinct values, counted up to [`AxisFound::COUNTED`].
fn distinct(values: Option<&[f64]>) -> usize {
    let mut known = HashSet::new();
    let mut before = None;
    for bits in values.unwrap_or_default().iter().filter(|value| value.is_finite()).map(|value| value.to_bits()) {
        // Rows of a run mostly stand together.
        if before != Some(bits) {
            known.insert(bits);
            before = Some(bits);
        }
        if known.len() >= AxisFound::COUNTED {
            break;
        }
    }
    known.len()
}
