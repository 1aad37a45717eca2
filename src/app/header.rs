//! What surrounds the panels: the bar with the steps, the sentence that says what this is, and the footer.

use super::theme::ThemeButton;
use leptos::prelude::*;

/// The bar at the top.
#[component]
pub fn Header() -> impl IntoView {
    #[cfg(feature = "workbench")]
    let tools = view! {
        <super::history::Buttons/>
        <super::share::ShareButton/>
        <super::help::HelpButton/>
    };
    // Their places, so that nothing moves when they come.
    #[cfg(not(feature = "workbench"))]
    let tools = view! {
        <button type="button" disabled>"Undo"</button>
        <button type="button" disabled>"Redo"</button>
        <button type="button" disabled>"Share"</button>
        <button type="button" disabled>"Help"</button>
    };
    view! {
        <header class="bar">
            <strong class="brand">"Ratioscope"</strong>
            <nav aria-label="Steps">
                <ol class="steps">
                    <li><a href="#data">"Data"</a></li>
                    <li><a href="#fit">"Fit"</a></li>
                    <li><a href="#explore">"Explore"</a></li>
                    <li><a href="#decide">"Decide"</a></li>
                </ol>
            </nav>
            <div class="tools">
                {tools}
                <ThemeButton/>
            </div>
        </header>
    }
}

/// What this is, for whom, and what to do.
#[component]
pub fn Intro() -> impl IntoView {
    view! {
        <div id="intro" class="intro">
            <h1>"See the loss of a continual pre-training run before you pay for it"</h1>
            <p>
                "A scaling law is fitted to a few small runs; three sliders show the loss that another mixture ratio, model "
                "size or token budget would reach, and how sure that is. "
                <strong>"Move the sliders of this example, or drop a CSV of your own runs anywhere."</strong>
            </p>
        </div>
    }
}

/// The last line.
#[component]
pub fn Footer() -> impl IntoView {
    #[cfg(feature = "workbench")]
    let hidden = view! { <super::sharing::Hidden/> };
    #[cfg(not(feature = "workbench"))]
    let hidden = ();
    view! {
        <footer class="foot">
            {hidden}
            <p>"Nothing is uploaded. Files are read and fitted in this tab; this page asks no other host for anything."</p>
        </footer>
    }
}
