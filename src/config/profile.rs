//! `[profile.NAME]`: settings under a name, put over those of the file with `--profile`.
//!
//! [`with_profile`] finds one and what it inherits, and joins them.

use std::collections::BTreeMap;

use crate::suggest::closest;

use super::error::ConfigError;
use super::file::{BrowserExtras, ConfigFile};
use super::origin::Given;
use super::server::ServerTable;

/// A profile as it is written.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Its name.
    pub(super) name: String,
    /// The profile it starts from, where it names one.
    pub(super) inherits: Option<Given<String>>,
    /// What it says itself.
    pub(super) settings: ConfigFile,
}

/// The file's settings with those of the named profile, and of the profiles it inherits, over them.
///
/// # Errors
/// A name that no profile has, and profiles that inherit one another in a circle.
pub(super) fn with_profile(mut file: ConfigFile, named: Option<&Given<String>>) -> Result<ConfigFile, ConfigError> {
    let profiles = std::mem::take(&mut file.profiles);
    // Every name must lead somewhere, whether it is used in this run or not.
    for profile in &profiles {
        chain(&profiles, profile)?;
    }
    let Some(named) = named else { return Ok(file) };
    // From the profile that was asked for to the one at the bottom; each is put over the next.
    let chain = chain(&profiles, find(&profiles, named)?)?;
    Ok(chain.into_iter().rev().fold(file, |lower, profile| profile.settings.clone().over(lower)))
}

/// A profile and those it inherits, itself first.
fn chain<'a>(profiles: &'a [Profile], first: &'a Profile) -> Result<Vec<&'a Profile>, ConfigError> {
    let mut chain = vec![first];
    let mut last = first;
    while let Some(inherits) = &last.inherits {
        let next = find(profiles, inherits)?;
        if chain.iter().any(|profile| profile.name == next.name) {
            let names: Vec<_> = chain.iter().chain([&next]).map(|profile| format!("`{}`", profile.name)).collect();
            let message = format!("profiles inherit one another in a circle: {}", names.join(", "));
            return Err(ConfigError::value(&inherits.origin, message));
        }
        chain.push(next);
        last = next;
    }
    Ok(chain)
}

fn find<'a>(profiles: &'a [Profile], named: &Given<String>) -> Result<&'a Profile, ConfigError> {
    profiles.iter().find(|profile| profile.name == named.value).ok_or_else(|| {
        let known: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
        no_such_table("profile", named, known)
    })
}

/// The error for a name that no table of `kind` has.
pub(super) fn no_such_table(kind: &'static str, named: &Given<String>, known: Vec<String>) -> ConfigError {
    let near = closest(&named.value, known.iter().map(String::as_str)).map(str::to_owned);
    ConfigError::NoSuchTable { origin: named.origin.clone(), kind, name: named.value.clone(), known, near }
}

impl ConfigFile {
    /// These settings, and `lower` where they say nothing. Tables are joined key by key; a list is
    /// taken as a whole.
    #[must_use]
    pub(super) fn over(self, lower: Self) -> Self {
        Self {
            layer: self.layer.over(lower.layer),
            server: match (self.server, lower.server) {
                (Some(upper), Some(lower)) => Some(server_over(upper, lower)),
                (upper, lower) => upper.or(lower),
            },
            browser: self.browser.over(lower.browser),
            test_id_attribute: self.test_id_attribute.or(lower.test_id_attribute),
            env: env_over(self.env, lower.env),
            profiles: self.profiles,
            // Those of a profile would be those of the file: a profile has none of its own.
            projects: lower.projects,
        }
    }
}

impl BrowserExtras {
    fn over(self, lower: Self) -> Self {
        let mut capabilities = lower.capabilities;
        capabilities.extend(self.capabilities);
        Self {
            args: self.args.or(lower.args),
            capabilities,
            webdriver_headers: env_over(self.webdriver_headers, lower.webdriver_headers),
            place: self.place.or(lower.place),
            viewport: self.viewport.or(lower.viewport),
            start_timeout: self.start_timeout.or(lower.start_timeout),
        }
    }
}

fn server_over(upper: ServerTable, lower: ServerTable) -> ServerTable {
    ServerTable {
        place: upper.place,
        command: upper.command.or(lower.command),
        url: upper.url.or(lower.url),
        timeout: upper.timeout.or(lower.timeout),
        reuse: upper.reuse.or(lower.reuse),
    }
}

fn env_over(upper: BTreeMap<String, String>, mut lower: BTreeMap<String, String>) -> BTreeMap<String, String> {
    lower.extend(upper);
    lower
}
