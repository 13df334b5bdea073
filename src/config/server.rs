//! The application under test, as `[server]` describes it: [`ServerSettings`]; and addresses.

use std::io;
use std::time::Duration;

use url::{Host, Url};

use super::error::ConfigError;
use super::origin::{Given, Origin, Place};
use super::timeouts::timeout;

/// What stands for a free port in `[server]` and `base_url`.
const PORT: &str = "{port}";

/// How long a server may take to answer, unless said otherwise.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The application under test, as `[server]` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// Run through the shell in the project root.
    pub command: String,
    /// Answers here when it is ready (any status below 500).
    pub url: Url,
    /// The port of `url`, given to the command as `PORT`.
    pub port: u16,
    /// The port is one we chose because it was free (`{port}` in the URL).
    pub has_free_port: bool,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// Use what already answers at `url` instead of starting the command.
    pub reuse: bool,
}

/// `[server]` as it is written.
#[derive(Clone, Debug)]
pub(super) struct ServerTable {
    pub(super) place: Place,
    pub(super) command: Option<Given<String>>,
    pub(super) url: Option<Given<String>>,
    pub(super) timeout: Option<Given<String>>,
    pub(super) reuse: Option<Given<bool>>,
}

/// Where the application is, and how it is started where we start it.
#[derive(Debug, Default)]
pub(super) struct Application {
    pub(super) base_url: Option<Url>,
    pub(super) server: Option<ServerSettings>,
}

impl Application {
    /// Joins `base_url` and `[server]`. `free_port` is asked only where `{port}` is written.
    pub(super) fn resolve(
        base_url: Option<&Given<String>>,
        table: Option<&ServerTable>,
        free_port: fn() -> io::Result<u16>,
    ) -> Result<Self, ConfigError> {
        let Some(table) = table else {
            return Ok(Self { base_url: base_url.map(|given| address(given, None)).transpose()?, server: None });
        };
        let template = table.url.as_ref().or(base_url.filter(|given| matches!(given.origin, Origin::File(_))));
        let Some(template) = template else {
            let example = "url = \"http://127.0.0.1:{port}\"";
            return Err(ConfigError::MissingKey { place: Box::new(table.place.clone()), key: "url", example });
        };
        if let Some(elsewhere) = elsewhere(base_url, template)? {
            return Ok(Self { base_url: Some(elsewhere), server: None });
        }
        let has_free_port = template.value.contains(PORT);
        let port =
            if has_free_port { Some(free_port().map_err(|source| ConfigError::NoFreePort { source })?) } else { None };
        let server = table.settings(address(template, port)?, has_free_port)?;
        let base_url = match base_url {
            Some(given) => address(given, port)?,
            None => server.url.clone(),
        };
        Ok(Self { base_url: Some(base_url), server: Some(server) })
    }
}

impl Application {
    /// The address a project asks for, or that of the run. `{port}` is the server's.
    pub(super) fn address_of(&self, project: Option<&Given<String>>) -> Result<Option<Url>, ConfigError> {
        let Some(given) = project else { return Ok(self.base_url.clone()) };
        let port = self.server.as_ref().filter(|server| server.has_free_port).map(|server| server.port);
        address(given, port).map(Some)
    }
}

impl ServerTable {
    fn settings(&self, url: Url, has_free_port: bool) -> Result<ServerSettings, ConfigError> {
        let Some(command) = &self.command else {
            let example = "command = \"npm start\"";
            return Err(ConfigError::MissingKey { place: Box::new(self.place.clone()), key: "command", example });
        };
        let port = url.port_or_known_default().expect("an http or https address has a port");
        Ok(ServerSettings {
            command: command.value.replace(PORT, &port.to_string()),
            url,
            port,
            has_free_port,
            timeout: timeout(self.timeout.as_ref())?.unwrap_or(START_TIMEOUT),
            reuse: self.reuse.as_ref().is_some_and(|given| given.value),
        })
    }
}

/// The address a flag or variable asks for, where `[server]` would not serve it: then the tests
/// run against another installation, and starting our own would only cost time.
fn elsewhere(base_url: Option<&Given<String>>, template: &Given<String>) -> Result<Option<Url>, ConfigError> {
    let Some(given) = base_url else { return Ok(None) };
    match given.origin {
        Origin::Argument | Origin::Flag(_) | Origin::Variable(_) => {}
        Origin::File(_) | Origin::Default => return Ok(None),
    }
    if given.value.contains(PORT) {
        return Ok(None);
    }
    let asked = address(given, None)?;
    let serves = !template.value.contains(PORT) && serves(&address(template, None)?, &asked);
    Ok((!serves).then_some(asked))
}

/// Both addresses belong to one server.
fn serves(server: &Url, asked: &Url) -> bool {
    let same_host = server.host() == asked.host() || (is_loopback(server) && is_loopback(asked));
    same_host && server.port_or_known_default() == asked.port_or_known_default()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An http or https address; `port` stands in for `{port}`.
pub(super) fn address(given: &Given<String>, port: Option<u16>) -> Result<Url, ConfigError> {
    let wrong =
        |message: String, advice: Option<String>| ConfigError::Value { origin: given.origin.clone(), message, advice };
    let text = match port {
        Some(port) => given.value.replace(PORT, &port.to_string()),
        None if given.value.contains(PORT) => {
            let message = format!("`{{port}}` in `{}` stands for a port nobody chooses", given.value);
            return Err(wrong(message, Some("a `[server]` whose `url` has `{port}` too".into())));
        }
        None => given.value.clone(),
    };
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        // `localhost:3000` is a URL with the scheme `localhost`.
        _ if !text.contains("://") && Url::parse(&format!("http://{text}")).is_ok_and(|url| url.has_host()) => {
            Err(wrong(format!("`{text}` is not an address"), Some(format!("`http://{text}`"))))
        }
        Ok(url) => Err(wrong(format!("`{text}` is not an http or https address, but `{}`", url.scheme()), None)),
        Err(error) => Err(wrong(format!("`{text}` is not an address: {error}"), None)),
    }
}

#[cfg(test)]
mod tests;
