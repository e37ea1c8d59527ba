//! Letters by SMTP: in clear, by STARTTLS (`?tls=required`) or by TLS from the first byte (`smtps:`).

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::channels::{ChannelError, Email, secret};
use super::notice::Notice;
use crate::watch::Watch;

/// How a letter goes to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Clear,
    /// STARTTLS, or not at all.
    StartTls,
    /// STARTTLS where the server offers it: whoever sits between can say that it does not.
    Perhaps,
    Tls,
}

impl Way {
    fn of(server: &str) -> Way {
        if server.starts_with("smtps:") {
            Way::Tls
        } else if server.contains("tls=required") {
            Way::StartTls
        } else if server.contains("tls=opportunistic") {
            Way::Perhaps
        } else {
            Way::Clear
        }
    }
}

/// The host of `smtp://user@host:port/name?tls=required`; an IPv6 address without its brackets.
fn host(server: &str) -> &str {
    let rest = server.split_once("://").map_or(server, |(_scheme, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    if let Some(address) = place.strip_prefix('[') {
        return address.split(']').next().unwrap_or_default();
    }
    place.split(':').next().unwrap_or_default()
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What of a channel would send a secret in clear, or check nothing although it says so.
pub(super) fn unsafe_way(email: &Email) -> Option<&'static str> {
    let way = Way::of(&email.server);
    if email.ca.is_some() && way == Way::Clear {
        return Some("`ca` is for smtps://, or smtp:// with ?tls=required");
    }
    let is_open = matches!(way, Way::Clear | Way::Perhaps);
    if email.password.is_some() && is_open && !is_this_machine(host(&email.server)) {
        return Some("a password goes by smtps://, or by smtp:// with ?tls=required");
    }
    None
}

pub(super) async fn mail(
    email: &Email,
    notice: &Notice,
    watch: &Watch,
) -> Result<(), ChannelError> {
    let mailbox = |text: &String| {
        text.parse::<Mailbox>().map_err(|_unreadable| ChannelError::Address(text.clone()))
    };
    let server = server(email, watch).await?;
    let from = mailbox(&email.from)?;
    let mut letter = Message::builder()
        .subject(notice.subject())
        .message_id(Some(format!("<{}@{}>", notice.id, from.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .from(from);
    for to in &email.to {
        letter = letter.to(mailbox(to)?);
    }
    let letter = letter.body(notice.text());
    let letter = letter.map_err(|error| ChannelError::Mail(error.to_string()))?;
    server.send(letter).await.map(drop).map_err(mailed)
}

async fn server(
    email: &Email,
    watch: &Watch,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, ChannelError> {
    let mut builder =
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&email.server).map_err(mailed)?;
    if let Some(name) = &email.password {
        let password = secret(name, watch).await?;
        let user = email.user.clone().unwrap_or_else(|| email.from.clone());
        builder = builder.credentials(Credentials::new(user, password.expose().to_owned()));
    }
    if let Some(file) = &email.ca {
        let bytes = std::fs::read(file);
        let bytes = bytes.map_err(|error| {
            ChannelError::Mail(format!("{} cannot be read: {error}", file.display()))
        })?;
        let known = TlsParameters::builder(host(&email.server).to_owned())
            .add_root_certificate(Certificate::from_pem(&bytes).map_err(mailed)?)
            .build()
            .map_err(mailed)?;
        builder = builder.tls(match Way::of(&email.server) {
            Way::Clear => Tls::None,
            Way::StartTls => Tls::Required(known),
            Way::Perhaps => Tls::Opportunistic(known),
            Way::Tls => Tls::Wrapper(known),
        });
    }
    Ok(builder.build())
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn mailed(error: lettre::transport::smtp::Error) -> ChannelError {
    ChannelError::Mail(crate::say(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::Severity;

    fn channel(server: &str, password: Option<&str>) -> Email {
        Email {
            server: server.to_owned(),
            user: None,
            password: password.map(str::to_owned),
            ca: None,
            from: "daybook@example.org".to_owned(),
            to: Vec::new(),
            least: Severity::Info,
        }
    }

    #[test]
    fn a_password_goes_over_the_network_by_tls_alone() {
        let password = Some("env:PASSWORD");
        for server in [
            "smtps://mail.example.org:465",
            "smtp://mail.example.org:587?tls=required",
            "smtp://localhost:25",
            "smtp://127.0.0.1",
            "smtp://[::1]:25/name",
        ] {
            assert_eq!(unsafe_way(&channel(server, password)), None, "{server}");
        }
        for server in [
            "smtp://mail.example.org:25",
            "smtp://mail.example.org:587?tls=opportunistic",
            "smtp://localhost@mail.example.org",
            "smtp://localhost.example.org",
        ] {
            assert!(unsafe_way(&channel(server, password)).is_some(), "{server}");
            assert_eq!(unsafe_way(&channel(server, None)), None, "{server}");
        }
    }

    #[test]
    fn an_authority_is_named_where_there_is_a_certificate() {
        let ca = Some("ca.pem".into());
        let email = Email { ca, ..channel("smtp://mail.example.org", None) };
        assert!(unsafe_way(&email).is_some());
    }
}
