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

use crate::decide::words::list;
use crate::fit::{Fit, Study, laws_of};
use crate::law::Recipe;

/// What is taken away.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The fits.
    pub study: &'a Study,
    /// The domain loss that is shown.
    pub domain: Option<&'a str>,
    /// The what-if.
    pub at: Recipe,
    /// Where the data is from: a file's name, or an example's title.
    pub source: &'a str,
}

impl<'a> Taken<'a> {
    /// The losses that are shown, the general one first.
    pub fn losses(&self) -> impl Iterator<Item = &'a Fit> {
        let names = self.study.general.as_deref().into_iter().chain(self.domain);
        let study = self.study;
        let mut seen: Vec<&str> = Vec::new();
        names.filter_map(move |name| {
            let new = !seen.contains(&name);
            seen.push(name);
            study.targets.get(name).filter(|_| new)
        })
    }

    /// Where the numbers come from, in a line.
    fn origin(&self) -> String {
        let rows = self.losses().map(|fit| fit.quality.n).max().unwrap_or(0);
        let laws: Vec<String> = laws_of(self.losses()).into_iter().map(|law| law.name().to_owned()).collect();
        // One line, whatever the file is called.
        let source: String = self.source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!(
            "Ratioscope {}: {} fitted to {rows} rows of {source}, seed {}, {} draws",
            self.study.version,
            list(&laws),
            self.study.options.seed,
            self.losses().map(|fit| fit.draws.len()).min().unwrap_or(0)
        )
    }
}
