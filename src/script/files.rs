//! Files that scripts name: beside the spec, or in `fixtures/`; and what a browser is given of them.

use std::path::{Path, PathBuf};

use rhai::{Array, Blob, Dynamic, Map};

use crate::browser::FileData;
use crate::outcome::Failure;

use super::error::misuse;
use super::options::Options;
use super::values::described;
use super::world::World;

/// Media types of the files that tests use most (IANA media types); others are bytes.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("css", "text/css"),
    ("md", "text/markdown"),
    ("xml", "text/xml"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
    ("webp", "image/webp"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
];

impl World {
    /// The file that a script in `source` means by `path`; `function` is the call that names it.
    ///
    /// # Errors
    /// When there is none, or it lies outside of the project.
    pub(crate) fn fixture_file(&self, source: &str, path: &str, function: &str) -> Result<PathBuf, Failure> {
        let root = &self.settings.root;
        let beside = root.join(source).parent().map(|folder| folder.join(path));
        let tried: Vec<PathBuf> = beside.into_iter().chain([root.join("fixtures").join(path)]).collect();
        let Some(file) = tried.iter().find(|file| file.is_file()) else {
            let mut failure = misuse(format!("`{function}({path:?})` finds no file"));
            failure.details = tried
                .iter()
                .map(|file| format!("no file {}", file.strip_prefix(root).unwrap_or(file).display()))
                .collect();
            return Err(failure);
        };
        let inside = file.canonicalize().is_ok_and(|real| root.canonicalize().is_ok_and(|root| real.starts_with(root)));
        if inside { Ok(file.clone()) } else { Err(misuse(format!("`{function}({path:?})` leaves the project"))) }
    }

    /// Files as a script gives them: paths, or maps of name and content; one, or an array.
    ///
    /// # Errors
    /// When one is neither, or cannot be read.
    pub(crate) fn files_of(&self, source: &str, value: &Dynamic, function: &str) -> Result<Vec<FileData>, Failure> {
        match value.read_lock::<Array>() {
            Some(items) => items.iter().map(|item| self.file_of(source, item, function)).collect(),
            None => Ok(vec![self.file_of(source, value, function)?]),
        }
    }

    fn file_of(&self, source: &str, value: &Dynamic, function: &str) -> Result<FileData, Failure> {
        if value.is_string() {
            let path = self.fixture_file(source, &value.to_string(), function)?;
            let content = std::fs::read(&path)
                .map_err(|error| misuse(format!("`{function}({:?})` cannot be read: {error}", value.to_string())))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            return Ok(FileData { media_type: media_type(&name).to_owned(), name, content });
        }
        let Some(map) = value.read_lock::<Map>().map(|map| map.clone()) else {
            return Err(misuse(format!(
                "`{function}` takes paths or `#{{ name, content }}`, one or an array, not {}",
                described(value)
            )));
        };
        let options = Options::new(function, map, &["name", "content", "media_type"])?;
        let Some(name) = options.text("name")?.filter(|name| !name.is_empty()) else {
            return Err(options.wrong("name", "the file's name"));
        };
        let content = match options.raw("content") {
            Some(text) if text.is_string() => text.to_string().into_bytes(),
            Some(bytes) if bytes.is_blob() => bytes.clone().into_blob().unwrap_or_else(|_| Blob::new()),
            _ => return Err(options.wrong("content", "a string or a blob")),
        };
        let media_type = options.text("media_type")?.unwrap_or_else(|| media_type(&name).to_owned());
        Ok(FileData { name, media_type, content })
    }
}

/// By the extension.
fn media_type(name: &str) -> &'static str {
    let extension = Path::new(name).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let known = MEDIA_TYPES.iter().find(|(known, _)| extension.as_deref() == Some(known));
    known.map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn kinds_by_extension() {
        assert_eq!(media_type("a.PNG"), "image/png");
        assert_eq!(media_type("a.tar.gz"), "application/octet-stream");
        assert_eq!(media_type("README"), "application/octet-stream");
    }
}
