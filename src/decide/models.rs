//! Open models to pick sizes from.
//!
//! Total parameters, embeddings included, as the models' own cards print them. A law fitted to sizes without embeddings
//! wants those instead: the second number, where the card prints it.

use serde::Serialize;

/// An open base model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// Parameters, embeddings included.
    pub size: f64,
    /// Parameters without embeddings, where its card prints them.
    pub without_embeddings: Option<f64>,
}

const fn model(name: &'static str, size: f64, without_embeddings: Option<f64>) -> Model {
    Model { name, size, without_embeddings }
}

/// The list, family by family. Pythia: table of its repository (Biderman et al. 2023); Qwen2.5: table 1 of its model
/// cards (arXiv 2412.15115); Llama 3, SmolLM2, OLMo 2, Gemma 2, Mistral: model cards.
pub static MODELS: [Model; 30] = [
    model("Pythia 70M", 70_426_624.0, Some(18_915_328.0)),
    model("Pythia 160M", 162_322_944.0, Some(85_056_000.0)),
    model("Pythia 410M", 405_334_016.0, Some(302_311_424.0)),
    model("Pythia 1B", 1_011_781_632.0, Some(805_736_448.0)),
    model("Pythia 1.4B", 1_414_647_808.0, Some(1_208_602_624.0)),
    model("Pythia 2.8B", 2_775_208_960.0, Some(2_517_652_480.0)),
    model("Pythia 6.9B", 6_857_302_016.0, Some(6_444_163_072.0)),
    model("Pythia 12B", 11_846_072_320.0, Some(11_327_027_200.0)),
    model("SmolLM2 135M", 135e6, None),
    model("SmolLM2 360M", 362e6, None),
    model("SmolLM2 1.7B", 1.71e9, None),
    model("Qwen2.5 0.5B", 0.49e9, Some(0.36e9)),
    model("Qwen2.5 1.5B", 1.54e9, Some(1.31e9)),
    model("Qwen2.5 3B", 3.09e9, Some(2.77e9)),
    model("Qwen2.5 7B", 7.61e9, Some(6.53e9)),
    model("Qwen2.5 14B", 14.7e9, Some(13.1e9)),
    model("Qwen2.5 32B", 32.5e9, Some(31.0e9)),
    model("Qwen2.5 72B", 72.7e9, Some(70.0e9)),
    model("Llama 3.2 1B", 1.23e9, None),
    model("Llama 3.2 3B", 3.21e9, None),
    model("Llama 3.1 8B", 8.03e9, None),
    model("Llama 3.1 70B", 70.6e9, None),
    model("OLMo 2 1B", 1.48e9, None),
    model("OLMo 2 7B", 7.3e9, None),
    model("OLMo 2 13B", 13.7e9, None),
    model("OLMo 2 32B", 32.2e9, None),
    model("Gemma 2 2B", 2.61e9, None),
    model("Gemma 2 9B", 9.24e9, None),
    model("Gemma 2 27B", 27.2e9, None),
    model("Mistral 7B", 7.24e9, None),
];
