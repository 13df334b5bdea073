//! `runner sessions`: what is kept between runs, listed, shown, removed, carried elsewhere. It
//! starts no browser, runs no script and shows no value.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::clock::human_duration;
use crate::config::Settings;
use crate::redact::Steady;
use crate::session::{CacheError, Circumstances, KEY_VARIABLE, KeptSession, Listed, SessionCache, contents, counted};
use crate::suggest::closest;

use super::exit::ExitCode;

/// The version of exported files.
const FORMAT: u32 = 1;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Order {
    /// One line for each.
    List,
    /// All about one.
    Show {
        /// Its name.
        name: String,
    },
    /// Remove them.
    Clear {
        /// Their names; all without one.
        names: Vec<String>,
    },
    /// Write them to a file.
    Export {
        /// The file.
        file: PathBuf,
        /// Their names; all without one.
        names: Vec<String>,
    },
    /// Take in what was exported.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionsError {
    /// The folder, the key or a file cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// No session has this name.
    #[error("no session `{name}` is kept")]
    Unknown {
        /// The name.
        name: String,
        /// Those that are.
        kept: Vec<String>,
    },
    /// An exported file cannot be read or written.
    #[error("cannot {what} `{}`", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that was not exported by this version.
    #[error("`{}` {why}", path.display())]
    NotExported {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// The result cannot be told.
    #[error("cannot write to the terminal")]
    Tell(#[from] io::Error),
}

impl SessionsError {
    /// Lines below the error.
    pub(super) fn details(&self) -> Vec<String> {
        match self {
            Self::Unknown { kept, .. } if kept.is_empty() => vec!["nothing is kept here".to_owned()],
            Self::Unknown { kept, .. } => {
                vec![format!(
                    "kept are: {}",
                    kept.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                )]
            }
            _ => Vec::new(),
        }
    }

    /// What to try.
    pub(super) fn advice(&self) -> Option<String> {
        match self {
            Self::Unknown { name, kept } => {
                closest(name, kept.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"))
            }
            Self::Cache(CacheError::Sealed { .. }) => {
                Some(format!("give this machine the key of the one that exported it, in `{KEY_VARIABLE}`"))
            }
            Self::NotExported { .. } => Some("write one with `runner sessions export FILE`".to_owned()),
            _ => None,
        }
    }
}

/// What `export` writes: files as they are kept, by name.
#[derive(Debug, Serialize, Deserialize)]
struct Exported {
    runner_sessions: u32,
    files: BTreeMap<String, String>,
}

/// Does what is asked for.
pub(super) fn run(settings: &Settings, order: &Order, out: &mut impl Write) -> Result<ExitCode, SessionsError> {
    // Files are only named and opened here; which browser they are for is in them.
    let shop = Shop { cache: SessionCache::new(settings.session_cache.folder.clone(), Circumstances::default()) };
    let text = match order {
        Order::List => shop.list()?,
        Order::Show { name } => shop.show(name)?,
        Order::Clear { names } => shop.clear(names)?,
        Order::Export { file, names } => shop.export(file, names)?,
        Order::Import { file } => shop.import(file)?,
    };
    out.write_all(Steady::of_process().apply(&text).as_bytes())?;
    Ok(ExitCode::Passed)
}

struct Shop {
    cache: SessionCache,
}

impl Shop {
    fn list(&self) -> Result<String, SessionsError> {
        let all = self.cache.list()?;
        let mut text = String::new();
        for (_, kept) in &all {
            match kept {
                Ok(kept) => text.extend([line(kept).as_str(), "\n"]),
                Err(error) => text.extend([&error.in_full(), "\n"]),
            }
        }
        text.push_str(&self.sum(all.len(), "kept in"));
        Ok(text)
    }

    fn show(&self, name: &str) -> Result<String, SessionsError> {
        let mut text = String::new();
        for (path, kept) in self.named(&[name.to_owned()])? {
            let Ok(kept) = kept else { continue };
            if !text.is_empty() {
                text.push('\n');
            }
            text.extend([title(&kept).as_str(), "\n"]);
            for (what, value) in facts(&kept, &path) {
                text.extend([format!("  {what:<10} {value}\n")]);
            }
        }
        Ok(text)
    }

    fn clear(&self, names: &[String]) -> Result<String, SessionsError> {
        let chosen = self.named(names)?;
        for (path, _) in &chosen {
            self.cache.remove_file(path)?;
        }
        Ok(self.sum(chosen.len(), "removed from"))
    }

    fn export(&self, file: &Path, names: &[String]) -> Result<String, SessionsError> {
        let mut files = BTreeMap::new();
        for (path, kept) in self.named(names)? {
            if kept.is_ok() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.insert(name, STANDARD.encode(self.cache.sealed(&path)?));
            }
        }
        let count = files.len();
        let exported = Exported { runner_sessions: FORMAT, files };
        let text = serde_json::to_string_pretty(&exported).expect("names and texts are plain data");
        std::fs::write(file, text + "\n").map_err(|source| SessionsError::File {
            what: "write",
            path: file.to_owned(),
            source,
        })?;
        Ok(format!("{} written to {}\n", counted(count, "session", "sessions"), file.display()))
    }

    fn import(&self, file: &Path) -> Result<String, SessionsError> {
        let refused = |why: &str| SessionsError::NotExported { path: file.to_owned(), why: why.to_owned() };
        let text = std::fs::read(file).map_err(|source| SessionsError::File {
            what: "read",
            path: file.to_owned(),
            source,
        })?;
        let exported: Exported = serde_json::from_slice(&text).map_err(|_| refused("holds no exported sessions"))?;
        if exported.runner_sessions != FORMAT {
            let why = format!("has format {}, and this version reads format {FORMAT}", exported.runner_sessions);
            return Err(refused(&why));
        }
        for (name, sealed) in &exported.files {
            let sealed = STANDARD.decode(sealed).map_err(|_| refused("is damaged"))?;
            self.cache.take_in(name, &sealed)?;
        }
        Ok(self.sum(exported.files.len(), "taken into"))
    }

    /// The sessions of these names; everything without one, files that do not open included.
    fn named(&self, names: &[String]) -> Result<Vec<Listed>, SessionsError> {
        let mut all = self.cache.list()?;
        if names.is_empty() {
            return Ok(all);
        }
        let mut kept: Vec<String> =
            all.iter().filter_map(|(_, kept)| kept.as_ref().ok().map(|kept| kept.name.clone())).collect();
        kept.dedup();
        if let Some(name) = names.iter().find(|name| !kept.contains(name)) {
            return Err(SessionsError::Unknown { name: name.clone(), kept });
        }
        all.retain(|(_, kept)| kept.as_ref().is_ok_and(|kept| names.contains(&kept.name)));
        Ok(all)
    }

    fn sum(&self, count: usize, what: &str) -> String {
        format!("{} {what} {}\n", counted(count, "session", "sessions"), self.cache.folder().display())
    }
}

fn title(kept: &KeptSession) -> String {
    kept.account.as_ref().map_or_else(|| kept.name.clone(), |account| format!("{} as {account}", kept.name))
}

fn line(kept: &KeptSession) -> String {
    let Circumstances { browser, base_url } = &kept.circumstances;
    let parts = [title(kept), kept.site.clone(), format!("made {} ago", human_duration(kept.age())), browser.clone()];
    parts.into_iter().chain([base_url.clone()]).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

fn facts(kept: &KeptSession, path: &Path) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("defined at", kept.site.clone()),
        ("for", kept.spec.clone().unwrap_or_else(|| "the whole run".to_owned())),
        ("made", format!("{} ago, in {}", human_duration(kept.age()), human_duration(millis(kept.making_ms)))),
    ];
    if let Some(limit) = kept.max_age_ms {
        facts.push(("max_age", human_duration(millis(limit))));
    }
    facts.push(("browser", kept.circumstances.browser.clone()));
    if !kept.circumstances.base_url.is_empty() {
        facts.push(("base_url", kept.circumstances.base_url.clone()));
    }
    facts.extend(contents(&kept.state).into_iter().map(|line| ("holds", line)));
    if !kept.value.is_null() {
        facts.push(("holds", "a value of its steps".to_owned()));
    }
    facts.push(("file", path.display().to_string()));
    facts
}

fn millis(millis: u64) -> std::time::Duration {
    std::time::Duration::from_millis(millis)
}
