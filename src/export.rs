//! What a person takes away from a fit besides a link: files made from the study alone, the same in the page and natively.
//!
//! - [`predictions`]: losses and both intervals on a grid, CSV.
//! - [`python`]: a snippet without any library that gives the page's numbers.
//! - [`latex`]: the law with its numbers, and the table of parameters.
//! - [`recipe`]: the what-if as YAML, for a training job's own configuration.
//! - [`report`]: one printable page.

pub mod latex;
pub mod predictions;
pub mod python;
pub mod recipe;
pub mod report;

use crate::decide::mixture;
use crate::decide::words::list;
use crate::fit::{Fit, Prediction, Study, laws_of};
use crate::law::Recipe;
use crate::quantity::{Params, Share, Tokens};

/// What is taken away.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The fits.
    pub study: &'a Study,
    /// The domain loss that is shown.
    pub domain: Option<&'a str>,
    /// The what-if.
    pub at: Recipe,
    /// The what-if under a law of several corpora, a share a corpus; empty under any other law.
    pub shares: &'a [f64],
    /// Where the data is from: a file's name, or an example's title.
    pub source: &'a str,
}

impl<'a> Taken<'a> {
    /// The losses that are shown, the general one first; of a mixture every loss.
    pub fn losses(&self) -> impl Iterator<Item = &'a Fit> {
        let study = self.study;
        let mut names: Vec<String> = match self.shares.is_empty() {
            true => study.general.iter().map(String::as_str).chain(self.domain).map(str::to_owned).collect(),
            false => mixture::names(study),
        };
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names.into_iter().filter_map(move |name| study.targets.get(&name))
    }

    /// A loss at the what-if, with both of its intervals.
    pub fn predict(&self, fit: &Fit) -> Option<Prediction> {
        match self.shares.is_empty() {
            true => self.study.predict(&fit.target, self.at),
            false => mixture::predict(fit, self.shares, self.study.options.level, usize::MAX),
        }
    }

    /// The what-if in words.
    fn what_if(&self) -> String {
        if self.shares.is_empty() {
            let Recipe { domain_share, size, tokens } = self.at;
            return format!(
                "{} domain data, {} parameters, {} tokens",
                Share(domain_share),
                Params(size),
                Tokens(tokens)
            );
        }
        let shares = self.corpora().map(|(name, share)| format!("{} {name}", Share(share)));
        list(&shares.collect::<Vec<_>>())
    }

    /// The corpora of a mixture with their shares there; each name in one line, whatever the file calls it.
    fn corpora(&self) -> impl Iterator<Item = (String, f64)> {
        self.study.corpora.iter().zip(self.shares).map(|(corpus, share)| (one_line(&corpus.name), *share))
    }

    /// Where the numbers come from, in a line.
    fn origin(&self) -> String {
        let rows = self.losses().map(|fit| fit.quality.n).max().unwrap_or(0);
        let laws: Vec<String> = laws_of(self.losses()).into_iter().map(|law| law.name().to_owned()).collect();
        let source = one_line(self.source);
        format!(
            "Ratioscope {}: {} fitted to {rows} rows of {source}, seed {}, {} draws",
            self.study.version,
            list(&laws),
            self.study.options.seed,
            self.losses().map(|fit| fit.draws.len()).min().unwrap_or(0)
        )
    }
}

/// A text in one line, for a comment.
fn one_line(text: &str) -> String {
    // Line ends of Unicode that are no control characters count as well: a comment must not end there.
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}
