//! The engine as an ES module for notebooks and other pages: `fit`, `predict`, `decide`. `script/module` builds and packs
//! it; `docs/module.md` shows it at work.
//!
//! A thin face: options and answers are the engine's own types, as the program prints them in JSON.

#[cfg(not(target_arch = "wasm32"))]
fn main() {}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
}

#[cfg(target_arch = "wasm32")]
mod module {
    use ratioscope::decide::Choices;
    use ratioscope::fit::{Options, Session, Study, StudyLayout};
    use ratioscope::law::Recipe;
    use ratioscope::table::{self, Reading};
    use serde::{Deserialize, Serialize};
    use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

    #[wasm_bindgen(typescript_custom_section)]
    const TYPES: &'static str = include_str!("module.d.ts");

    /// What can be chosen about a fit.
    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Asked {
        law: Option<String>,
        targets: Vec<String>,
        reading: Reading,
        options: Options,
    }

    /// A fit, kept in the module's memory; `toJSON` is what the program writes and the page opens.
    #[wasm_bindgen(skip_typescript)]
    #[derive(Debug)]
    pub struct Fit(Study);

    #[wasm_bindgen]
    impl Fit {
        /// As plain data.
        #[wasm_bindgen(js_name = toJSON, skip_typescript)]
        pub fn to_json(&self) -> Result<JsValue, JsError> {
            to_js(&StudyLayout::from(self.0.clone()))
        }

        /// From that plain data, or from its text.
        #[wasm_bindgen(js_name = fromJSON, skip_typescript)]
        pub fn from_json(value: JsValue) -> Result<Fit, JsError> {
            let layout: StudyLayout = match value.as_string() {
                Some(text) => serde_json::from_str(&text).map_err(|error| JsError::new(&error.to_string()))?,
                None => from_js(value)?,
            };
            Study::try_from(layout).map(Fit).map_err(|error| JsError::new(&error.to_string()))
        }
    }

    /// Reads a table and fits a law to its losses, with paired draws.
    #[wasm_bindgen(skip_typescript)]
    pub fn fit(file: JsValue, options: JsValue) -> Result<Fit, JsError> {
        let asked: Asked = if options.is_undefined() { Asked::default() } else { from_js(options)? };
        let bytes = match file.as_string() {
            Some(text) => text.into_bytes(),
            None => js_sys::Uint8Array::new(&file).to_vec(),
        };
        let table = table::read(&bytes, &asked.reading).map_err(|error| JsError::new(&error.to_string()))?;
        let mut session = Session::new(&table, asked.law.as_deref(), &asked.targets, &asked.options)
            .map_err(|error| JsError::new(&error.to_string()))?;
        while session.missing().is_some() {
            session.step();
        }
        Ok(Fit(session.study()))
    }

    /// The predicted loss of a target at a recipe; an error where no such loss was fitted.
    #[wasm_bindgen(skip_typescript)]
    pub fn predict(fit: &Fit, target: &str, recipe: JsValue) -> Result<JsValue, JsError> {
        let known = || fit.0.targets.keys().cloned().collect::<Vec<_>>().join(", ");
        let predicted = fit.0.predict(target, from_js::<Recipe>(recipe)?);
        to_js(&predicted.ok_or_else(|| JsError::new(&format!("No loss “{target}” was fitted, but {}.", known())))?)
    }

    /// The answer to a decision at a recipe.
    #[wasm_bindgen(skip_typescript)]
    pub fn decide(fit: &Fit, question: &str, recipe: JsValue, choices: JsValue) -> Result<JsValue, JsError> {
        let at: Recipe = from_js(recipe)?;
        let choices: Choices = if choices.is_undefined() { Choices::default() } else { from_js(choices)? };
        let (studies, domain) = ([&fit.0], None);
        let missing = |what: &str| JsError::new(&format!("“{question}” needs the choice “{what}”."));
        match question {
            "trade-off" => to_js(&choices.trade_off(at, domain).decide(&studies)),
            "limited" => to_js(&choices.limited(at, domain).ok_or_else(|| missing("domain_tokens"))?.decide(&studies)),
            "allocate" => to_js(&choices.allocate(at, domain).ok_or_else(|| missing("budget"))?.decide(&studies)),
            "frontier" => to_js(&choices.frontier(at, domain).decide(&studies)),
            "tasks" => to_js(&choices.tasks(at).decide(&studies)),
            _ => Err(JsError::new("A question is trade-off, limited, allocate, frontier or tasks.")),
        }
    }

    fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsError> {
        // Maps as objects and missing values as null, as in the program's JSON.
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        value.serialize(&serializer).map_err(|error| JsError::new(&error.to_string()))
    }

    /// By way of JSON: only so is a misspelt field an error.
    fn from_js<T: for<'de> Deserialize<'de>>(value: JsValue) -> Result<T, JsError> {
        let text = js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string());
        let text = text.ok_or_else(|| JsError::new("Options, recipes and fits are plain data."))?;
        serde_json::from_str(&text).map_err(|error| JsError::new(&error.to_string()))
    }
}
