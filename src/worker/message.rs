//! The messages between the page and its worker. What is big in an answer, the table or the study, travels beside it:
//! see `wire` beside this file.

use crate::fit::{Options, Study};
use crate::inquiry::Report;
use crate::law::Ranges;
#[cfg(any(not(feature = "page"), feature = "workbench"))]
use crate::link::Link;
use crate::reply::Reply;
use crate::table::{ByRun, Reading, Table};
use serde::{Deserialize, Serialize};

/// What a file is to be read as and fitted with: the part of the settings the worker needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The files that the bytes hold one after the other; empty for a single one.
    pub parts: Vec<FilePart>,
    /// Roles, units and the domain.
    pub reading: Reading,
    /// The law's id; `None` picks it for the data.
    pub law: Option<String>,
    /// Draws, seed, level, delta.
    pub fit: Options,
}

/// One of several files that are read together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePart {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: u32,
}

/// What the page asks. `id` grows with every request; an answer carries the id it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Read the file that travels beside this message, piece by piece, then fit.
    Open {
        /// Of this request.
        id: u32,
        /// How to read and fit.
        ask: Ask,
    },
    /// Read the same file again if the reading differs, then fit; goes on where the same fit was stopped.
    Again {
        /// Of this request.
        id: u32,
        /// How to read and fit.
        ask: Ask,
    },
    /// Read and fit the bytes that travel beside this message without a word: the page shows that fit already, with the
    /// first of its draws. A later request finds the file here and goes on drawing.
    Keep {
        /// How to read and fit.
        ask: Ask,
    },
    /// Help another worker with the draws of that request, from the last one down. The file's bytes travel beside this
    /// message where this worker has not read them.
    Help {
        /// Of the request.
        id: u32,
        /// How to read and fit.
        ask: Ask,
        /// What [`Answer::Optima`] brought.
        optima: Vec<u8>,
    },
    /// Draws of that request by another worker, which travel beside this message as [`Answer::Draws`] brought them.
    TakeIn {
        /// Of the request.
        id: u32,
    },
    /// Stop the draws of that request; what is drawn is kept.
    Cancel {
        /// Of the request to stop.
        id: u32,
    },
    /// Work on a question about the fit that was asked for, once its draws are over. The question travels beside this
    /// message, by postcard. A newer one on the same topic takes its place.
    Inquire {
        /// Of the question.
        id: u32,
        /// How the fit was asked for.
        ask: Ask,
        /// Whether it is another worker's, that this one helps with.
        part: Part,
    },
    /// What another worker found for that question travels beside this message, as [`Answer::Found`] brought it.
    TakeFound,
    /// Stop working on that question.
    Leave {
        /// Of the question.
        id: u32,
    },
    /// The study that decisions rest on from now on. It travels beside this message, by postcard.
    Study,
    /// Answer a question. It travels beside this message, by postcard.
    Decide {
        /// Of the question.
        id: u32,
    },
    // The first screen knows neither this nor its answers: it makes no links.
    /// Make the links of what is shown, of the study that came last. The file travels beside this message where it may
    /// go along.
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    Link {
        /// Of the request.
        id: u32,
        /// What the links show beside the fit.
        ask: LinkAsk,
    },
}

/// What a link shows beside the fit and the data.
#[cfg(any(not(feature = "page"), feature = "workbench"))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkAsk {
    /// Everything chosen, as `settings::kept` writes it.
    pub settings: String,
    /// Name of the file.
    pub name: String,
    /// Unit of its losses.
    pub unit: String,
    /// The domain loss shown.
    pub domain: Option<String>,
    /// Whether the fit goes along: not of what lies beside the page.
    pub fit: bool,
    /// The files the data was put together from, where there are several.
    pub parts: Vec<FilePart>,
    /// The page's address, up to and with the `#`.
    pub page: String,
}

/// Which of a view's links.
#[cfg(any(not(feature = "page"), feature = "workbench"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// Without the data.
    Plain,
    /// With the data.
    WithData,
}

/// A code for cameras.
#[cfg(any(not(feature = "page"), feature = "workbench"))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Squares of a side, its margin included.
    pub side: u32,
    /// Its dark squares, as the path of an SVG; empty where the link is too long for any code.
    pub path: String,
    /// Draws of its link, where that is a shorter one than the link beside it.
    pub draws: Option<usize>,
}

/// A worker's part in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// It answers.
    Answer,
    /// It helps from the last unit of work down, and hands over what it finds.
    Help,
}

/// What the worker answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The worker listens. Messages sent before this would be lost.
    Ready,
    /// The request was seen and is being worked on.
    Accepted {
        /// Of the request.
        id: u32,
    },
    /// A file is being read. Said every so often, so that a small file's reading is not said at all.
    Reading {
        /// Of the request.
        id: u32,
        /// Bytes read.
        done: f64,
        /// Bytes of the file.
        total: f64,
    },
    /// The file was read. The table travels before and beside this message.
    Opened {
        /// Of the request.
        id: u32,
        /// What is in it.
        #[serde(skip)]
        table: Box<Table>,
        /// The ranges of its rows, over all losses.
        #[serde(skip)]
        ranges: Ranges,
        /// Its rows, run by run.
        #[serde(skip)]
        by_run: ByRun,
    },
    /// The file holds a fit without its data, which travels beside this message. The earlier file is kept.
    Saved {
        /// Of the request.
        id: u32,
        /// The fit.
        #[serde(skip)]
        study: Box<Study>,
    },
    /// Nothing could be read, or nothing fitted.
    Failed {
        /// Of the request.
        id: u32,
        /// Where it failed.
        stage: Stage,
        /// One sentence.
        text: String,
    },
    /// What another worker needs besides the file to help with the draws.
    Optima {
        /// Of the request.
        id: u32,
        /// The optima of every target, by postcard.
        optima: Vec<u8>,
    },
    /// Draws computed to help; they travel beside this message, by postcard, for [`Request::TakeIn`].
    Draws {
        /// Of the request.
        id: u32,
    },
    /// Draws done so far.
    Progress {
        /// Of the request.
        id: u32,
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// The fit so far, or the whole of it. The study travels beside this message.
    Fitted {
        /// Of the request.
        id: u32,
        /// Estimates, and intervals from the draws done.
        #[serde(skip)]
        study: Box<Study>,
        /// Whether draws are still to come.
        state: FitState,
    },
    /// A question about the fit takes some work: another worker may help.
    Share {
        /// Of the question.
        id: u32,
    },
    /// Units of work done to help; they travel beside this message, by postcard, for [`Request::TakeFound`].
    Found {
        /// Of the question.
        id: u32,
    },
    /// How far a question about the fit is. The report travels beside this message, by postcard, where it is answered.
    Inquired {
        /// Of the question.
        id: u32,
        /// Units of work done.
        done: usize,
        /// Units of work needed; 0 while that is not known.
        total: usize,
        /// The answer.
        #[serde(skip)]
        report: Option<Box<Report>>,
    },
    /// A question was answered. The reply travels beside this message, by postcard.
    Decided {
        /// Of the question.
        id: u32,
        /// The answer.
        #[serde(skip)]
        reply: Box<Reply>,
    },
    /// How much of a link is made.
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    Linking {
        /// Of the request.
        id: u32,
        /// From 0 to 1.
        done: f64,
    },
    /// A link was made.
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    Linked {
        /// Of the request.
        id: u32,
        /// Which.
        kind: LinkKind,
        /// The link.
        link: Link,
    },
    /// The code for cameras was drawn.
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    Coded {
        /// Of the request.
        id: u32,
        /// The code.
        code: Code,
    },
    /// A cancel was honoured.
    Stopped {
        /// Of the request that was stopped.
        id: u32,
    },
}

/// Where a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Reading: the earlier file is kept.
    Read,
    /// Fitting: the table is read.
    Fit,
    /// The worker no longer has the file; the page sends it again.
    Lost,
}

/// Whether a fit's draws are complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FitState {
    /// Draws are still to come.
    Drawing,
    /// Stopped before all draws were done.
    Stopped {
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// All draws are done.
    Done,
}
