//! The identity side of the door: tokens, revocation, consent, connections, and whether a call of
//! the Accounting API may come in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ask::Ask;
use super::connections::Connection;
use super::json::Json;
use super::oauth::{self, Access};
use super::reply::{Content, Reply};
use super::{State, dates, router, scopes};
use crate::Fault;
use crate::xero::Xero;

/// `DELETE /connections/{id}`: the method and the path with its id taken out.
pub(crate) fn operation(ask: &Ask<'_>) -> String {
    let path = match ask.segments.as_slice() {
        [first, _id] if first.eq_ignore_ascii_case("connections") => "connections/{id}".to_owned(),
        [first] => first.to_lowercase(),
        segments => segments.join("/"),
    };
    format!("{} /{path}", ask.method)
}

pub(crate) fn answer(xero: &Xero, ask: &Ask<'_>) -> Reply {
    let mut state = xero.lock();
    match ask.fault {
        Fault::TooMany => return state.limits.unfair(ask.now),
        Fault::ErrorBefore | Fault::CutAfter(_) => return Reply::server_error(),
        Fault::None
        | Fault::Latency(_)
        | Fault::ErrorAfter
        | Fault::LostBefore
        | Fault::LostAfter
        | Fault::Truncated
        | Fault::Shuffled
        | Fault::Missing
        | Fault::Duplicated => {}
    }
    let reply = match ask.operation.as_str() {
        "GET /identity/connect/authorize" => authorize(&mut state, ask),
        "POST /connect/token" => token(&mut state, ask),
        "POST /connect/revocation" => revoke(&mut state, ask),
        "GET /connections" => list(&state, ask).unwrap_or_else(|refusal| refusal),
        "DELETE /connections/{id}" => remove(&mut state, ask).unwrap_or_else(|refusal| refusal),
        _ => {
            ask.unknown(&format!("path {}", ask.operation));
            Reply::not_found()
        }
    };
    if ask.fault == Fault::ErrorAfter { Reply::server_error() } else { reply }
}

/// Consents at once and sends the browser back. The consent connects the organisation.
fn authorize(state: &mut State, ask: &Ask<'_>) -> Reply {
    let event = state.oauth.new_event();
    match state.oauth.authorize(&ask.query, &event, ask.now) {
        Ok(location) => {
            state.connection.renew(&event, ask.now);
            Reply::empty(302).header("location", location)
        }
        Err(denied) => denied.reply(),
    }
}

const FORM_FIELDS: &[&str] = &[
    "grant_type",
    "refresh_token",
    "client_id",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "scope",
    "token",
    "token_type_hint",
];

fn form(ask: &Ask<'_>) -> Vec<(String, String)> {
    let form = router::pairs(&ask.body);
    for (name, _) in &form {
        if !FORM_FIELDS.contains(&name.as_str()) {
            ask.unknown(&format!("form field {name} on {}", ask.operation));
        }
    }
    form
}

fn token(state: &mut State, ask: &Ask<'_>) -> Reply {
    let form = form(ask);
    let granted = state
        .oauth
        .prove(basic(ask), &form)
        .and_then(|proof| state.oauth.token(proof, &form, ask.now));
    match granted {
        Ok(object) => Reply::json(200, object),
        Err(denied) => denied.reply(),
    }
}

/// Revoking a refresh token takes back the user's consent: every token and every connection.
fn revoke(state: &mut State, ask: &Ask<'_>) -> Reply {
    let form = form(ask);
    if let Err(denied) = state.oauth.prove(basic(ask), &form) {
        return denied.reply();
    }
    // An unknown token is no error (RFC 7009).
    let known = oauth::pair(&form, "token").is_some_and(|token| state.oauth.knows_refresh(token));
    if known {
        state.oauth.revoke();
        state.connection.present = false;
    }
    Reply::empty(200)
}

fn basic(ask: &Ask<'_>) -> Option<(String, String)> {
    let encoded = ask.header("authorization")?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn list(state: &State, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["authEventId"]);
    bearer(state, ask)?;
    let event = ask.param("authEventId");
    let shown =
        state.connection.present && event.is_none_or(|event| event == state.connection.event);
    let connections: Vec<&Connection> = shown.then_some(&state.connection).into_iter().collect();
    let objects = connections.into_iter().map(|connection| Json::Object(connection.render()));
    Ok(Reply::with(200, Content::Json(Json::List(objects.collect()))))
}

fn remove(state: &mut State, ask: &Ask<'_>) -> Result<Reply, Reply> {
    bearer(state, ask)?;
    let known = ask.segments.get(1).is_some_and(|id| id.eq_ignore_ascii_case(&state.connection.id));
    if !known || !state.connection.present {
        return Err(Reply::not_found());
    }
    state.connection.present = false;
    Ok(Reply::empty(204))
}

/// Whether a call of the Accounting API may come in: token, organisation, scope.
pub(crate) fn admit(state: &State, ask: &Ask<'_>) -> Result<(), Reply> {
    let access = bearer(state, ask)?;
    let tenant = ask.header("xero-tenant-id").unwrap_or_default();
    let connected =
        state.connection.present && tenant.eq_ignore_ascii_case(&state.connection.tenant);
    if !connected {
        return Err(problem(state, 403, "Forbidden", "AuthenticationUnsuccessful"));
    }
    let resource = scopes::resource(&ask.segments);
    if !scopes::allow(&access.scopes, &ask.method, &resource) {
        let refusal = problem(state, 401, "Unauthorized", "AuthorizationUnsuccessful");
        return Err(refusal.header("www-authenticate", "insufficient_scope"));
    }
    Ok(())
}

fn bearer<'a>(state: &'a State, ask: &Ask<'_>) -> Result<&'a Access, Reply> {
    let token = ask.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let access = token.and_then(|token| state.oauth.access(token.trim()));
    let Some(access) = access else {
        return Err(problem(state, 401, "Unauthorized", "AuthenticationUnsuccessful"));
    };
    if ask.now >= access.expires {
        let at = dates::moment_string(access.expires);
        let detail = format!("TokenExpired: token expired at {at}");
        return Err(problem(state, 401, "Unauthorized", &detail));
    }
    Ok(access)
}

fn problem(state: &State, status: u16, title: &str, detail: &str) -> Reply {
    Reply::problem(status, title, detail, &state.connection.id)
}
