//! [`SessionCache`]: sessions kept on disk between runs, one sealed file for each. It trusts
//! nothing it reads: what does not open, is too old or comes from other code is told and left
//! alone; whether a session still holds is for `verify` to say.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::browser::State;
use crate::clock::human_duration;

use super::define::{SessionKey, SessionScope};
use super::encrypt::{CacheKey, KeyError, OpenError, fingerprint};

/// How a file of a kept session ends.
const EXTENSION: &str = "session";

/// The sessions kept in one folder.
#[derive(Debug)]
pub struct SessionCache {
    folder: PathBuf,
    circumstances: Circumstances,
    key: OnceLock<Result<CacheKey, KeyError>>,
}

/// What else tells one kept session from another: state of one browser or application is none
/// of another's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// The browser's name.
    pub browser: String,
    /// What relative addresses are resolved against; empty where there is nothing.
    pub base_url: String,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptSession {
    /// Its name.
    pub name: String,
    /// The spec it belongs to; none for one of the whole run.
    pub spec: Option<String>,
    /// The file that defines it.
    pub file: String,
    /// Where in it, for people: `support/sessions.rhai:4:22`.
    pub site: String,
    /// The account it was made with, where it has several.
    pub account: Option<String>,
    /// Where it may be used.
    pub circumstances: Circumstances,
    /// Of the code that defines it.
    pub fingerprint: String,
    /// Tells this making of it from any other.
    pub made: String,
    /// When it was captured, in milliseconds since 1970.
    pub made_at_ms: u64,
    /// How long making it took, in milliseconds.
    pub making_ms: u64,
    /// How old it may become, in milliseconds.
    pub max_age_ms: Option<u64>,
    /// Cookies and storage.
    pub state: State,
    /// What `steps` returned.
    pub value: Value,
}

impl KeptSession {
    /// When it was captured.
    pub fn made_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.made_at_ms)
    }

    /// How old it is; nothing where the clock was set back meanwhile.
    pub fn age(&self) -> Duration {
        SystemTime::now().duration_since(self.made_at()).unwrap_or_default()
    }
}

/// The folder of the cache cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// There is no key.
    #[error("{0}")]
    Key(String),
    /// A file or folder cannot be read or written.
    #[error("cannot {what} `{}`", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that does not open.
    #[error("`{}` is not used", path.display())]
    Sealed {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: OpenError,
    },
}

impl CacheError {
    /// The error with its reason, in one line.
    pub fn in_full(&self) -> String {
        match self {
            Self::Key(_) => self.to_string(),
            Self::Io { source, .. } => format!("{self}: {source}"),
            Self::Sealed { source, .. } => format!("{self}: {source}"),
        }
    }
}

/// Why what is kept is not used.
#[derive(Debug)]
pub(super) enum Unfit {
    /// That is how it goes: it is too old, or its code is another by now.
    Outdated(String),
    /// Something is wrong with the folder, the key or the file.
    Broken(CacheError),
}

/// A file of the cache, with what is in it or why it does not open.
pub type Listed = (PathBuf, Result<KeptSession, CacheError>);

/// What a kept session must be to be used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// What it is known by.
    pub key: &'a SessionKey,
    /// Of the code that defines it now.
    pub fingerprint: &'a str,
    /// How old it may be.
    pub max_age: Option<Duration>,
}

impl SessionCache {
    /// The sessions in `folder`. Nothing is read or made before it is needed.
    pub fn new(folder: PathBuf, circumstances: Circumstances) -> Self {
        Self { folder, circumstances, key: OnceLock::new() }
    }

    /// With a key of its own, for tests.
    #[cfg(test)]
    pub(crate) fn with_key_file(folder: PathBuf, key: &Path) -> Self {
        let cache = Self::new(folder, Circumstances::default());
        cache.key.set(CacheKey::of_file(key)).expect("nobody has asked for the key yet");
        cache
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its sessions may be used.
    pub(super) fn circumstances(&self) -> &Circumstances {
        &self.circumstances
    }

    /// The kept session that is wanted, where there is one to be used.
    pub(super) fn load(&self, wanted: Wanted<'_>) -> Result<Option<KeptSession>, Unfit> {
        let path = self.path(wanted.key);
        let Some(kept) = self.read(&path).map_err(Unfit::Broken)? else { return Ok(None) };
        if kept.fingerprint != wanted.fingerprint {
            return Err(Unfit::Outdated("the code that defines it has changed since".to_owned()));
        }
        let age = kept.age();
        match wanted.max_age {
            Some(limit) if age > limit => Err(Unfit::Outdated(format!(
                "it is {} old, and `max_age` is {}",
                human_duration(age),
                human_duration(limit)
            ))),
            _ => Ok(Some(kept)),
        }
    }

    /// Keeps a session in the place of the one of before.
    pub(super) fn save(&self, key: &SessionKey, kept: &KeptSession) -> Result<(), CacheError> {
        let text = serde_json::to_vec(kept).expect("a kept session is plain data");
        let path = self.path(key);
        let sealed = self.key()?.seal(&name_of(&path), &text);
        self.write(&path, &sealed)
    }

    /// Forgets a session. One that is not there is no error.
    pub fn remove(&self, key: &SessionKey) -> Result<(), CacheError> {
        self.remove_file(&self.path(key))
    }

    /// Every file of the folder that looks like a session, with what is in it or why it does not open.
    pub fn list(&self) -> Result<Vec<Listed>, CacheError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(CacheError::Io { what: "read", path: self.folder.clone(), source }),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        paths.sort();
        let mut all = Vec::new();
        for path in paths {
            match self.read(&path) {
                Ok(Some(kept)) => all.push((path, Ok(kept))),
                // Gone since the folder was read.
                Ok(None) => {}
                Err(error @ CacheError::Key(_)) => return Err(error),
                Err(error) => all.push((path, Err(error))),
            }
        }
        all.sort_by(|(_, a), (_, b)| order(a).cmp(&order(b)));
        Ok(all)
    }

    /// Removes a file that [`SessionCache::list`] named.
    pub fn remove_file(&self, path: &Path) -> Result<(), CacheError> {
        match std::fs::remove_file(path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(CacheError::Io { what: "remove", path: path.to_owned(), source })
            }
            _ => Ok(()),
        }
    }

    /// The sealed bytes of a file, to be carried elsewhere.
    pub fn sealed(&self, path: &Path) -> Result<Vec<u8>, CacheError> {
        std::fs::read(path).map_err(|source| CacheError::Io { what: "read", path: path.to_owned(), source })
    }

    /// Takes in sealed bytes from elsewhere under the name they had there; what is in them.
    pub fn take_in(&self, name: &str, sealed: &[u8]) -> Result<KeptSession, CacheError> {
        let path = self.folder.join(Path::new(name).file_name().unwrap_or_default());
        let kept = self.opened(&path, sealed)?;
        self.write(&path, sealed)?;
        Ok(kept)
    }

    /// The right to make this session, among all processes; `None` while another one has it.
    pub(super) fn try_lock(&self, key: &SessionKey) -> Result<Option<CacheLock>, CacheError> {
        let path = self.path(key).with_extension("lock");
        let failed = |source: io::Error| CacheError::Io { what: "lock", path: path.clone(), source };
        self.make_folder()?;
        loop {
            let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            let file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(file) => file,
                Err((_, Errno::EWOULDBLOCK)) => return Ok(None),
                Err((_, error)) => return Err(failed(error.into())),
            };
            let here = file.metadata().map_err(failed)?.ino();
            // The one who had it before removes the file: what we locked may be no file any more.
            if std::fs::metadata(&path).is_ok_and(|there| there.ino() == here) {
                return Ok(Some(CacheLock { path, _file: file }));
            }
        }
    }

    fn read(&self, path: &Path) -> Result<Option<KeptSession>, CacheError> {
        match std::fs::read(path) {
            Ok(sealed) => self.opened(path, &sealed).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CacheError::Io { what: "read", path: path.to_owned(), source }),
        }
    }

    fn opened(&self, path: &Path, sealed: &[u8]) -> Result<KeptSession, CacheError> {
        let failed = |source| CacheError::Sealed { path: path.to_owned(), source };
        let plain = self.key()?.open(&name_of(path), sealed).map_err(failed)?;
        serde_json::from_slice(&plain).map_err(|_| failed(OpenError::Damaged))
    }

    fn write(&self, path: &Path, sealed: &[u8]) -> Result<(), CacheError> {
        self.make_folder()?;
        let written = || -> io::Result<()> {
            // Readable by its owner only, from the start.
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(sealed)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        written().map_err(|source| CacheError::Io { what: "write", path: path.to_owned(), source })
    }

    /// The folder, for its owner only, and never part of a repository.
    fn make_folder(&self) -> Result<(), CacheError> {
        let ignore = self.folder.join(".gitignore");
        if ignore.exists() {
            return Ok(());
        }
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .and_then(|()| std::fs::write(&ignore, "*\n"))
            .map_err(|source| CacheError::Io { what: "make", path: self.folder.clone(), source })
    }

    fn key(&self) -> Result<&CacheKey, CacheError> {
        let key = self.key.get_or_init(CacheKey::of_process);
        key.as_ref().map_err(|error| CacheError::Key(format!("{error}; {}", error.advice())))
    }

    fn path(&self, key: &SessionKey) -> PathBuf {
        let (kind, spec) = match &key.scope {
            SessionScope::Run => ("run", ""),
            SessionScope::Spec(spec) => ("spec", spec.as_str()),
        };
        let account = key.account.as_ref().map(|account| account.identity.as_ref()).unwrap_or_default();
        let Circumstances { browser, base_url } = &self.circumstances;
        let identity = fingerprint([kind, spec, &key.file, &key.name, account, browser, base_url]);
        self.folder.join(format!("{}.{EXTENSION}", &identity[..32]))
    }
}

/// Readable ones by name, the others after them.
fn order(read: &Result<KeptSession, CacheError>) -> (bool, &str, Option<&str>) {
    match read {
        Ok(kept) => (false, &kept.name, kept.account.as_deref()),
        Err(_) => (true, "", None),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The right to make a session. Dropped, it goes to the next process that asks; so it does where
/// this one dies.
#[derive(Debug)]
pub(super) struct CacheLock {
    path: PathBuf,
    _file: Flock<File>,
}

impl Drop for CacheLock {
    fn drop(&mut self) {
        // Before it is unlocked, so that nobody else's lock is removed. Left over, it does no harm.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests;
