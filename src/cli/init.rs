//! `runner init`: writes a configuration, a support script and a spec that pass as they are.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::exit::ExitCode;

/// The files of a first project and what is in them.
const FILES: [(&str, &str); 3] = [
    ("runner.toml", include_str!("first/runner.toml")),
    ("support/sessions.rhai", include_str!("first/sessions.rhai")),
    ("specs/example.rhai", include_str!("first/example.rhai")),
];

/// A first project cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InitError {
    /// A file or its folder cannot be made.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The result cannot be told.
    #[error("cannot write to the terminal")]
    Tell(#[from] io::Error),
}

/// Writes the files that are not there yet into `folder`. None is ever overwritten.
pub(crate) fn run(folder: &Path, out: &mut impl Write) -> Result<ExitCode, InitError> {
    for (name, text) in FILES {
        let path = folder.join(name);
        let is_new = write_new(&path, text).map_err(|source| InitError::Write { path: path.clone(), source })?;
        // `./runner.toml` is `runner.toml` to a reader.
        let shown = path.strip_prefix(".").unwrap_or(&path).display();
        if is_new {
            writeln!(out, "wrote {shown}")?;
        } else {
            writeln!(out, "left {shown} as it is: it exists already")?;
        }
    }
    let is_here = folder == Path::new(".");
    let command = if is_here { "runner".to_owned() } else { format!("cd {} && runner", folder.display()) };
    writeln!(out, "\nrun the tests: {command}")?;
    Ok(ExitCode::Passed)
}

/// Writes a file that does not exist. False where it does.
fn write_new(path: &Path, text: &str) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layer, Surroundings, resolve};
    use crate::discovery::{find_specs, find_support};

    fn run_in(folder: &Path) -> String {
        let mut out = Vec::new();
        assert_eq!(run(folder, &mut out).unwrap(), ExitCode::Passed);
        String::from_utf8(out).unwrap().replace(&folder.display().to_string(), "DIR")
    }

    #[test]
    fn it_writes_a_project_and_says_how_to_run_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            run_in(folder.path()),
            "wrote DIR/runner.toml\nwrote DIR/support/sessions.rhai\nwrote DIR/specs/example.rhai\n\n\
             run the tests: cd DIR && runner\n"
        );
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("runner.toml"), "mine").unwrap();
        assert!(run_in(folder.path()).starts_with("left DIR/runner.toml as it is: it exists already\nwrote"));
        assert_eq!(std::fs::read_to_string(folder.path().join("runner.toml")).unwrap(), "mine");
    }

    #[test]
    fn the_project_is_a_valid_one() {
        let folder = tempfile::tempdir().unwrap();
        run_in(folder.path());
        let working_directory = folder.path().to_path_buf();
        let around = Surroundings { working_directory, is_ci: false, cores: 1, free_port: || Ok(4321), seed: 42 };
        let settings = resolve(Layer::default(), None, &around).unwrap();
        assert_eq!(settings.server.as_ref().unwrap().command, "\"$RUNNER\" demo --port \"$PORT\"");
        assert_eq!(settings.base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:4321/");
        assert_eq!(settings.env["ADMIN_PASSWORD"], "demo-admin-password");
        assert_eq!(find_specs(&settings).unwrap()[0].path.as_str(), "specs/example.rhai");
        assert_eq!(find_support(&settings).unwrap()[0].path.as_str(), "support/sessions.rhai");
    }
}
