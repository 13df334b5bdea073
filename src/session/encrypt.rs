//! [`CacheKey`]: seals what is kept on disk, and where the key comes from.
//!
//! ChaCha20-Poly1305 with a key of its own for each file, derived with HKDF-SHA-256 from the user's
//! key and 32 random bytes; so no nonce is ever used twice under one key. What is sealed belongs
//! to a name: a file that was renamed does not open.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::{digest, hkdf};

/// The variable that holds the key.
pub const KEY_VARIABLE: &str = "RUNNER_SESSION_KEY";

/// What a sealed file begins with, before the number of its format.
const MAGIC: &[u8] = b"runner-session";
/// The format: magic, this number, id of the key, salt, sealed bytes.
const FORMAT: u8 = 1;
const ID_LENGTH: usize = 8;
const SALT_LENGTH: usize = 32;

/// The key of the sessions kept on disk.
#[derive(Clone)]
pub(super) struct CacheKey([u8; 32]);

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey")
    }
}

/// There is no key to be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyError {
    /// The variable holds something else.
    #[error("`{KEY_VARIABLE}` is not a key: it takes 32 random bytes in Base64 or hexadecimal")]
    Variable,
    /// The file holds something else.
    #[error("`{}` does not hold a key", .0.display())]
    File(PathBuf),
    /// The file can be read by others than its owner.
    #[error("`{}` can be read by others than its owner", .0.display())]
    Loose(PathBuf),
    /// No home directory to put a key in.
    #[error("there is no `{KEY_VARIABLE}`, and no home directory to keep a key in")]
    NoHome,
    /// It cannot be read or made.
    #[error("cannot use the key in `{}`: {source}", path.display())]
    Io {
        /// The key's file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl KeyError {
    /// What to do about it.
    pub(super) fn advice(&self) -> String {
        match self {
            Self::Variable | Self::NoHome => {
                format!("make one with `openssl rand -base64 32` and set `{KEY_VARIABLE}` to it")
            }
            Self::File(path) => {
                format!("remove `{}`: another one is made then, and old files open no more", path.display())
            }
            Self::Loose(path) => format!("chmod 600 {}", path.display()),
            Self::Io { .. } => format!("or set `{KEY_VARIABLE}` to a key from `openssl rand -base64 32`"),
        }
    }
}

/// Something sealed does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No file of ours.
    #[error("it is no saved session")]
    Unknown,
    /// A format of another version.
    #[error("it has format {0}, and this version reads format {FORMAT}")]
    Format(u8),
    /// Sealed with another key.
    #[error("it was made with another key")]
    Foreign,
    /// It was changed, cut short or renamed.
    #[error("it is damaged")]
    Damaged,
}

impl CacheKey {
    /// From `RUNNER_SESSION_KEY`; otherwise from the user's key file, which is made where there is none.
    pub(super) fn of_process() -> Result<Self, KeyError> {
        match std::env::var(KEY_VARIABLE) {
            Ok(text) if !text.trim().is_empty() => Self::parse(&text).ok_or(KeyError::Variable),
            _ => Self::of_file(&default_file().ok_or(KeyError::NoHome)?),
        }
    }

    /// From a file that only its owner may read; makes it where it is missing.
    pub(super) fn of_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::Io { path: path.to_owned(), source };
        match read_private(path) {
            Ok(Some(text)) => Self::parse(&text).ok_or_else(|| KeyError::File(path.to_owned())),
            Ok(None) => Err(KeyError::Loose(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = make_file(path).map_err(failed)?;
                // Another process may have been quicker: its key is the one.
                if made { Self::of_file(path) } else { Err(failed(io::ErrorKind::AlreadyExists.into())) }
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// 32 bytes in Base64 or hexadecimal.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            (0..32).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect::<Option<Vec<_>>>()
        } else {
            STANDARD.decode(text).ok()
        };
        Some(Self(bytes?.try_into().ok()?))
    }

    /// `plain` under this key, to be opened again as `name` only.
    pub(super) fn seal(&self, name: &str, plain: &[u8]) -> Vec<u8> {
        let salt = random_bytes::<SALT_LENGTH>();
        let mut sealed = plain.to_vec();
        self.cipher(&salt)
            .seal_in_place_append_tag(fixed_nonce(), Aad::from(bound_to(name)), &mut sealed)
            .expect("a session is far smaller than the 256 GiB the cipher takes");
        [MAGIC, &[FORMAT], &self.id(), &salt, &sealed].concat()
    }

    /// What [`CacheKey::seal`] was given.
    pub(super) fn open(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, OpenError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(OpenError::Unknown)?;
        let (format, rest) = rest.split_first().ok_or(OpenError::Damaged)?;
        if *format != FORMAT {
            return Err(OpenError::Format(*format));
        }
        let (id, rest) = rest.split_at_checked(ID_LENGTH).ok_or(OpenError::Damaged)?;
        if id != self.id() {
            return Err(OpenError::Foreign);
        }
        let (salt, sealed) = rest.split_at_checked(SALT_LENGTH).ok_or(OpenError::Damaged)?;
        let mut sealed = sealed.to_vec();
        let plain = self.cipher(salt).open_in_place(fixed_nonce(), Aad::from(bound_to(name)), &mut sealed);
        plain.map(|plain| plain.to_vec()).map_err(|_| OpenError::Damaged)
    }

    fn cipher(&self, salt: &[u8]) -> LessSafeKey {
        let key = self.derive::<32>(salt, b"seal");
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("the key has the length the cipher takes"))
    }

    /// Tells one key from another without saying anything about it.
    fn id(&self) -> [u8; ID_LENGTH] {
        self.derive(b"", b"id")
    }

    fn derive<const N: usize>(&self, salt: &[u8], purpose: &[u8]) -> [u8; N] {
        let mut out = [0; N];
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(&self.0)
            .expand(&[purpose], Length(N))
            .and_then(|derived| derived.fill(&mut out))
            .expect("the lengths asked for are far below HKDF's limit");
        out
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Each file has a key of its own, which is used once.
fn fixed_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn bound_to(name: &str) -> Vec<u8> {
    [MAGIC, &[FORMAT], name.as_bytes()].concat()
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// SHA-256 of `parts`, each with its length before it, as hexadecimal.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hexadecimal(context.finish().as_ref())
}

/// 32 hexadecimal digits by chance.
pub(super) fn random_id() -> String {
    hexadecimal(&random_bytes::<16>())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits are one digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// `$XDG_DATA_HOME/runner/session.key`, `~/.local/share/runner/session.key` by default.
fn default_file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("runner/session.key"))
}

/// The file's text; nothing where others may read it too.
fn read_private(path: &Path) -> io::Result<Option<String>> {
    let mut file = std::fs::File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Ok(None);
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(Some(text))
}

/// Writes a new key, readable by its owner only. True where there is a file afterwards.
fn make_file(path: &Path) -> io::Result<bool> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // A temporary file has the permissions 600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{}", STANDARD.encode(random_bytes::<32>()))?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(path.exists()),
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> CacheKey {
        CacheKey([byte; 32])
    }

    #[test]
    fn what_is_sealed_opens_again() {
        let sealed = key(1).seal("a", b"state");
        assert!(!sealed.windows(5).any(|part| part == b"state"));
        assert_eq!(key(1).open("a", &sealed).as_deref(), Ok(b"state".as_slice()));
        assert_ne!(key(1).seal("a", b"state"), sealed, "each has a salt of its own");
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let sealed = key(1).seal("a", b"state");
        let check = |bytes: &[u8], expected| assert_eq!(key(1).open("a", bytes), Err(expected));
        for at in MAGIC.len() + 1 + ID_LENGTH..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            check(&changed, OpenError::Damaged);
        }
        for length in MAGIC.len()..sealed.len() {
            check(&sealed[..length], OpenError::Damaged);
        }
        check(b"", OpenError::Unknown);
        check(b"{}", OpenError::Unknown);
        let mut newer = sealed.clone();
        newer[MAGIC.len()] = 9;
        check(&newer, OpenError::Format(9));
        assert_eq!(key(1).open("b", &sealed), Err(OpenError::Damaged), "renamed");
        assert_eq!(key(2).open("a", &sealed), Err(OpenError::Foreign));
    }

    #[test]
    fn a_key_is_32_bytes() {
        assert!(CacheKey::parse(&STANDARD.encode([7; 32])).is_some_and(|key| key.0 == [7; 32]));
        assert!(CacheKey::parse(&format!(" {}\n", "07".repeat(32))).is_some_and(|key| key.0 == [7; 32]));
        for text in ["", "password", &STANDARD.encode([7; 31]), &"zz".repeat(32), &"é".repeat(32)] {
            assert!(CacheKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/session.key");
        let first = CacheKey::of_file(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(CacheKey::of_file(&path).unwrap().0, first.0);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(CacheKey::of_file(&path), Err(KeyError::Loose(_))));
        std::fs::write(&path, "hunter2").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(CacheKey::of_file(&path), Err(KeyError::File(_))));
    }

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(fingerprint(["a"]).len(), 64);
    }
}
