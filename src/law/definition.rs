//! A law as data: what a law file holds.

use super::form::{Input, Term};
use super::vocabulary;
use super::{Finding, Held, Law, Need, OfDomain, Parameter, Ranges, ResidualScale, Scale};

/// A law that is a list of terms. `..Definition::PLAIN` says what is usual.
#[derive(Debug)]
pub struct Definition {
    /// See [`Law::id`].
    pub id: &'static str,
    /// See [`Law::name`].
    pub name: &'static str,
    /// See [`Law::citation`].
    pub citation: &'static str,
    /// See [`Law::uncertain`].
    pub uncertain: &'static str,
    /// See [`Law::needs`].
    pub needs: &'static [Need],
    /// See [`Law::parameters`].
    pub parameters: &'static [Parameter],
    /// See [`Law::terms`].
    pub terms: &'static [Term],
    /// What is held where an input has a single value, rule by rule.
    pub collapse: &'static [&'static [vocabulary::Held]],
    /// See [`Law::of_domain`].
    pub of_domain: OfDomain,
    /// See [`Law::residual_scale`].
    pub residual_scale: ResidualScale,
    /// See [`Law::check`].
    pub check: Check,
}

/// A law's sanity checks: the law, its parameters, their scale, the data's ranges.
pub type Check = fn(&dyn Law, &[f64], &Scale, &Ranges) -> Vec<Finding>;

/// For laws that fall in `N`, `D` and `r` by their bounds, or know no ratio: nothing to look for.
pub fn by_its_bounds(_: &dyn Law, _: &[f64], _: &Scale, _: &Ranges) -> Vec<Finding> {
    Vec::new()
}

impl Definition {
    /// What is usual: a loss of any corpus, residuals of its logarithm, nothing uncertain, nothing to check.
    pub const PLAIN: Self = Self {
        id: "",
        name: "",
        citation: "",
        uncertain: "",
        needs: &[],
        parameters: &[],
        terms: &[],
        collapse: &[],
        of_domain: OfDomain::Same,
        residual_scale: ResidualScale::LogLoss,
        check: by_its_bounds,
    };
}

impl Law for Definition {
    fn id(&self) -> &'static str {
        self.id
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn citation(&self) -> &'static str {
        self.citation
    }

    fn uncertain(&self) -> &'static str {
        self.uncertain
    }

    fn needs(&self) -> &'static [Need] {
        self.needs
    }

    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }

    fn terms(&self) -> &'static [Term] {
        self.terms
    }

    fn of_domain(&self) -> OfDomain {
        self.of_domain
    }

    fn residual_scale(&self) -> ResidualScale {
        self.residual_scale
    }

    fn collapse(&self, single: &[Input]) -> Vec<Held> {
        let rules = self.collapse.iter().copied().flatten().filter(|(because, ..)| single.contains(because));
        rules.map(|&(because, index, value)| Held { index, value, because }).collect()
    }

    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding> {
        (self.check)(self, theta, scale, ranges)
    }
}
