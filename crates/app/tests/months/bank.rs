//! What became of payouts in the bank: matched, coded elsewhere, asked about all at once.

use app::stages::bank::bank_name;
use base::{Clock as _, Timestamp};
use mapping::settlement::Way;
use sandbox::amazon::history::Setting;
use sandbox::xero::{Edition, Mood};

use crate::kept::Account;

#[tokio::test]
async fn a_payout_is_matched_or_coded_elsewhere() {
    let account = Account::of_a_quarter(1, (Setting::UkVat, Edition::Uk));
    let kept = account.connected(account.world(), |wish| wish.way = Way::Summary).await;
    kept.work_until(Timestamp::parse("2026-03-20T09:00:00Z").unwrap()).await;
    let paid = kept.history().bank_lines(kept.world.clock().now());
    let paid: Vec<String> = paid.into_iter().filter_map(|line| line.settlement).collect();
    let [.., earlier, last] = paid.as_slice() else { panic!("{paid:?}") };
    kept.statement(|line| {
        let is_last = line.settlement.as_ref() == Some(last);
        Some(if is_last { Mood::CodesWrongly } else { Mood::Matches })
    })
    .await;
    kept.work_until(kept.world.clock().now().after_ms(8 * Timestamp::DAY)).await;
    let (store, book) = (&kept.engine.store, &kept.engine.book);
    for (settlement, status) in [(earlier, "matched"), (last, "likely_double")] {
        let found = store.cursor(book, &bank_name(settlement)).await.unwrap();
        assert_eq!(found.as_deref(), Some(status), "{settlement} of {paid:?}");
    }
    let alarms = store.alarms(book).await.unwrap();
    let about = |code: &str| alarms.iter().filter(|one| one.alarm.code == code).count();
    assert_eq!((about("likely_double_deposit"), about("double_invoice")), (1, 0), "{alarms:?}");
    assert_eq!(about("money_differs"), 0, "what a person matched is no difference: {alarms:?}");
}
