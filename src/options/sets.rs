//! All options: by the calls that take them, with their texts and the meanings of their words.

use super::*;

/// The options of every call.
pub static SETS: &[&Set] = &[
    &PLAN,
    &INFLUENCERS,
    &NEIGHBOURHOOD,
    &BATCH_NEIGHBOURHOOD,
    &PATHS,
    &ORDER,
    &TRAIN,
    &PLATEAU_OPTIONS,
    &EARLY_STOP_OPTIONS,
    &MODEL,
    &PLAN_INFER,
    &FULL_INFER,
    &FULL_GRAPH,
    &EVALUATE,
    &EXACT_INFLUENCE,
    &PASSES,
    &BASELINE,
    &LAYOUT,
    &PICTURE,
    &COLOUR_OPTIONS,
    &OPEN,
    &EDGE_LIST_OPTIONS,
    &SYNTHETIC,
    &CLIENT,
    &LIMITS,
];

/// What is told of an option.
///
/// # Panics
/// When the option is none of those declared here.
pub fn text_of(option: &OptionSpec) -> &'static OptionText {
    [PLAN_TEXTS, TRAIN_TEXTS, COMPARE_TEXTS, LAYOUT_TEXTS, OPEN_TEXTS, SYNTHETIC_TEXTS, LIMIT_TEXTS]
        .into_iter()
        .flatten()
        .find(|text| std::ptr::eq(text.option, option))
        .unwrap_or_else(|| panic!("{} is declared nowhere", option.name))
}

/// What the words of a choice mean; empty where nothing is told.
pub fn meanings_of(words: &[&str]) -> Vec<&'static Word> {
    const ALL: &[&[Word]] = &[
        Method::MEANINGS,
        MeasureName::MEANINGS,
        Queue::MEANINGS,
        PairScale::MEANINGS,
        Balance::MEANINGS,
        Direction::MEANINGS,
        Normalization::MEANINGS,
        Schedule::MEANINGS,
        Distance::MEANINGS,
        Arch::MEANINGS,
        Activation::MEANINGS,
        Shape::MEANINGS,
        Optimizer::MEANINGS,
        Loss::MEANINGS,
        FeatureNormalization::MEANINGS,
        Part::MEANINGS,
        BaselineName::MEANINGS,
        Weights::MEANINGS,
        Delimiter::MEANINGS,
        Ids::MEANINGS,
    ];
    // A choice may have some of the words of its type.
    let holds =
        |meanings: &&&[Word]| words.iter().all(|word| meanings.iter().any(|meaning| meaning.word == *word));
    let found = ALL.iter().find(holds).copied().unwrap_or_default();
    found.iter().filter(|meaning| words.contains(&meaning.word)).collect()
}
