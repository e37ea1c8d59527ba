//! Tracking options of a line, or none.

use intents::{Trace, Tracking};

use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::rulebook::compiled::Ask;
use crate::rulebook::inputs::Inputs;

pub(crate) fn options(case: &Case<'_>, inputs: &Inputs) -> Result<(Vec<Tracking>, Trace), Stop> {
    let decision = case.situation.rules.ask(Ask::Tracking, inputs)?;
    let mut options = Vec::new();
    for (category, option) in [("category", "option"), ("category_2", "option_2")] {
        let (category, option) = (decision.get(category), decision.get(option));
        if !category.is_empty() || !option.is_empty() {
            options.push(option_of(case, category, option)?);
        }
    }
    Ok((options, decision.trace))
}

fn option_of(case: &Case<'_>, category: &str, option: &str) -> Result<Tracking, Stop> {
    let label = format!("{category}: {option}");
    let mut categories = case.situation.chart.tracking.iter();
    let found = categories.find(|known| known.is_active && known.name == category);
    let options = found.map(|found| (found, found.options.iter()));
    let known = options.and_then(|(found, mut options)| {
        let option = options.find(|known| known.is_active && known.name == option)?;
        Some((found.category_id.clone(), option.option_id.clone()))
    });
    let Some((category_id, option_id)) = known else {
        let detail = format!("{label} is not an active tracking option");
        return Err(Stop::new("tracking_missing", detail));
    };
    Ok(Tracking { category_id, option_id, label })
}
