//! Files of reports: checked when a run starts, replaced whole when it ends.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::ReportError;

/// A file a report will be written to.
#[derive(Debug)]
pub(super) struct ReportFile {
    format: &'static str,
    path: PathBuf,
}

impl ReportFile {
    /// Makes the parent folders and checks that the file can be written, without touching it.
    pub(super) fn open(format: &'static str, path: &Path) -> Result<Self, ReportError> {
        if path.is_dir() {
            return Err(ReportError::IsFolder { format, path: path.to_owned() });
        }
        let file = Self { format, path: path.to_owned() };
        file.probe().map_err(|source| file.error(source))?;
        Ok(file)
    }

    fn probe(&self) -> io::Result<()> {
        if is_stream(&self.path) {
            return Ok(());
        }
        let folder = parent(&self.path);
        fs::create_dir_all(&folder)?;
        temporary_in(&folder).map(drop)
    }

    /// Writes the whole file: readers see the old one or the new one, never a part.
    pub(super) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ReportError> {
        self.write_whole(fill).map_err(|source| self.error(source))
    }

    fn write_whole(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if is_stream(&self.path) {
            let mut writer = BufWriter::new(fs::OpenOptions::new().write(true).open(&self.path)?);
            fill(&mut writer)?;
            return writer.flush();
        }
        // A link stays a link: what it points to is replaced.
        let target = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = parent(&target);
        // A test may have removed the folder that was there at the start.
        fs::create_dir_all(&folder)?;
        let mut writer = BufWriter::new(temporary_in(&folder)?);
        fill(&mut writer)?;
        let written = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        written.persist(&target).map_err(|error| error.error)?;
        Ok(())
    }

    fn error(&self, source: io::Error) -> ReportError {
        ReportError::Write { format: self.format, path: self.path.clone(), source }
    }
}

/// A pipe or device, such as `/dev/stdout`, cannot be replaced; it is written to.
fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("/"),
    }
}

fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".runner-report-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As readable as the umask lets any other file be; the default is the owner alone.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_folders_and_leaves_nothing_but_the_report() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/deep/junit.xml");
        let file = ReportFile::open("JUnit", &path).unwrap();
        assert!(!path.exists());
        file.write(|out| out.write_all(b"old")).unwrap();
        file.write(|out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn an_unfinished_report_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let file = ReportFile::open("JSON", &path).unwrap();
        file.write(|out| out.write_all(b"old")).unwrap();
        let error = file.write(|out| out.write_all(b"ne").and(Err(io::Error::other("disk full")))).unwrap_err();
        assert!(error.to_string().starts_with("the JSON report cannot be written to `"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_path_that_cannot_be_written_is_found_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let under_a_file = ReportFile::open("JUnit", &folder.path().join("file/junit.xml"));
        assert!(matches!(under_a_file, Err(ReportError::Write { .. })));
        let a_folder = ReportFile::open("JUnit", folder.path());
        assert!(matches!(a_folder, Err(ReportError::IsFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.xml"), folder.path().join("link.xml"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        ReportFile::open("JUnit", &link).unwrap().write(|out| out.write_all(b"new")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");

        let null = Path::new("/dev/null");
        ReportFile::open("JUnit", null).unwrap().write(|out| out.write_all(b"gone")).unwrap();
        assert!(!null.is_file());
    }
}
