//! Names and writes an attempt's files: `output/<spec>/<titles>/<name>.png`, the same each time;
//! those of a project in a folder of its own, `output/<project>/`.

use std::io;
use std::path::PathBuf;

use super::activity::Activity;
use super::world::World;

/// The longest name of a folder or file; longer titles are cut.
const LONGEST: usize = 80;

impl World {
    /// Writes a file of the activity and gives its path, relative to the working directory where
    /// that is shorter.
    ///
    /// # Errors
    /// When the folder cannot be made or the file not be written.
    pub(crate) fn write_artifact(
        &self,
        activity: &Activity,
        name: &str,
        extension: &str,
        bytes: &[u8],
    ) -> io::Result<PathBuf> {
        let spec = activity.spec.as_str().trim_end_matches(".rhai");
        let mut folder = self.settings.output.clone();
        if let Some(project) = &self.settings.project {
            folder.push(file_name(project.as_str()));
        }
        let folder = folder.join(file_name(spec)).join(file_name(&activity.title));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.{extension}", file_name(name)));
        std::fs::write(&path, bytes)?;
        let here = std::env::current_dir().unwrap_or_default();
        Ok(path.strip_prefix(&here).map(PathBuf::from).unwrap_or(path))
    }
}

/// A title as the name of a file: letters and digits kept, the rest one dash.
pub(crate) fn file_name(title: &str) -> String {
    let mut name = String::new();
    for letter in title.chars() {
        if letter.is_alphanumeric() || letter == '_' {
            name.push(letter);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    let name: String = name.chars().take(LONGEST).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn titles_become_names_of_files() {
        assert_eq!(file_name("cart › adds an item"), "cart-adds-an-item");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name("???"), "unnamed");
    }
}
