//! Many books at once, each with a simulated world of its own: `daybook sandbox --worlds`.

use std::process::ExitCode;

use futures::{StreamExt as _, TryStreamExt as _};
use mapping::rulebook::Posting;

use super::super::open::Opened;
use super::super::{Common, Failure, note, print, print_json};
use super::{patiently, sandbox_wish};
use crate::setup::Setup;

/// Books that are connected at the same time.
const AT_ONCE: usize = 16;
/// How often it is said how far it has got.
const TOLD_EACH: u32 = 100;

/// Connects the books of worlds 0, 1 and so on. Doing it again changes nothing but credentials.
pub(super) async fn connect(
    common: &Common,
    opened: Opened,
    (url, count): (&str, u32),
) -> Result<ExitCode, Failure> {
    let url = url.trim_end_matches('/');
    let one = |number: u32| {
        let opened = &opened;
        async move {
            let below = format!("{url}/{number}");
            let wish = sandbox_wish(opened.carrier.as_ref(), &below, Posting::Post).await?;
            let parts = (opened.store.clone(), opened.clock.clone(), opened.carrier.clone());
            let setup = Setup::new(parts.0, parts.1, parts.2);
            patiently(&setup, &wish).await?;
            Ok::<(), Failure>(())
        }
    };
    let mut connecting = futures::stream::iter((0..count).map(one)).buffer_unordered(AT_ONCE);
    let mut done = 0_u32;
    while connecting.try_next().await?.is_some() {
        done = done.saturating_add(1);
        if done.is_multiple_of(TOLD_EACH) {
            note(&format!("{done} of {count} books are connected"));
        }
    }
    if common.json {
        #[derive(serde::Serialize)]
        struct Connected {
            books: u32,
        }
        return print_json(&Connected { books: done });
    }
    print(&format!("{done} books are connected. Next: daybook serve"));
    Ok(ExitCode::SUCCESS)
}
