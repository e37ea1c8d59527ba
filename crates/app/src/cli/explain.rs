//! `daybook explain ORDER-ID`: from Amazon's bytes to Xero's ids, nothing left out.

mod told;
mod words;

use std::process::ExitCode;

use base::Subject;
use clap::Args;

use self::told::Told;
use super::open::Opened;
use super::{Common, Failure, print, print_json};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Amazon's order id, such as 202-1234567-8901234.
    pub order_id: String,
}

pub async fn explain(common: &Common, args: ExplainArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let (book, _settings) = opened.book().await?;
    let mut story = opened.store.explain(&book, &Subject::order(args.order_id.trim())).await?;
    if story.facts.is_empty() && story.intents.is_empty() {
        let detail = format!("no fact about {} has come in", args.order_id);
        return Err(Failure::new("order_unknown", detail));
    }
    // Whatever was decided first for some other order: contact, items, documents, payments.
    story
        .intents
        .sort_by_key(|one| (one.intent.kind(), one.intent.part.clone(), one.intent.revision));
    let ignored = opened.store.ignored(&book).await?;
    if common.json {
        return print_json(&Told::of(&story, &ignored));
    }
    print(&words::text(&story, &ignored));
    Ok(ExitCode::SUCCESS)
}
