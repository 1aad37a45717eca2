//! What losses are shown in: as was chosen, else as the file writes them. The first screen has no switch: it shows nats.

use super::State;
#[cfg(feature = "workbench")]
use super::{Opened, Settings};
use crate::fit::{Fit, Prediction};
use crate::shown::Shown;
use crate::table::{Measure, Per};
use leptos::prelude::*;
#[cfg(feature = "workbench")]
use std::sync::Arc;

/// The measure of all losses.
#[cfg(feature = "workbench")]
pub(super) fn measured_in(settings: RwSignal<Settings>, opened: RwSignal<Option<Arc<Opened>>>) -> Memo<Measure> {
    Memo::new(move |_| {
        let chosen = settings.with(|settings| settings.measure);
        let own = |opened: &Arc<Opened>| opened.table.observations.losses.first().map(|loss| loss.measure);
        chosen.or_else(|| opened.with(|opened| opened.as_ref().and_then(own))).unwrap_or_default()
    })
}

impl State {
    /// Unit of the losses as they are fitted, whatever they are shown in.
    pub fn fitted_unit(self) -> &'static str {
        self.opened.with(|opened| opened.as_ref().map_or("nats per token", |opened| opened.unit()))
    }

    /// What losses are shown in.
    pub fn shown(self) -> Shown {
        #[cfg(feature = "workbench")]
        let measure = self.measured_in.get();
        #[cfg(not(feature = "workbench"))]
        let measure = Measure::Nats;
        let per = if self.fitted_unit() == Per::Byte.unit() { Per::Byte } else { Per::Token };
        Shown { measure, per }
    }

    /// The measure of a loss: that of all, but for scores.
    pub fn measure_of(self, name: Option<&String>) -> Measure {
        let asked = self.shown().measure;
        self.with_fit(name, |fit| fit.measure(asked)).unwrap_or(asked)
    }

    /// The measure and the unit a loss is shown in.
    pub fn shown_of(self, name: Memo<Option<String>>) -> Signal<(Measure, &'static str)> {
        if !cfg!(feature = "workbench") {
            return Signal::derive(move || (Measure::Nats, self.fitted_unit()));
        }
        Signal::derive(move || {
            let shown = self.shown();
            let known = self.with_fit(name.get().as_ref(), |fit| (fit.measure(shown.measure), fit.unit(shown)));
            known.unwrap_or((shown.measure, shown.unit()))
        })
    }

    /// A prediction of a loss as it is shown.
    pub fn prediction(self, name: &String, prediction: Prediction) -> Prediction {
        if cfg!(feature = "workbench") { prediction.shown_in(self.measure_of(Some(name))) } else { prediction }
    }

    /// What is asked of the fit of a loss; `None` where there is none.
    pub fn with_fit<T>(self, name: Option<&String>, of: impl FnOnce(&Fit) -> T) -> Option<T> {
        self.study.with(|study| study.as_ref()?.targets.get(name?).map(of))
    }
}
