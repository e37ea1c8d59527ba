//! The data folder: config file, master key, database, and the lock that keeps it to one process.

mod limits;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use base::Secret;
use serde::Deserialize;
use store::{Limits, Store, Vault};

pub use self::limits::{CircuitConfig, KeepConfig, PoliciesConfig, PolicyConfig};
use crate::engine::restate::RestateConfig;
use crate::intake::Notifications;

/// A data folder that this process may use.
pub struct Home {
    pub dir: PathBuf,
    pub config: Config,
    /// Held as long as this process works on the folder; `None` for verbs that only read.
    _lock: Option<File>,
}

/// `config.toml`. Everything has a default; an unknown key is an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `sqlite:FILE` below the data folder, or `postgres://…`.
    pub database: String,
    /// How Restate is reached, for `serve --engine restate`.
    pub restate: Option<RestateConfig>,
    /// How often Amazon is asked for changed orders. Its limit allows one call in three minutes.
    pub poll_minutes: u32,
    /// How often the organisation's accounts, tax rates and contacts are read again.
    pub chart_hours: u32,
    /// Where Amazon sends word of changes; without it everything is asked for regularly alone.
    pub notifications: Option<Notifications>,
    pub telemetry: crate::telemetry::Config,
    pub alerts: crate::alerts::Config,
    /// How failed calls are tried again, by class of error.
    pub retry: PoliciesConfig,
    /// How long what is not for ever is kept.
    pub keep: KeepConfig,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            database: "sqlite:daybook.db".to_owned(),
            poll_minutes: 5,
            chart_hours: 4,
            restate: None,
            notifications: None,
            telemetry: crate::telemetry::Config::default(),
            alerts: crate::alerts::Config::default(),
            retry: PoliciesConfig::default(),
            keep: KeepConfig::default(),
        }
    }
}

impl Config {
    /// The limits that `[retry]` and `[keep]` come to, or what is wrong with them.
    pub fn limits(&self) -> Result<Limits, String> {
        limits::limits(&self.retry, self.keep)
    }

    /// True when other machines can work on the same database.
    pub fn is_shared(&self) -> bool {
        !self.database.starts_with("sqlite:")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("the data folder {0} cannot be made or read")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("another process works on {0}: stop it, or name another folder with --home")]
    Locked(PathBuf),
    #[error("{0} is not valid: {1}")]
    Config(PathBuf, String),
    #[error("the master key cannot be read or made")]
    MasterKey(#[source] std::io::Error),
    #[error("the master key file {0} can be read by others: make it private (chmod 600)")]
    MasterKeyOpen(PathBuf),
    #[error("DAYBOOK_MASTER_KEY is shorter than {KEY_BYTES} characters")]
    Weak,
    #[error("no random bytes for a master key: {0}")]
    Random(String),
    #[error("the database cannot be opened")]
    Store(#[from] store::StoreError),
}

impl HomeError {
    /// The page in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            HomeError::Folder(..) => "home_unusable",
            HomeError::Locked(_) => "home_locked",
            HomeError::Config(..) => "config_invalid",
            HomeError::MasterKey(_)
            | HomeError::MasterKeyOpen(_)
            | HomeError::Weak
            | HomeError::Random(_) => "master_key_unusable",
            HomeError::Store(error) => error.code(),
        }
    }
}

const CONFIG_FILE: &str = "config.toml";
const KEY_FILE: &str = "master.key";
const NODE_FILE: &str = "node.id";
const LOCK_FILE: &str = "daybook.lock";
const KEY_BYTES: usize = 32;

const CONFIG_TEXT: &str =
    "# Daybook's configuration. Every line has this default; DAYBOOK_DATABASE overrides `database`.

# Where facts, decisions and receipts are kept: a file in this folder, or postgres://user@host/name
#database = \"sqlite:daybook.db\"

# How often Amazon is asked for changed orders.
#poll_minutes = 5

# How often the organisation's accounts, tax rates, items and contacts are read again.
#chart_hours = 4

# How failed calls are tried again: each wait is a random moment up to a limit that grows by `factor`
# from `first_seconds` to `max_seconds`; after `attempts` or `hours` it is a dead letter (`unclear`, of
# a document) or an alarm. The classes are busy, unclear, refused, auth and unsent.
#[retry.unclear]
#first_seconds = 2
#factor = 2
#max_seconds = 900
#attempts = 24
#hours = 72

# A vendor that fails so often in a row is left alone but for one call an interval, which doubles.
#[retry.circuit]
#failures = 5
#first_seconds = 15
#max_seconds = 300

# How long requests and replies of tries that ended badly are kept, without personal data.
#[keep]
#exchanges_days = 90

# Many machines on one PostgreSQL: where Restate is, and where it reaches the nodes.
#[restate]
#ingress = \"http://127.0.0.1:8080\"
#admin = \"http://127.0.0.1:9070\"
#listen = \"127.0.0.1:9080\"
#advertise = \"http://balancer:9080\"

# An SQS Standard queue of yours that Amazon may send word of changes to (docs/operate.md says how to
# make one). AWS credentials are found as by every AWS tool: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,
# a profile, or the machine's own role.
#[notifications]
#queue_url = \"https://sqs.eu-west-1.amazonaws.com/111122223333/daybook\"
#queue_arn = \"arn:aws:sqs:eu-west-1:111122223333:daybook\"

# Where a collector takes traces (OTLP over HTTP). None are sent without it.
#[telemetry]
#otlp_endpoint = \"http://localhost:4318\"

# Who is told when something needs a person: docs/operate.md, Alerts. Secrets are named, not written.
#[alerts.email.finance]
#server = \"smtps://mail.example.org:465\"
#user = \"daybook\"
#password = \"env:DAYBOOK_SMTP_PASSWORD\"
#from = \"daybook@example.org\"
#to = [\"finance@example.org\"]
";

impl Home {
    /// Opens the folder for work: makes it on first use and locks it to this process.
    pub fn open(dir: &Path) -> Result<Home, HomeError> {
        let home = Home::read(dir)?;
        let path = home.dir.join(LOCK_FILE);
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let lock = open.map_err(|error| HomeError::Folder(home.dir.clone(), error))?;
        if lock.try_lock().is_err() {
            return Err(HomeError::Locked(home.dir));
        }
        Ok(Home { _lock: Some(lock), ..home })
    }

    /// Opens the folder for reading; another process may be at work on it.
    pub fn read(dir: &Path) -> Result<Home, HomeError> {
        let unusable = |error| HomeError::Folder(dir.to_owned(), error);
        if !dir.exists() {
            make_private(dir).map_err(unusable)?;
        }
        let path = dir.join(CONFIG_FILE);
        if !path.exists() {
            std::fs::write(&path, CONFIG_TEXT).map_err(unusable)?;
        }
        let text = std::fs::read_to_string(&path).map_err(unusable)?;
        let wrong = |words: String| HomeError::Config(path.clone(), words);
        let config: Config = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        config.limits().map_err(wrong)?;
        if let Some(why) = config.alerts.invalid() {
            return Err(wrong(why));
        }
        Ok(Home { dir: dir.to_owned(), config, _lock: None })
    }

    /// Names this folder's process in leases: made on first use, so that a process frees only what
    /// its own earlier self held.
    pub fn node(&self) -> Result<String, HomeError> {
        let path = self.dir.join(NODE_FILE);
        let unusable = |error| HomeError::Folder(self.dir.clone(), error);
        if !path.exists() {
            std::fs::write(&path, random()?).map_err(unusable)?;
        }
        std::fs::read_to_string(&path).map(|text| text.trim().to_owned()).map_err(unusable)
    }

    /// What `DAYBOOK_DATABASE` names takes the place of the config file's database.
    pub fn with_environment(mut self) -> Home {
        let database = std::env::var("DAYBOOK_DATABASE").unwrap_or_default();
        if !database.is_empty() {
            self.config.database = database;
        }
        self
    }

    /// The store, with the vault that its secrets are locked in.
    pub async fn store(&self) -> Result<Store, HomeError> {
        let key = self.master_key()?;
        if let Some(file) = self.config.database.strip_prefix("sqlite:") {
            // SQLite gives its other files the rights of this one.
            let path = self.dir.join(file);
            let made = private_file().create(true).append(true).open(&path);
            made.map_err(|error| HomeError::Folder(self.dir.clone(), error))?;
        }
        let wrong = |words| HomeError::Config(self.dir.join(CONFIG_FILE), words);
        let limits = self.config.limits().map_err(wrong)?;
        Ok(Store::open(&self.database_url(), Vault::new(key)).await?.with_limits(limits))
    }

    /// Another database with the same vault.
    pub async fn other_store(&self, url: &str) -> Result<Store, HomeError> {
        Ok(Store::open(url, Vault::new(self.master_key()?)).await?)
    }

    fn database_url(&self) -> String {
        match self.config.database.strip_prefix("sqlite:") {
            Some(file) => format!("sqlite:{}", self.dir.join(file).display()),
            None => self.config.database.clone(),
        }
    }

    /// From `DAYBOOK_MASTER_KEY`, or the key file, which is made on first use with mode 0600.
    fn master_key(&self) -> Result<Secret, HomeError> {
        if let Ok(key) = std::env::var("DAYBOOK_MASTER_KEY") {
            let key = key.trim();
            return if key.len() >= KEY_BYTES {
                Ok(Secret::new(key))
            } else {
                Err(HomeError::Weak)
            };
        }
        let path = self.dir.join(KEY_FILE);
        if !path.exists() {
            make_key(&path)?;
        }
        if is_open_to_others(&path).map_err(HomeError::MasterKey)? {
            return Err(HomeError::MasterKeyOpen(path));
        }
        let mut text = String::new();
        let mut file = File::open(&path).map_err(HomeError::MasterKey)?;
        file.read_to_string(&mut text).map_err(HomeError::MasterKey)?;
        Ok(Secret::new(text.trim()))
    }
}

/// The folder holds the books: its owner alone may look into it.
fn make_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(dir)
}

fn random() -> Result<String, HomeError> {
    let mut bytes = [0_u8; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| HomeError::Random(error.to_string()))?;
    Ok(base::id::hex(&bytes))
}

/// A file that is its owner's alone when it is made.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn make_key(path: &Path) -> Result<(), HomeError> {
    let text = random()?;
    let opened = private_file().create_new(true).write(true).open(path);
    let mut file = opened.map_err(HomeError::MasterKey)?;
    file.write_all(text.as_bytes()).map_err(HomeError::MasterKey)?;
    file.sync_all().map_err(HomeError::MasterKey)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_in_the_config_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(CONFIG_FILE), "databse = \"x\"").unwrap();
        let error = Home::read(dir.path()).err().unwrap();
        assert_eq!(error.code(), "config_invalid");
        assert!(error.to_string().contains("config.toml"), "{error}");
    }

    #[test]
    fn the_queue_is_named_in_a_part_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let text =
            "[notifications]\nqueue_url = \"https://q\"\nqueue_arn = \"arn:aws:sqs:r:1:q\"\n";
        std::fs::write(dir.path().join(CONFIG_FILE), text).unwrap();
        let config = Home::read(dir.path()).unwrap().config;
        assert_eq!(config.notifications.unwrap().region(), Some("r"));
        std::fs::write(dir.path().join(CONFIG_FILE), "[notifications]\nqueue = 1").unwrap();
        assert_eq!(Home::read(dir.path()).err().unwrap().code(), "config_invalid");
    }

    #[test]
    fn the_folder_belongs_to_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let first = Home::open(dir.path()).unwrap();
        assert_eq!(Home::open(dir.path()).err().unwrap().code(), "home_locked");
        drop(first);
        assert!(Home::open(dir.path()).is_ok());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_database_is_private_in_whatever_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let home = Home::read(dir.path()).unwrap();
        drop(home.store().await.unwrap());
        for name in ["daybook.db", "daybook.db-wal"] {
            let path = dir.path().join(name);
            let Ok(known) = std::fs::metadata(&path) else { continue };
            assert_eq!(known.permissions().mode() & 0o077, 0, "{name}");
        }
        assert!(dir.path().join("daybook.db").exists());
    }

    #[cfg(unix)]
    #[test]
    fn the_master_key_is_private_or_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::read(dir.path()).unwrap();
        let key = home.master_key().unwrap();
        assert_eq!(key.expose().len(), 64);
        assert_eq!(home.master_key().unwrap(), key);
        let path = dir.path().join(KEY_FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(home.master_key().err().unwrap().code(), "master_key_unusable");
    }
}
