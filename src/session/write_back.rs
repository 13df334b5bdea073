//! [`write_back`]: what a test that passed leaves of its session: captured again, so that a token
//! it was given anew is not lost; or found to be worth nothing, so that the next use makes it again.

use std::sync::Arc;

use crate::outcome::Failure;

use super::acquire::during;
use super::create::{Keeper, not_kept};
use super::define::SessionSpec;
use super::login::{Login, LoginError, Verdict};
use super::store::{SessionStore, Snapshot};

/// What came of it.
#[derive(Debug)]
pub enum WrittenBack {
    /// This is saved now.
    Saved(Arc<Snapshot>),
    /// `verify` said no: what is saved is not used again.
    Poisoned(Box<Failure>),
    /// The session was made anew or cleared meanwhile; what the test leaves is not wanted.
    Superseded,
}

/// Takes back what is in the context now for the session that was put there as `used`.
///
/// # Errors
/// [`LoginError`] where the context cannot be asked.
pub fn write_back(
    store: &SessionStore,
    spec: &SessionSpec,
    used: &Snapshot,
    login: &mut dyn Login,
) -> Result<WrittenBack, LoginError> {
    if spec.has_verify {
        let circumstance = format!("while verifying session `{}` after a test", spec.key);
        login.settle()?;
        if let Verdict::No(mut failure) = login.verify().map_err(|error| during(error, &circumstance))? {
            failure.during.push(circumstance);
            if let Err(error) = store.poison(&spec.key, used.generation, (*failure).clone()) {
                login.warn(&format!("session `{}` is still on disk\n  {}", spec.key, error.in_full()));
            }
            return Ok(WrittenBack::Poisoned(failure));
        }
    }
    let captured = login.capture()?;
    let Some(saved) = store.write_back(&spec.key, used.generation, captured.state) else {
        return Ok(WrittenBack::Superseded);
    };
    if let (Some(cache), Some(fingerprint)) = (store.cache(), &spec.kept)
        && let Err(error) = (Keeper { cache, fingerprint, spec }).keep(&saved)
    {
        login.warn(&not_kept(&spec.key, &error));
    }
    Ok(WrittenBack::Saved(saved))
}
