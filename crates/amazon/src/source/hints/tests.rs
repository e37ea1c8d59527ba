use proptest::prelude::*;

use super::*;

const ORDER: &str = r#"{"NotificationVersion":"1.0","NotificationType":"ORDER_CHANGE","PayloadVersion":"1.0",
    "EventTime":"2026-01-11T00:09:53.109Z","Payload":{"OrderChangeNotification":{"NotificationLevel":"OrderLevel",
    "SellerId":"A3TH9S8BH6GOGM","AmazonOrderId":"903-8868176-2219830","OrderChangeType":"BuyerRequestedChange",
    "OrderChangeTrigger":{"TimeOfOrderChange":null,"ChangeReason":"Buyer Requested Cancel"},
    "Summary":{"MarketplaceId":"A1F83G8C2ARO7P","OrderStatus":"Unshipped","DestinationPostalCode":"SW1A 1AA",
    "FulfillmentType":"MFN","OrderItems":[{"OrderItemId":"1","SellerSKU":"S","Quantity":10}]}}},
    "NotificationMetadata":{"ApplicationId":"a","SubscriptionId":"s","PublishTime":"2026-01-11T00:09:54Z",
    "NotificationId":"d0e9e693"}}"#;

const REPORT: &str = r#"{"notificationVersion":"2020-09-04","notificationType":"REPORT_PROCESSING_FINISHED",
    "payloadVersion":"1.0","eventTime":"2026-07-14T03:35:13.214Z","payload":{"reportProcessingFinishedNotification":{
    "accountId":"amzn1.merchant.o.A3TH9S8BH6GOGM","reportId":"54517018502",
    "reportType":"GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2","processingStatus":"DONE","reportDocumentId":"amzn1.x"}},
    "notificationMetadata":{"notificationId":"n-2","publishTime":"2026-07-13T19:42:04.284Z"}}"#;

const TRANSACTION: &str = r#"{"NotificationType":"TRANSACTION_UPDATE","EventTime":"2026-07-14T03:35:13.214Z",
    "NotificationMetadata":{"NotificationId":"n-3"},"Payload":{"TransactionUpdateNotification":{
    "SellingPartnerMetadata":{"SellingPartnerId":"A3TH9S8BH6GOGM","MarketplaceId":"ATVPDKIKX0DER","AccountType":"PAYABLE"},
    "RelatedIdentifiers":[{"RelatedIdentifierName":"OrderId","RelatedIdentifierValue":"8129762527551"}],
    "TransactionType":"Shipment","TotalAmount":{"CurrencyAmount":10.000000000000000001,"CurrencyCode":"USD"}}}}"#;

const FBA: &str = r#"{"NotificationType":"FBA_INVENTORY_AVAILABILITY_CHANGES","EventTime":"2026-07-14T03:35:13Z",
    "NotificationMetadata":{"NotificationId":"n-4"},"Payload":{"SellerId":"A3TH9S8BH6GOGM","FNSKU":"X","SKU":"NLS-SHOES-03",
    "FulfillmentInventoryByMarketplace":[{"MarketplaceId":"A1PA6795UKMFR9"},{"MarketplaceId":"A1F83G8C2ARO7P"}]}}"#;

const LISTING: &str = r#"{"version":"0","id":"f7","detail-type":"LISTINGS_ITEM_MFN_QUANTITY_CHANGE","source":"aws.partner/x",
    "time":"2026-02-03T18:59:31Z","detail":{"NotificationType":"LISTINGS_ITEM_MFN_QUANTITY_CHANGE",
    "EventTime":"2026-02-03T18:59:30.194Z","Payload":{"SellerId":"A3AYAZLIQ7AX77","FulfillmentChannelCode":"DEFAULT",
    "Sku":"NLS-SHOES-03","Quantity":99},"NotificationMetadata":{"NotificationId":"n-5"}}}"#;

const ALL: [&str; 5] = [ORDER, REPORT, TRANSACTION, FBA, LISTING];

fn hint(body: &str) -> Hint {
    read_hint(body).unwrap()
}

#[test]
fn an_order_change_is_an_order_to_look_at_and_nothing_else() {
    let read = hint(ORDER);
    assert_eq!(read.about, About::Order { order_id: "903-8868176-2219830".to_owned() });
    assert_eq!((read.id.as_str(), read.region), ("d0e9e693", Some(Region::Europe)));
    assert_eq!(read.seller_id.as_deref(), Some("A3TH9S8BH6GOGM"));
    assert_eq!(read.subscription_id.as_deref(), Some("s"));
    assert_eq!(read.occurred.unwrap().iso(), "2026-01-11T00:09:53.109Z");
    assert!(!format!("{read:?}").contains("SW1A"), "the postal code came through");
}

#[test]
fn a_report_names_its_seller_in_one_of_two_ways() {
    let read = hint(REPORT);
    assert!(read.about.is_settlement());
    assert_eq!((read.seller_id.as_deref(), read.region), (Some("A3TH9S8BH6GOGM"), None));
    let cancelled = hint(&REPORT.replace("DONE", "CANCELLED"));
    assert!(!cancelled.about.is_settlement());
    let vendor = hint(&REPORT.replace("amzn1.merchant.o.A3TH9S8BH6GOGM", "amzn1.vg.6213651"));
    assert_eq!(vendor.seller_id, None);
}

#[test]
fn money_and_stock_are_told_apart() {
    let money = hint(TRANSACTION);
    assert_eq!((money.about, money.region), (About::Transactions, Some(Region::NorthAmerica)));
    let marketplaces = vec!["A1PA6795UKMFR9".to_owned(), "A1F83G8C2ARO7P".to_owned()];
    let sku = "NLS-SHOES-03".to_owned();
    assert_eq!(hint(FBA).about, About::FbaStock { sku: sku.clone(), marketplaces });
    let listing = hint(LISTING);
    assert_eq!(listing.about, About::ListingStock { sku, marketplaces: Vec::new() });
    assert_eq!(listing.id, "n-5");
}

#[test]
fn an_unknown_type_is_normal() {
    let body =
        r#"{"NotificationType":"PRICING_HEALTH","Payload":{"sellerId":"A1","x":[1]},"More":1}"#;
    let read = hint(body);
    assert_eq!((read.kind.as_str(), read.about), ("PRICING_HEALTH", About::Unknown));
    assert_eq!((read.seller_id.as_deref(), read.occurred), (Some("A1"), None));
    assert_eq!(read.id, content_hash(body.as_bytes()), "the same one again is the same one");
}

#[test]
fn what_cannot_be_read_says_why_without_saying_what_is_in_it() {
    for body in ["", "SW1A 1AA", "[1]", "\"x\"", "{\"NotificationType\":"] {
        assert_eq!(read_hint(body), Err(HintError::Shape), "{body}");
    }
    assert_eq!(read_hint("{}").unwrap_err().code(), "notification_unreadable");
    for bad in ["", "../1", "903 8868176", "a'; DROP TABLE hints"] {
        let body = ORDER.replace("903-8868176-2219830", bad);
        assert_eq!(read_hint(&body), Err(HintError::Missing("AmazonOrderId")));
    }
}

#[test]
fn what_is_kept_of_an_unreadable_message_names_no_person() {
    let kept = redacted(&ORDER.replace("AmazonOrderId", "AmazonOrder")).unwrap();
    assert!(!kept.contains("SW1A") && kept.contains("903-8868176-2219830"), "{kept}");
    let wrapped = format!(r#"{{"Message":{},"n":1.10}}"#, serde_json::to_string(ORDER).unwrap());
    let kept = redacted(&wrapped).unwrap();
    assert!(!kept.contains("SW1A") && kept.ends_with(r#""n":1.10}"#), "{kept}");
    let escaped =
        r#"{"postalC\u006fde":"SW1A","ship_to_address":{"a":1},"Buyer-Name":"S","ok":[{"zip":1}]}"#;
    assert_eq!(redacted(escaped).as_deref(), Some(r#"{"ok":[{}]}"#));
    let cut = r#"{"Message":"{\"DestinationPostalCode\":\"SW1A 1A"}"#;
    assert_eq!(redacted(cut).as_deref(), Some(r#"{"Message":null}"#));
    for nothing in ["SW1A 1AA", "\"SW1A 1AA\"", "12", "", "{\"a\":"] {
        assert_eq!(redacted(nothing), None, "{nothing}");
    }
}

/// The names of a message with their letters in another case each.
fn in_other_case(body: &str, flips: &[bool]) -> String {
    let mut out = String::new();
    let mut at = flips.iter().cycle();
    let mut rest = body;
    while let Some(open) = rest.find('"') {
        let (before, after) = rest.split_at(open + 1);
        out.push_str(before);
        let Some(close) = after.find('"') else { break };
        let (text, tail) = after.split_at(close);
        let is_name = tail.strip_prefix('"').is_some_and(|more| more.starts_with(':'));
        let flipped = |letter: char| {
            let lower = letter.is_lowercase();
            if lower { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
        };
        out.extend(text.chars().map(|letter| {
            let flip = is_name && *at.next().unwrap_or(&false);
            if flip { flipped(letter) } else { letter }
        }));
        out.push('"');
        rest = tail.strip_prefix('"').unwrap_or_default();
    }
    out.push_str(rest);
    out
}

proptest! {
    #[test]
    fn any_casing_reads_the_same(which in 0_usize..5, flips in prop::collection::vec(any::<bool>(), 1..40)) {
        let body = ALL[which];
        prop_assert_eq!(read_hint(&in_other_case(body, &flips)), Ok(hint(body)));
    }

    #[test]
    fn whatever_comes_nothing_panics(body in "\\PC{0,200}") {
        drop(read_hint(&body));
        drop(redacted(&body));
    }

    /// A message that is cut or damaged anywhere is read or refused, and never kept with the code.
    #[test]
    fn a_damaged_message_never_panics(which in 0_usize..5, at in 0_usize..1200, with in "\\PC{0,3}") {
        let body = ALL[which];
        let (head, tail) = body.split_at(at.min(body.len()));
        for damaged in [head.to_owned(), format!("{head}{with}{tail}")] {
            drop(read_hint(&damaged));
            let kept = redacted(&damaged).unwrap_or_default();
            let field_stands = damaged.contains("\"DestinationPostalCode\":\"SW1A");
            prop_assert!(!field_stands || !kept.contains("SW1A"));
        }
    }

    #[test]
    fn deep_nesting_is_no_way_in(depth in 0_usize..3_000) {
        let body = format!("{}{}", "{\"Payload\":".repeat(depth), "1");
        drop(read_hint(&body));
        let whole = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        drop(redacted(&whole));
    }
}
