//! Sessions: log in once under a name, start logged in everywhere. The rules are in
//! `docs/sessions.md`.
//!
//! [`use_session`] is what a script's `use_session` comes down to; [`SessionStore`] is what all
//! workers share. This folder never calls a script: the script layer implements [`Login`].

mod acquire;
mod define;
mod login;
mod store;

pub use acquire::{SessionUse, use_session};
pub use define::{SessionKey, SessionScope, SessionSpec};
pub use login::{Login, LoginError, Verdict};
pub use store::{Asker, Rejected, SessionStore, Snapshot, Ticket, Turn};
