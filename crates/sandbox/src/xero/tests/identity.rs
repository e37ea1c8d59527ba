use axum::body::Body;
use axum::http::Request;
use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::world::{BASIC, World};
use crate::xero::json::Json;
use crate::xero::jwt;

#[test]
fn a_refresh_token_rotates_and_the_old_one_has_half_an_hour_of_grace() {
    let world = World::new();
    let lost = world.refresh("refresh-0");
    assert_eq!(lost.status, 200);
    world.later_ms(29 * Timestamp::MINUTE);
    let again = world.refresh("refresh-0");
    assert_ne!(again.at("refresh_token"), lost.at("refresh_token"));
    assert_eq!(world.refresh(&lost.at("refresh_token")).at("error"), "invalid_grant");
    let next = world.refresh(&again.at("refresh_token"));
    assert_eq!(next.status, 200);
    // Who has used the successor no longer needs the old one.
    assert_eq!(world.refresh("refresh-0").at("error"), "invalid_grant");
    world.later_ms(31 * Timestamp::MINUTE);
    let late = world.refresh(&again.at("refresh_token"));
    assert_eq!((late.status, late.at("error").as_str()), (400, "invalid_grant"));
}

#[test]
fn a_refresh_token_lives_sixty_days() {
    let world = World::new();
    let token = world.refresh("refresh-0").at("refresh_token");
    world.later_ms(60 * Timestamp::DAY);
    assert_eq!(world.refresh(&token).at("error"), "invalid_grant");
}

#[test]
fn an_access_token_says_who_and_for_how_long() {
    let world = World::new();
    let answer = world.refresh("refresh-0");
    assert_eq!(answer.at("expires_in"), "1800");
    assert_eq!(answer.at("token_type"), "Bearer");
    let token = answer.at("access_token");
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims = Json::parse(&String::from_utf8(payload).unwrap()).unwrap();
    let claims = claims.as_object().unwrap();
    assert_eq!(claims.text("xero_userid").unwrap().len(), 36);
    assert_eq!(claims.text("authentication_event_id").unwrap().len(), 36);
    let start = Timestamp::parse("2026-06-15T10:30:00Z").unwrap().0 / 1000;
    assert_eq!(claims.text("exp").unwrap(), start.to_string());
    assert!(claims.list("scope").unwrap().contains(&Json::text("accounting.invoices")));
}

#[test]
fn an_expired_token_is_401_and_a_lost_connection_is_403() {
    let world = World::new();
    world.later_ms(30 * Timestamp::MINUTE);
    let expired = world.get("/Organisation");
    assert_eq!(expired.status, 401);
    assert!(expired.at("Detail").starts_with("TokenExpired"), "{}", expired.text);
    assert_eq!(
        (expired.at("Title").as_str(), expired.at("Extensions").as_str()),
        ("Unauthorized", "{}")
    );
    let world = World::new();
    world.xero.disconnect();
    let gone = world.get("/Organisation");
    assert_eq!((gone.status, gone.at("Detail").as_str()), (403, "AuthenticationUnsuccessful"));
    assert_eq!(world.refresh("refresh-0").status, 200);
    world.xero.reconnect();
    world.get("/Organisation").ok();
    world.xero.revoke();
    assert_eq!(world.get("/Organisation").status, 401);
}

#[test]
fn the_tenant_must_be_named() {
    let world = World::new();
    let request = Request::get("/api.xro/2.0/Organisation")
        .header("authorization", format!("Bearer {}", world.token));
    let answer = world.raw(request.body(Body::empty()).unwrap());
    assert_eq!(answer.status, 403);
}

#[test]
fn connections_are_listed_and_deleted() {
    let world = World::new();
    let call = |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {}", world.token));
        world.raw(request.body(Body::empty()).unwrap())
    };
    let list = call("GET", "/connections").ok();
    assert_eq!(list.at("0/tenantId"), world.xero.tenant_id());
    assert_eq!(list.at("0/tenantType"), "ORGANISATION");
    assert_eq!(
        call("GET", "/connections?authEventId=00000000-0000-0000-0000-000000000000").text,
        "[]"
    );
    let path = format!("/Connections/{}", list.at("0/id"));
    assert_eq!(call("DELETE", &path).status, 204);
    assert_eq!(call("DELETE", &path).status, 404);
    assert_eq!(call("GET", "/connections").text, "[]");
}

#[test]
fn a_custom_connection_has_no_refresh_token_and_must_send_its_scopes() {
    let mut world = World::new();
    let grant = |world: &World, scope: &str| {
        let form = format!("grant_type=client_credentials&scope={scope}");
        world.form("/connect/token", Some(BASIC), &form)
    };
    let refused = grant(&world, "");
    assert_eq!(refused.at("error"), "invalid_scope");
    assert_eq!(refused.at("error_description"), "Client credentials scope validation failed");
    assert_eq!(grant(&world, "accounting.transactions").at("error"), "invalid_scope");
    let granted = grant(&world, "accounting.settings.read");
    assert_eq!(granted.at("refresh_token"), "");
    world.token = granted.at("access_token");
    world.get("/Accounts").ok();
    let missing = world.get("/Invoices");
    assert_eq!((missing.status, missing.at("Detail").as_str()), (401, "AuthorizationUnsuccessful"));
    let write = world.put("/Currencies", r#"{"Code":"EUR"}"#);
    assert_eq!(write.status, 401);
}

#[test]
fn a_native_app_proves_itself_with_its_verifier() {
    let world = World::new();
    let verifier = "a-verifier-of-at-least-forty-three-characters-long";
    let challenge = jwt::challenge(verifier);
    let authorize = |more: &str| {
        let target = format!(
            "/identity/connect/authorize?response_type=code&client_id=client&redirect_uri=https%3A%2F%2Fapp.example%2Fback&scope=offline_access%20accounting.settings&state=s1{more}"
        );
        let answer = world.raw(Request::get(target).body(Body::empty()).unwrap());
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer.header("location").to_owned()
    };
    let exchange = |location: &str, basic: Option<&str>, more: &str| {
        let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
        let form = format!(
            "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fapp.example%2Fback{more}"
        );
        world.form("/connect/token", basic, &form)
    };
    let pkce = format!("&code_challenge={challenge}&code_challenge_method=S256");
    let location = authorize(&pkce);
    assert!(
        location.starts_with("https://app.example/back?code=") && location.ends_with("&state=s1")
    );
    let wrong = exchange(&location, None, "&client_id=client&code_verifier=wrong");
    assert_eq!(wrong.at("error"), "invalid_grant");
    let proof = format!("&client_id=client&code_verifier={verifier}");
    let granted = exchange(&authorize(&pkce), None, &proof);
    assert_eq!(granted.status, 200, "{}", granted.text);
    let form = format!(
        "grant_type=refresh_token&client_id=client&refresh_token={}",
        granted.at("refresh_token")
    );
    assert_eq!(world.form("/connect/token", None, &form).status, 200);
    let with_secret = authorize("");
    assert_eq!(exchange(&with_secret, Some(BASIC), "").status, 200);
    assert_eq!(exchange(&with_secret, Some(BASIC), "").at("error"), "invalid_grant");
    assert_eq!(exchange(&authorize(""), None, "&client_id=client").at("error"), "invalid_grant");
}

#[test]
fn a_wrong_secret_is_an_invalid_client() {
    let world = World::new();
    let form = "grant_type=refresh_token&refresh_token=refresh-0&client_id=client&client_secret=no";
    let answer = world.form("/connect/token", None, form);
    assert_eq!((answer.status, answer.at("error").as_str()), (400, "invalid_client"));
    let public = "grant_type=refresh_token&refresh_token=refresh-0&client_id=client";
    assert_eq!(world.form("/connect/token", None, public).at("error"), "invalid_client");
}
