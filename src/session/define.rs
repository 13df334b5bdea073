//! What a session is known by ([`SessionKey`]) and what its definition says ([`SessionSpec`]).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Location, SpecPath};

/// Who shares a session.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionScope {
    /// Every spec and worker of the run.
    Run,
    /// One spec.
    Spec(SpecPath),
}

/// What a session is known by: its scope, the file that defines it and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// Who shares it.
    pub scope: SessionScope,
    /// The defining file, relative to the project root.
    pub file: Arc<str>,
    /// The name people use.
    pub name: String,
    /// Which of its accounts, where it has several.
    pub account: Option<Account>,
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.account.as_ref().map_or(Ok(()), |account| write!(f, " as {}", account.label))
    }
}

/// One of a session's accounts, without what is in it: that may be a password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// A digest of what is in it.
    pub identity: Arc<str>,
    /// What people call it: its user name, or its place in the list.
    pub label: Arc<str>,
}

/// A definition without its closures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSpec {
    /// What it is known by.
    pub key: SessionKey,
    /// Where `define_session` stands.
    pub site: Location,
    /// It has a `verify`.
    pub has_verify: bool,
    /// A saved state older than this is made again.
    pub max_age: Option<Duration>,
    /// A failed creation is tried again by the next test that asks.
    pub retry: bool,
    /// Digest of the code that defines it, where it is kept between runs.
    pub kept: Option<String>,
}
