//! Sessions: log in once under a name, start logged in everywhere. The rules are in
//! `docs/sessions.md`.
//!
//! [`use_session`] is what a script's `use_session` comes down to; [`SessionStore`] is what all
//! workers share. This folder never calls a script: the script layer implements [`Login`].

mod acquire;
mod cache;
mod contents;
mod create;
mod define;
mod encrypt;
mod leases;
mod login;
mod store;
mod totp;
mod write_back;

pub use acquire::{SessionUse, use_session};
pub use cache::{CacheError, Circumstances, KeptSession, Listed, SessionCache};
pub use contents::{contents, counted};
pub use define::{Account, SessionKey, SessionScope, SessionSpec};
pub use encrypt::{KEY_VARIABLE, fingerprint};
pub use leases::{Holder, Lease, LeaseKind, Leases, Pool};
pub use login::{Login, LoginError, Verdict};
pub use store::{Asker, Creation, Rejected, SessionStore, Snapshot, Ticket, Turn};
pub use totp::{CodeAlgorithm, CodeRule, read_base32};
pub use write_back::{WrittenBack, write_back};
