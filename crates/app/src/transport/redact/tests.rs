use proptest::prelude::*;

use super::*;

fn one(text: &str) -> String {
    let [cleaned] = clean([text]);
    cleaned
}

#[test]
fn an_order_keeps_its_money_and_loses_its_buyer() {
    let text = r#"{"orderId": "202-1", "buyer": {"buyerName": "Ann Lee", "buyerEmail": "a@b.example"},
        "recipient": {"deliveryAddress": {"postalCode": "SW1A 1AA"}},
        "proceeds": {"grandTotal": {"amount": "12.005", "currencyCode": "GBP"}}}"#;
    let cleaned = one(text);
    for kept in ["202-1", "12.005", "GBP", "grandTotal"] {
        assert!(cleaned.contains(kept), "{kept} is gone: {cleaned}");
    }
    for gone in ["Ann", "a@b", "SW1A"] {
        assert!(!cleaned.contains(gone), "{gone} is there: {cleaned}");
    }
}

#[test]
fn a_contact_has_no_name_and_an_account_has_one() {
    let text = r#"{"Contacts":[{"ContactID":"c-1","Name":"Ann Lee","Phones":[{"PhoneNumber":"555"}],
        "Balances":{"Name":"x"}}],"Accounts":[{"Name":"Sales","Code":"200"}]}"#;
    let cleaned = one(text);
    assert!(cleaned.contains("Sales") && cleaned.contains("c-1"), "{cleaned}");
    assert!(!cleaned.contains("Ann") && !cleaned.contains("555"), "{cleaned}");
}

#[test]
fn what_was_taken_out_is_taken_out_of_the_answer_too() {
    let request = r#"{"Contacts":[{"Name":"Ann Lee"}]}"#;
    let reply = r#"{"Message":"The contact name Ann Lee is already assigned to another contact."}"#;
    let [_, reply] = clean([request, reply]);
    assert!(reply.contains("is already assigned") && !reply.contains("Ann"), "{reply}");
}

#[test]
fn an_address_is_found_in_whatever_text_it_stands() {
    assert_eq!(one(r#"["write to ann.lee@shop.example now"]"#), r#"["write to (taken out) now"]"#);
    assert_eq!(clean_line("/x?where=a@b.example"), "/x?where=(taken out)");
    assert_eq!(clean_line("@ a@b 5 % @home"), "@ a@b 5 % @home");
}

#[test]
fn what_is_no_json_stops_it() {
    assert_eq!(one(r#"{"a": 1, <html>Ann Lee"#), r#"{"a": 1, "#);
    assert_eq!(one(r#"{"a": "half of a tex"#), r#"{"a": "#);
}

/// Values that stand under personal keys are marked with this letter, which nothing else has.
const MARK: char = 'Ω';

fn personal() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-z ]{0,8}".prop_map(|text| format!("\"{text}{MARK}{text}\"")),
        Just(format!("\"\\\"{MARK}\\\\\"")),
        "[a-z]{1,5}".prop_map(|text| format!("{{\"{text}\": [\"{MARK}\", 12, null]}}")),
        "[a-z]{1,5}".prop_map(|text| format!("[[\"{MARK}{text}\"], {{\"b\": \"{MARK}\"}}]")),
    ];
    let key = prop::sample::select(&ALWAYS[..]).prop_flat_map(|key| {
        prop::collection::vec(any::<bool>(), key.len()).prop_map(move |upper| {
            let letters = key.chars().zip(upper);
            letters.map(|(c, is_upper)| if is_upper { c.to_ascii_uppercase() } else { c }).collect()
        })
    });
    (key, value).prop_map(|(key, value): (String, String)| format!("\"{key}\" : {value}"))
}

fn plain_pair() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("12.50".to_owned()),
        Just("null".to_owned()),
        Just("\"a \\\"b\\\" c\"".to_owned()),
        Just("[1, [true], {}]".to_owned()),
    ];
    ("q[a-z]{1,6}", value).prop_map(|(key, value)| format!("\"{key}\":{value}"))
}

fn object() -> impl Strategy<Value = String> {
    let leaf = prop::collection::vec(prop_oneof![personal(), plain_pair()], 0..5)
        .prop_map(|pairs| format!("{{{}}}", pairs.join(", ")));
    leaf.prop_recursive(4, 40, 4, |inner| {
        let nested =
            ("q[a-z]{1,6}", inner.clone(), any::<bool>()).prop_map(|(key, value, is_list)| {
                if is_list {
                    format!("\"{key}\": [{value}, 1]")
                } else {
                    format!("\"{key}\": {value}")
                }
            });
        prop::collection::vec(prop_oneof![nested, personal(), plain_pair()], 0..4)
            .prop_map(|pairs| format!("{{ {} }}", pairs.join(" , ")))
    })
}

proptest! {
    #[test]
    fn nothing_under_a_personal_key_is_kept(text in object(), cut in 0_usize..4_000) {
        let whole = one(&text);
        prop_assert!(!whole.contains(MARK), "{text} became {whole}");
        // Every number of it is still there: what is money is kept.
        prop_assert!(!text.contains("12.50") || whole.contains("12.50"));
        let part: String = text.chars().take(cut).collect();
        let cleaned = one(&part);
        prop_assert!(!cleaned.contains(MARK), "{part} became {cleaned}");
    }

    #[test]
    fn any_text_is_read_to_some_end(text in ".{0,200}") {
        let cleaned = one(&text);
        prop_assert!(cleaned.len() <= text.len().saturating_mul(12) + 12);
    }

    #[test]
    fn clean_json_stays_json(text in object()) {
        let cleaned = one(&text);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&cleaned).is_ok(), "{cleaned}");
    }
}
